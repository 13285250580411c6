"""The life of one step within a run: what was tried, what is held ready, how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from retouch.attempt import Attempt, StepStatus
from retouch.edit import Reference
from retouch.geometry import Box
from retouch.orchestrator.ladder import Try
from retouch.orchestrator.outcome import StepReport
from retouch.patch import Patch
from retouch.plan import Step
from retouch.region import Region
from retouch.verdict import Outcome, Verdict

ENDED = (StepStatus.FIXED, StepStatus.UNFIXED, StepStatus.SKIPPED, StepStatus.NEEDS_REVIEW)


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """One attempt that has come back: what was asked, the patch against the batch's base, what was found."""

    attempt: Attempt
    patch: Patch
    outcome: Outcome
    verdicts: tuple[Verdict, ...]
    version: str | None = None
    why: str = ""
    """Why it is not accepted, in words."""

    @property
    def score(self) -> float:
        """The lowest score of its verdicts."""
        return min((verdict.score for verdict in self.verdicts), default=0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """An attempt that passed and waits until the steps before it in the plan have ended. `seen` counts the batch's
    commits at the time of its verdicts."""

    tried: Tried
    seen: int


@dataclass(slots=True, eq=False)
class Work:
    """A step at work. `place` is its position in the plan."""

    step: Step
    region: Region
    tries: tuple[Try, ...] = ()
    status: StepStatus = StepStatus.PENDING
    reason: str | None = None
    version: str | None = None
    attempts: int = 0
    """Attempts started so far, those of an interrupted run included."""
    next_try: int = 0
    """Position on the ladder."""
    tried: list[Tried] = field(default_factory=list)
    held: Held | None = None
    errors: list[str] = field(default_factory=list)
    """Failures of editors and services, in words."""
    base: str | None = None
    """The version an interrupted run's tries of this step started from."""
    pending: list[Attempt] = field(default_factory=list)
    """Attempts of an interrupted run that have returned but were not judged."""
    overlay: Patch | None = None
    """For a superseding step: what the superseded step's parent shows in the union of both regions."""

    on_base: bool = False
    """True if its attempts are judged on the batch's base: what is committed meanwhile by steps beside it, in whatever
    order their replies come, then has no say in its verdict. Before it is committed it is judged on the head as well,
    if its surroundings have changed, and from then on there alone."""

    guides: tuple[Reference, ...] | None = None
    """What a model that takes several pictures is shown beside the canvas; None until it is asked for."""

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def climbs(self) -> bool:
        """True if its ladder goes on."""
        return self.next_try < len(self.tries)

    def nearly_right(self) -> Tried | None:
        """The attempt a component repair starts from: the best-scored of those that are not right yet."""
        wrong = [t for t in self.tried if t.outcome is not Outcome.PASS and not t.patch.empty]
        return max(wrong, key=lambda t: t.score, default=None)

    def end(self, status: StepStatus, reason: str | None = None) -> None:
        self.status, self.reason = status, reason

    def give_up(self, why: str) -> None:
        """The ladder has ended: `needs-review` if some attempt was unsure, else `unfixed`."""
        unsure = [t for t in self.tried if t.outcome is Outcome.UNSURE]
        best = max(unsure, key=lambda t: t.score, default=None)
        if best is not None:
            self.version = best.version
        self.end(StepStatus.NEEDS_REVIEW if best else StepStatus.UNFIXED, why)

    def report(self) -> StepReport:
        last = self._shown()
        return StepReport(
            id=self.step.id,
            box=self._box(),
            instruction=self.step.instruction,
            expectation=self.step.expectation,
            status=self.status,
            attempts=self.attempts,
            editor=last.attempt.editor if last else None,
            version=self.version,
            reason=self.reason,
            verdicts=last.verdicts if last else (),
            service_failed=self.status is StepStatus.UNFIXED and bool(self.errors) and not self.tried,
        )

    def _shown(self) -> Tried | None:
        """The attempt that the report speaks of: the version's own, or the last."""
        own = next((t for t in self.tried if t.version is not None and t.version == self.version), None)
        return own or (self.tried[-1] if self.tried else None)

    def _box(self) -> Box | None:
        """The step's box, and what a fixed step changed beyond it: a character's overflowing ink."""
        own = self._shown()
        if self.step.box is None or self.status is not StepStatus.FIXED or own is None or own.patch.empty:
            return self.step.box
        return Box.around([self.step.box, own.patch.box])


def batches(works: Sequence[Work]) -> list[list[Work]]:
    """Runs of steps, in plan order, that are independent of each other: disjoint masks, none after another one."""
    out: list[list[Work]] = []
    for work in works:
        if out and all(independent(work, other) for other in out[-1]):
            out[-1].append(work)
        else:
            out.append([work])
    return out


def independent(later: Work, earlier: Work) -> bool:
    """True if `later` neither waits for `earlier` nor touches a pixel of its region."""
    waits = earlier.step.id in (*later.step.after, later.step.supersedes)
    return not waits and later.region.disjoint(earlier.region)
