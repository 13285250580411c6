"""What a run reports: the JSON of `run`, `fix` and `resume`, and the exit code that follows from it."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from retouch.attempt import StepStatus
from retouch.errors import BudgetError, CancelledError, PersonNeededError, ServiceError
from retouch.finding import Finding
from retouch.orchestrator.disclosure import Sending
from retouch.plan import Expectation
from retouch.record import BoxField, Record
from retouch.verdict import Verdict

FAULTS_LEFT = 3


class Ending(StrEnum):
    """Why a run stopped."""

    COMPLETE = "complete"
    BUDGET = "budget"
    CANCELLED = "cancelled"


class Calls(Record):
    """Calls made, those before an interruption included."""

    editor: int = 0
    verifier: int = 0


class StepReport(Record):
    """How one step ended. `version` is the edit that fixed it, or the candidate that a person should look at."""

    id: str
    box: BoxField | None
    instruction: str
    expectation: Expectation | None
    status: StepStatus
    attempts: int
    editor: str | None
    version: str | None
    reason: str | None
    verdicts: tuple[Verdict, ...] = ()
    branch: str | None = Field(default=None, exclude_if=lambda branch: branch is None)
    """The branch of a series that it was done on."""
    service_failed: bool = Field(default=False, exclude=True)
    """True where every try ended in a failure of an editor or a service."""


class BranchReport(Record):
    """Where one branch of a series began and stands; `head` is None for one that was not reached."""

    branch: str
    base: str
    head: str | None
    output: str | None = None


class RunReport(Record):
    """How a run ended; `model_dump(mode="json")` is the JSON of the command line."""

    project: str
    document: str
    branch: str
    base: str
    head: str
    output: str | None = None
    steps: tuple[StepReport, ...] = ()
    findings: tuple[Finding, ...] = ()
    calls: Calls = Calls()
    seconds: float = 0.0
    branches: tuple[BranchReport, ...] = Field(default=(), exclude_if=lambda branches: not branches)
    """All branches of a series, the run's own first; empty where a run has only that one."""
    run: str | None = Field(default=None, exclude=True)
    ending: Ending = Field(default=Ending.COMPLETE, exclude=True)
    sends: tuple[Sending, ...] = Field(default=(), exclude_if=lambda sends: not sends)
    """What left this machine, and what went to a host on it."""
    notes: tuple[str, ...] = Field(default=(), exclude_if=lambda notes: not notes)
    """What a person should know beside the steps: how surely the page could be judged, what was not promised."""

    @property
    def exit_code(self) -> int:
        """0, or the first that holds of 130, 5, 4, 6, 3."""
        states = {step.status for step in self.steps}
        checks = (
            (self.ending is Ending.CANCELLED, CancelledError.exit_code),
            (self.ending is Ending.BUDGET, BudgetError.exit_code),
            (StepStatus.NEEDS_REVIEW in states, PersonNeededError.exit_code),
            (any(step.service_failed for step in self.steps), ServiceError.exit_code),
            (bool(states - {StepStatus.FIXED}) or any(f.fault for f in self.findings), FAULTS_LEFT),
        )
        return next((code for holds, code in checks if holds), 0)
