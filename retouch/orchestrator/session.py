"""What all steps of one run share: the picture at work, the parts, the meter, the journal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from retouch.attempt import StepStatus
from retouch.errors import BudgetError
from retouch.orchestrator.budget import Meter
from retouch.orchestrator.cancel import Cancel
from retouch.orchestrator.judging import Panel
from retouch.orchestrator.narrator import Narrator
from retouch.orchestrator.page import Page
from retouch.orchestrator.rewording import Rewriter, rewriter_of
from retouch.orchestrator.roster import Roster
from retouch.orchestrator.work import Work
from retouch.orchestrator.workbench import Workbench
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.region import Region
from retouch.store import History

_BEAT = 10.0
"""Seconds between heartbeats; a lease lasts several times as long."""


@dataclass(eq=False)
class Session:
    """One run at work. `head` is the branch's version that `bench` holds, `base` that of the batch."""

    store: History
    document: int
    branch: str
    run: str
    head: str
    bench: Workbench
    page: Page
    roster: Roster
    panel: Panel
    meter: Meter
    cancel: Cancel
    narrator: Narrator
    author: str
    attempts: int
    """Most attempts of one step."""
    rewriters: tuple[tuple[str, Callable[[], Any]], ...] = ()
    """Parts that may be able to reword, by name: the planner's, then the verifiers'."""
    review: bool = False
    """True if a person accepts every step."""
    base: str = ""
    commits: list[Patch] = field(default_factory=list)
    """What has been committed on the batch's base, by this run or anyone, before an interruption or after."""
    foreign: list[Patch] = field(default_factory=list)
    """What others have changed on the branch while the run was at work."""
    _beaten: float = field(default_factory=time.monotonic)

    def rewriter(self) -> tuple[str, Rewriter] | None:
        """The first part of the run that can reword an instruction, with its name."""
        return rewriter_of(self.rewriters)

    def start_batch(self, base: str | None = None) -> None:
        """The present head is the base of the coming batch; or `base`, where an interrupted run had begun it."""
        self.base = base or self.head
        self.commits.clear()
        if self.base == self.head:
            self.bench.start_batch()
            return
        earlier = self.store.checkout(self.base)
        self.commits.append(Patch.between(earlier, self.bench.head))
        self.bench.start_batch(earlier)

    @contextmanager
    def trying(self, work: Work, patch: Patch) -> Iterator[tuple[Picture, Picture]]:
        """The picture before and after a step's patch, as its attempts are looked at."""
        with self.bench.trying(patch, on_base=work.on_base) as both:
            yield both

    def pause_point(self) -> None:
        """Between attempts: raise CancelledError or BudgetError if the run shall stop here; keep the lease."""
        self.cancel.raise_if_stopping()
        self.meter.raise_if_spent()
        self.beat()

    def beat(self) -> None:
        """Keep the lease."""
        if time.monotonic() - self._beaten >= _BEAT:
            self.store.heartbeat(self.run)
            self._beaten = time.monotonic()

    def advance(self, head: str, patch: Patch) -> None:
        """The branch has moved to `head` by `patch`."""
        self.head = head
        self.commits.append(patch)
        self.bench.keep(patch)

    def catch_up(self) -> Patch:
        """The branch was moved by someone else: bring the bench to its head and return what changed."""
        head = self.store.branches(self.document)[self.branch]
        patch = Patch.between(self.bench.head, self.store.checkout(head))
        self.foreign.append(patch)
        self.advance(head, patch)
        return patch

    def end(self, work: Work, status: StepStatus, reason: str | None = None, version: str | None = None) -> None:
        """Settle a step and write it down."""
        work.status, work.reason, work.version = status, reason, version or work.version
        if status is not StepStatus.FIXED:  # a fixed step was written together with its version
            self.store.save_step(self.run, work.step.id, status, reason, work.version)
        data = {"status": status.value, "reason": reason, "attempts": work.attempts}
        self.narrator.say("step-ended", step=work.step.id, version=work.version, **data)

    def out_of_budget(self, works: list[Work], error: BudgetError) -> None:
        """Settle what the budget did not reach."""
        for work in works:
            if not work.ended:
                tried = f"after {work.attempts} attempts" if work.attempts else "before it was tried"
                self.end(work, StepStatus.UNFIXED, f"{error.message}, {tried}")


def touches(patch: Patch, region: Region) -> bool:
    """True if the patch sets a pixel of the region."""
    return not patch.empty and not Region(patch.box, patch.mask).disjoint(region)
