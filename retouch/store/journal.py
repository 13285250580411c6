"""The journal: what every store of histories keeps of runs and their attempts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from retouch.attempt import Attempt, StepStatus
from retouch.event import Event
from retouch.patch import Patch
from retouch.plan import Goal, Plan
from retouch.store.runs.reply import Reply
from retouch.store.runs.run_record import RunRecord, RunState, StepRecord
from retouch.verdict import Verdict
from retouch.version import VersionRecord


class Journal(ABC):
    """Runs, their plans, steps and events, and three commits round every call of an attempt."""

    @abstractmethod
    def begin_run(
        self,
        document_id: int,
        branch: str,
        *,
        goal: Goal,
        options: Mapping[str, Any],
        base: str,
        plan: Plan | None = None,
    ) -> str:
        """The id of a new run that this store works on; `plan`, where it is known, is kept with it as round 0."""

    @abstractmethod
    def save_plan(self, run: str, plan: Plan, round: int) -> None:
        """Keep the plan of a round (0 is the first); one that was kept for that round is replaced."""

    @abstractmethod
    def heartbeat(self, run: str) -> None:
        """Show that this store is still at work; LeaseError if another one has taken the run over."""

    @abstractmethod
    def claim(self, run: str) -> RunRecord:
        """Take over a run that was interrupted; LeaseError if it is alive elsewhere, UsageError if it has ended."""

    @abstractmethod
    def finish_run(self, run: str, state: RunState, summary: Mapping[str, Any]) -> None:
        """End or interrupt a run and give it back; LeaseError if another store is at work on it."""

    @abstractmethod
    def run(self, run_id: str) -> RunRecord:
        """What is known of a run; UnknownNameError if there is none of that id."""

    @abstractmethod
    def runs(self, document_id: int | None = None, state: RunState | None = None) -> tuple[RunRecord, ...]:
        """Runs in the order in which they were begun; `running` ones that are not `alive`, and `interrupted` ones, can
        be claimed."""

    @abstractmethod
    def save_step(
        self, run: str, step_id: str, status: StepStatus, reason: str | None = None, version: str | None = None
    ) -> None:
        """Say how far a step is."""

    @abstractmethod
    def steps(self, run: str) -> dict[str, StepRecord]:
        """The steps of a run of which something was said, by id."""

    @abstractmethod
    def record_event(self, run: str, event: Event) -> None:
        """Keep an event. It survives a kill at once, a power cut from the next commit on."""

    @abstractmethod
    def events(self, run: str, after: int = 0) -> tuple[tuple[int, Event], ...]:
        """Numbered events of a run, oldest first, with numbers larger than `after`."""

    @abstractmethod
    def attempt_started(self, attempt: Attempt) -> None:
        """Before the call. The same attempt may be started again as long as nothing has come back."""

    @abstractmethod
    def attempt_returned(
        self,
        attempt_id: str,
        patch: Patch | None,
        *,
        effective: Mapping[str, Any],
        dropped: Sequence[str],
        notes: Sequence[str],
        cost: Mapping[str, Any],
    ) -> Attempt:
        """After the call and before anyone judges it; from here on the call is never paid for again."""

    @abstractmethod
    def attempts_returned(self, replies: Sequence[Reply]) -> tuple[Attempt, ...]:
        """What one call answered to several attempts, all of it in one transaction."""

    @abstractmethod
    def attempt_failed(self, attempt_id: str, error: str, *, cost: Mapping[str, Any] | None = None) -> Attempt:
        """The call raised an error, or nothing usable came back."""

    @abstractmethod
    def attempt_judged(
        self,
        attempt_id: str,
        verdicts: Sequence[Verdict],
        *,
        accepted: bool,
        branch: str,
        expected: str,
        patch: Patch,
        message: str,
        author: str,
        record: Mapping[str, Any],
    ) -> VersionRecord:
        """Verdicts, version, branch head and step in one transaction.

        Accepted: an edit on `branch`, whose head must be `expected` (else ConflictError; the attempt stays `returned`),
        and the step is `fixed`. Not accepted: a candidate on the attempt's own base; branch and step are left alone.
        """

    @abstractmethod
    def attempt_patch(self, attempt_id: str) -> Patch | None:
        """What came back, None if nothing has; also after the judgement (pixels outside its mask may differ then)."""

    @abstractmethod
    def attempts(self, run: str, step: str | None = None) -> tuple[Attempt, ...]:
        """The attempts of a run, or of one of its steps, in the order in which they were started."""

    @abstractmethod
    def attempt(self, attempt_id: str) -> Attempt:
        """UnknownNameError if there is none of that id."""

    @abstractmethod
    def attempt_of(self, version_id: str) -> Attempt | None:
        """The attempt that a version came from, None if it was made by hand."""
