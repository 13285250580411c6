"""Planning again from verdicts: which steps are looked at once more, what may be planned for them, what it settles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from retouch.attempt import StepStatus
from retouch.finding import Finding
from retouch.geometry import Box, Size
from retouch.orchestrator.judging import NOBODY
from retouch.orchestrator.session import Session
from retouch.orchestrator.work import Work
from retouch.picture import Picture
from retouch.plan import Goal, Plan, Step
from retouch.verdict import Outcome, Verdict

_ROOM = 0.25
"""How far, as a share of its longer side, a step may reach beyond the place of the step that it is planned for."""

_MOST_EACH = 4
"""Steps that may be planned for one that failed: a second plan is no way to spend without end."""


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """A step that was worked on before, what was said of its last try, and what that try made of its surroundings."""

    step: Step
    verdicts: Sequence[Verdict]
    shown: Picture | None = None


@runtime_checkable
class Replanner(Protocol):
    """A planner that can plan again for what is left, knowing what was tried and what was said of it."""

    def replan(
        self, goal: Goal, picture: Picture, tried: Sequence[Tried] = (), findings: Sequence[Finding] = ()
    ) -> Plan:
        """The plan for what is left of `goal`; PersonNeededError if only a person knows."""
        ...


def failed(works: Sequence[Work]) -> list[Work]:
    """The steps that were tried and judged, and that did not pass: another plan may do what these could not."""
    return [
        work
        for work in works
        if any(_judged(one.verdicts) for one in work.tried) and not any(t.outcome is Outcome.PASS for t in work.tried)
    ]


def _judged(verdicts: Sequence[Verdict]) -> bool:
    """False where nobody could judge, or every judge broke down: another plan would fare no better."""
    return any(not v.passed and v.verifier != NOBODY and "error" not in v.evidence for v in verdicts)


def tried(session: Session, work: Work) -> Tried:
    """What the planner is told of a failed step."""
    last = work.tried[-1]
    with session.bench.trying(last.patch) as (_, after):
        around = reach(work.step, after.size) or after.box
        crop = after.crop(around)
        shown = Picture(crop.pixels.copy(), crop.metadata)
    return Tried(work.step, last.verdicts, shown)


def held(plan: Plan, works: Sequence[Work], size: Size) -> Plan:
    """The plan without what nobody asked for: each step lies at a place of a failed step, and the last of each place
    must make true what that step should have made true."""
    old = failed(works)
    done = [work.step for work in works if work.status is StepStatus.FIXED]
    kept = _kept(plan.steps, old, size)
    last = {meant.step.id: number for number, (_, meant) in enumerate(kept)}
    ids = {step.id for step, _ in kept}
    steps = []
    for number, (step, meant) in enumerate(kept):
        changed: dict[str, object] = {"after": tuple(s for s in step.after if s in ids), "supersedes": None}
        changed |= {"branch": meant.step.branch, "editor": meant.step.editor}
        changed |= _place(step, meant.step, done)
        if last[meant.step.id] == number:
            changed["expectation"] = meant.step.expectation
        steps.append(step.model_copy(update=changed))
    return plan.model_copy(update={"steps": tuple(steps)})


def _kept(steps: Sequence[Step], old: Sequence[Work], size: Size) -> list[tuple[Step, Work]]:
    """The steps that lie at a place of a failed one, a few for each, with the one that is meant."""
    kept: list[tuple[Step, Work]] = []
    for step in steps:
        meant = _meant(step, old, size)
        if meant is not None and sum(other is meant for _, other in kept) < _MOST_EACH:
            kept.append((step, meant))
    return kept


def settle(session: Session, works: Sequence[Work], again: Sequence[Work], size: Size) -> None:
    """A step whose place another plan put right is fixed by that plan's last step there."""
    old = failed(works)
    for work in old:
        own = [new for new in again if _meant(new.step, old, size) is work]
        if not own or any(new.status is not StepStatus.FIXED for new in own):
            continue
        last, known = own[-1], work.status is StepStatus.FIXED
        work.end(StepStatus.FIXED, f"put right by {last.step.id}, planned from what was said of it")
        work.version = last.version
        work.tried += last.tried[-1:]  # what it is reported by
        if not known:
            session.store.save_step(session.run, work.step.id, work.status, work.reason, work.version)
            data = {"status": work.status.value, "reason": work.reason, "attempts": work.attempts}
            session.narrator.say("step-ended", step=work.step.id, version=work.version, **data)


def reach(step: Step, size: Size) -> Box | None:
    """Where a step may lie that is planned for a failed one; None where that was about the whole picture."""
    if step.box is None:
        return None
    return step.box.grown(round(_ROOM * max(step.box.width, step.box.height))).clamped(size)


def _meant(step: Step, old: Sequence[Work], size: Size) -> Work | None:
    """The failed step that a new one is planned for: the one in whose reach it lies, by claim and place."""
    within = [work for work in old if _within(step, work.step, size)]
    return max(within, key=lambda work: _likeness(step, work.step), default=None)


def _within(step: Step, old: Step, size: Size) -> bool:
    if step.box is None:
        return old.box is None
    return (reach(old, size) or Box(0, 0, size.width, size.height)).contains(step.box)


def _likeness(step: Step, old: Step) -> tuple[float, bool, bool]:
    shared = step.box.overlap_ratio(old.box) if step.box and old.box else float(step.box is old.box)
    return round(shared, 1), step.expectation == old.expectation, step.operation == old.operation


def _place(step: Step, old: Step, done: Sequence[Step]) -> dict[str, object]:
    """The step's place, held to the old one's mask, and to its box where more would touch what was fixed before."""
    if old.mask is not None:
        return {"box": old.box, "mask": old.mask, "mode": old.mode}
    box = step.box
    spoilt = any(box.overlaps(d.box) and not (old.box and d.box.overlaps(old.box)) for d in done if box and d.box)
    return {"box": old.box, "mask": None} if spoilt else {"mode": "whole" if box is None else step.mode}
