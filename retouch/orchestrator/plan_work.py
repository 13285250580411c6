"""From a plan to works, and through them in batches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retouch.attempt import StepStatus
from retouch.errors import PlanError
from retouch.geometry import Box
from retouch.orchestrator.batch import work_batch
from retouch.orchestrator.ladder import ladder
from retouch.orchestrator.page import Page
from retouch.orchestrator.roster import Roster
from retouch.orchestrator.session import Session
from retouch.orchestrator.work import Work, batches
from retouch.patch import Patch
from retouch.plan import Plan, order
from retouch.region import Region

COMES_AFTER = "comes after"
"""How the reason of a step begins that was skipped for one before it."""


def works_of(plan: Plan, page: Page, roster: Roster) -> list[Work]:
    """The plan's steps in working order, each with its region and its ladder; PlanError for a step that cannot be
    done here."""
    for step in plan.steps:
        if step.box is not None and step.box.clamped(page.size).empty:
            size = f"{page.size.width}x{page.size.height}"
            raise PlanError(f"step {step.id!r}: box {step.box} lies outside the picture of {size}")
    return [Work(step, page.region(step), ladder(roster.for_step(step), step)) for step in order(plan.steps)]


def work_plan(session: Session, works: Sequence[Work], before: Sequence[Work] = ()) -> None:
    """Work through the steps; each has ended afterwards, whatever stops the run but a cancellation. `before` are the
    works of the run that they may wait for."""
    known = {work.step.id: work for work in (*before, *works)}
    for batch in batches(works):
        ready = [work for work in batch if not work.ended and not _skipped(session, work, known)]
        if not ready:
            continue
        session.start_batch(next((work.base for work in batch if work.base), None))
        for work in ready:
            work.overlay = _superseded(session, work, known)
        work_batch(session, batch)


def _skipped(session: Session, work: Work, known: dict[str, Work]) -> bool:
    blocking = next((known[s] for s in work.step.after if known[s].status is not StepStatus.FIXED), None)
    if blocking is not None:
        why = f"{COMES_AFTER} {blocking.step.id}, which ended {blocking.status.value}"
        session.end(work, StepStatus.SKIPPED, why)
    return blocking is not None


def _superseded(session: Session, work: Work, known: dict[str, Work]) -> Patch | None:
    """What the parent of the superseded step's version shows in the union of both regions; None if it was not fixed."""
    other = known.get(work.step.supersedes or "")
    if other is None or other.version is None or other.status is not StepStatus.FIXED:
        return None
    parent = session.store.version(other.version).parents[0]
    union: Region = work.region.union(other.region)
    pixels = session.store.checkout(parent).pixels[union.box.slices]
    return Patch(union.box, np.ascontiguousarray(pixels), union.mask)


def renamed(plan: Plan, round_: int) -> Plan:
    """The plan of a later round, its step ids made different from those of the rounds before."""

    def name(step: str) -> str:
        return f"r{round_ + 1}.{step}"

    steps = [
        step.model_copy(
            update={
                "id": name(step.id),
                "after": tuple(name(s) for s in step.after),
                "supersedes": name(step.supersedes) if step.supersedes else None,
            }
        )
        for step in plan.steps
    ]
    return plan.model_copy(update={"steps": tuple(steps)})


def tried_in_vain(works: Sequence[Work], box: Box) -> bool:
    """True if a step at this place has ended other than fixed: it is not tried again."""
    return any(
        work.status is not StepStatus.FIXED and work.step.box is not None and work.step.box.overlap_ratio(box) > 0.3
        for work in works
    )
