"""Independent steps: tried from one base, side by side where the editor allows it, committed in plan order."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from retouch.edit import Reference
from retouch.errors import BudgetError
from retouch.orchestrator import guide
from retouch.orchestrator.call import Order, native
from retouch.orchestrator.calling import Started, bundled, call_all
from retouch.orchestrator.component import component_region
from retouch.orchestrator.judgement import commit_ready, judge_pending, judge_reply
from retouch.orchestrator.ladder import Try
from retouch.orchestrator.rewording import Rewording, asked, own_words
from retouch.orchestrator.session import Session
from retouch.orchestrator.work import Work


def work_batch(session: Session, batch: Sequence[Work]) -> None:
    """Work on independent steps until each has ended. BudgetError, CancelledError stop between attempts."""
    first = [work.tries[0].hired.traits for work in batch if work.tries]
    width = max((traits.parallel * traits.together for traits in first), default=1)
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
        left, place = session.meter.calls_left(), work.next_try
        one = _next_attempt(session, work)
        if one is None:
            continue
        if started and left is not None and len(bundled(session.bench.head, [*started, one])) > left:
            work.next_try = place  # it would be one call too many; another step may still share one
            continue
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
        whole = " on the whole picture" if work.step.mode == "whole" else ""
        return f"no editor of this run takes the operation {work.step.operation!r}{whole}"
    return "every editor that takes it was left out after failing three times in a row"


def _started(session: Session, work: Work, chosen: Try) -> Started | None:
    """The attempt for this place on the ladder; None where its strategy has nothing to go on."""
    if chosen.rung.repairs:
        return _repair(session, work, chosen)
    order = _order(session, work, chosen)
    if chosen.rung.copies and not any(reference.kind == "exemplar" for reference in order.references):
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
        references=_references(session, work, chosen),
        style=session.page.style,
        angle=session.page.angle(work.step),
        rewording=_rewording(session, work) if chosen.rung.reworded else None,
    )


def _references(session: Session, work: Work, chosen: Try) -> tuple[Reference, ...]:
    """The built-in editors set type themselves and get copies; a model gets the wanted glyphs set in a font as well."""
    traits = chosen.hired.traits
    if not traits.references:
        return ()
    if traits.exact:
        return session.page.references(work.step)
    if work.guides is None:
        work.guides = guide.references(session.page, work.step, native(session.bench, work.step, work.region))
    if chosen.rung.copies:
        return tuple(sorted(work.guides, key=lambda reference: reference.kind != "exemplar"))
    return work.guides


def _rewording(session: Session, work: Work) -> Rewording:
    """What is said on the rung `reworded`, by a model of the run where one can."""
    last = work.tried[-1] if work.tried else None
    verdicts = last.verdicts if last else ()
    rewriter = session.rewriter() if last is not None else None
    if last is None or rewriter is None:
        return own_words(work.step, verdicts)
    session.meter.verifier += 1
    with session.bench.trying(last.patch) as (before, after):
        return asked(rewriter[1], rewriter[0], work.step, before, after, verdicts)


def seed(step: str, number: int) -> int:
    """The seed of an attempt: the same in every run, another for every step and try."""
    return zlib.crc32(f"{step}/{number}".encode())


def _attempt_id(session: Session, work: Work) -> str:
    return f"{session.run}/{work.step.id}/{work.attempts + 1}"
