"""Independent steps: tried from one base, side by side where the editor allows it, committed in plan order."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from retouch.errors import BudgetError
from retouch.orchestrator.call import Order
from retouch.orchestrator.calling import Started, call_all
from retouch.orchestrator.component import component_region
from retouch.orchestrator.judgement import commit_ready, judge_pending, judge_reply
from retouch.orchestrator.ladder import Try
from retouch.orchestrator.session import Session
from retouch.orchestrator.work import Work


def work_batch(session: Session, batch: Sequence[Work]) -> None:
    """Work on independent steps until each has ended. BudgetError, CancelledError stop between attempts."""
    width = max((t.hired.traits.parallel for w in batch for t in w.tries[:1]), default=1)
    with ThreadPoolExecutor(max_workers=max(1, width)) as pool:
        for group in _groups(batch, max(1, width)):
            _work_group(session, group, pool)


def _groups(works: Sequence[Work], width: int) -> Iterator[list[Work]]:
    for start in range(0, len(works), width):
        yield list(works[start : start + width])


def _work_group(session: Session, group: list[Work], pool: ThreadPoolExecutor) -> None:
    for work in group:
        session.narrator.say("step-started", step=work.step.id, box=work.region.box.as_list())
        judge_pending(session, work)
    try:
        while not all(work.ended for work in group):
            commit_ready(session, group)
            started = _next_attempts(session, [w for w in group if not w.ended and w.held is None])
            call_all(session, started, pool)
            for one in started:
                judge_reply(session, one)
            commit_ready(session, group)
    except BudgetError as error:
        session.out_of_budget([work for work in group if work.held is None], error)
        commit_ready(session, group)
        raise


def _next_attempts(session: Session, works: Sequence[Work]) -> list[Started]:
    """The next attempt of each step; a step whose ladder has ended is settled instead."""
    started: list[Started] = []
    for work in works:
        left = session.meter.calls_left()
        if started and left is not None and len(started) >= left:
            break
        one = _next_attempt(session, work)
        if one is not None:
            session.pause_point()
            work.attempts += 1
            started.append(one)
    return started


def _next_attempt(session: Session, work: Work) -> Started | None:
    while work.next_try < len(work.tries) and work.attempts < session.attempts:
        chosen = work.tries[work.next_try]
        work.next_try += 1
        one = None if chosen.hired.retired else _started(session, work, chosen)
        if one is not None:
            return one
    give_up(session, work)
    return None


def give_up(session: Session, work: Work) -> None:
    """The ladder has ended, or may go no further: settle the step."""
    why = work.tried[-1].why if work.tried else "; ".join(dict.fromkeys(work.errors)) or _nobody(work)
    work.give_up(why)
    session.end(work, work.status, why, work.version)


def _nobody(work: Work) -> str:
    if not work.tries:
        return f"no editor of this run takes the operation {work.step.operation!r}"
    return "every editor that takes it was left out after failing three times in a row"


def _started(session: Session, work: Work, chosen: Try) -> Started | None:
    """The attempt for this place on the ladder; None where its strategy has nothing to go on."""
    if chosen.rung.repairs:
        return _repair(session, work, chosen)
    order = _order(session, work, chosen)
    if chosen.rung.copies and not order.references:
        return None
    return Started(work, order, _attempt_id(session, work), None)


def _repair(session: Session, work: Work, chosen: Try) -> Started | None:
    """A component repair, if some attempt was nearly right and it can be told which component is not."""
    nearly = work.nearly_right()
    component = component_region(session, work, nearly) if nearly else None
    if nearly is None or component is None:
        return None
    order = replace(_order(session, work, chosen), component=component, overlay=nearly.patch)
    return Started(work, order, _attempt_id(session, work), nearly.attempt.id)


def _order(session: Session, work: Work, chosen: Try) -> Order:
    return Order(
        step=work.step,
        region=work.region,
        chosen=chosen,
        seed=seed(work.step.id, work.attempts + 1),
        overlay=work.overlay,
        references=session.page.references(work.step) if chosen.hired.traits.references else (),
        style=session.page.style,
        angle=session.page.angle(work.step),
    )


def seed(step: str, number: int) -> int:
    """The seed of an attempt: the same in every run, another for every step and try."""
    return zlib.crc32(f"{step}/{number}".encode())


def _attempt_id(session: Session, work: Work) -> str:
    return f"{session.run}/{work.step.id}/{work.attempts + 1}"
