"""Independent steps: tried from one base, side by side where the editor allows it, committed in plan order."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace

from retouch.edit import Reference
from retouch.errors import BudgetError
from retouch.orchestrator import guide
from retouch.orchestrator.call import Order, native
from retouch.orchestrator.calling import Calls, Started, bundled
from retouch.orchestrator.component import component_region
from retouch.orchestrator.judgement import commit_ready, judge_pending, judge_reply
from retouch.orchestrator.ladder import Try
from retouch.orchestrator.rewording import Rewording, asked, own_words
from retouch.orchestrator.session import Session
from retouch.orchestrator.work import Work


def work_batch(session: Session, batch: Sequence[Work]) -> None:
    """Work on independent steps until each has ended. BudgetError, CancelledError stop between attempts.

    Those of the batch that have ended already, before an interruption, still decide which steps share a call.
    """
    first = [work.tries[0].hired.traits for work in batch if work.tries]
    width = max((traits.parallel * traits.together for traits in first), default=1)
    for work in batch:
        work.on_base = width > 1
    with Calls(session) as calls:
        _Flow(session, batch, calls, most=len(batch) if width > 1 else 1).run()


class _Lane:
    """Steps whose attempts share calls, or a single one. Its next attempts begin when all the last ones are judged."""

    def __init__(self, works: Sequence[Work]) -> None:
        self.works = works
        self.begun = False
        self.open: list[Started] = []
        """Attempts that are not judged yet."""
        self.waiting = 0
        """How many of these have not come back."""

    @property
    def ended(self) -> bool:
        return all(work.ended for work in self.works)

    @property
    def wants(self) -> list[Work]:
        """The steps that need a further attempt now."""
        return [] if self.open or self.pending else self._undecided

    @property
    def pending(self) -> list[Work]:
        """Steps with replies that an interrupted run had received."""
        return [work for work in self._undecided if work.pending] if self.begun else []

    @property
    def _undecided(self) -> list[Work]:
        return [work for work in self.works if not work.ended and work.held is None]


class _Flow:
    """A batch at work: calls are kept in flight, and between their replies the main thread judges and commits.

    `most` is how many lanes may be at work at a time: one where no editor takes several calls or steps at once.
    """

    def __init__(self, session: Session, batch: Sequence[Work], calls: Calls, most: int) -> None:
        self._session = session
        self._batch = batch
        self._calls = calls
        self._most = most
        self._lanes = [_Lane(works) for works in _sharing(session, batch)]
        self._over: BudgetError | None = None

    def run(self) -> None:
        """Until every step has ended; a budget that is used up ends what is not under way."""
        while not all(work.ended for work in self._batch):
            self._take(wait=False)
            self._start()
            judged = self._judge_one()
            if commit_ready(self._session, self._batch) or judged:
                continue
            if self._calls.open:
                self._take(wait=True)
            elif self._over is not None:
                self._end(self._over)

    def _start(self) -> None:
        """Start what may be started, in plan order."""
        try:
            for lane in [lane for lane in self._lanes if not lane.ended][: self._most]:
                if self._over is None and not self._started(lane):
                    return
        except BudgetError as error:
            self._over = error

    def _started(self, lane: _Lane) -> bool:
        """Start the lane's next attempts; False if nothing more can be started now."""
        session, left = self._session, self._session.meter.calls_left()
        left = None if left is None else left - self._calls.open
        if left is not None and left <= 0 and self._calls.open:
            return False  # a call that is under way may be the last one
        if not all(self._calls.room(work.tries[work.next_try].hired) for work in lane.wants if work.climbs):
            return True
        self._begin(lane)
        places = {work.step.id: work.next_try for work in lane.wants}
        attempts = [one for work in lane.wants if (one := _next_attempt(session, work)) is not None]
        for number, together in enumerate(bundled(session.bench.head, attempts)):
            if left is not None and number >= max(1, left):
                for one in together:  # it would be one call too many
                    one.work.next_try = places[one.work.step.id]
                continue
            self._call(lane, together)
        return True

    def _begin(self, lane: _Lane) -> None:
        """Tell of the lane's steps."""
        if not lane.begun:
            for work in lane.wants:
                self._session.narrator.say("step-started", step=work.step.id, box=work.region.box.as_list())
            lane.begun = True

    def _call(self, lane: _Lane, together: list[Started]) -> None:
        self._session.pause_point()
        for one in together:
            one.work.attempts += 1
        self._calls.start(together)
        lane.open += together
        lane.waiting += len(together)

    def _take(self, wait: bool) -> None:
        back = set(map(id, self._calls.settled(wait)))
        for lane in self._lanes:
            lane.waiting -= sum(id(one) in back for one in lane.open)

    def _judge_one(self) -> bool:
        """Judge the first lane that waits for nothing more; False if there is none."""
        ready = next((lane for lane in self._lanes if lane.pending or (lane.open and not lane.waiting)), None)
        if ready is None:
            return False
        self._calls.give_way()
        for work in ready.pending:
            judge_pending(self._session, work)
        started, ready.open = ready.open, []
        for one in started:
            judge_reply(self._session, one)
        return True

    def _end(self, error: BudgetError) -> None:
        self._session.out_of_budget([work for work in self._batch if work.held is None], error)
        commit_ready(self._session, self._batch)
        raise error


def _sharing(session: Session, batch: Sequence[Work]) -> list[list[Work]]:
    """The steps by the calls that their first attempts share. It hangs on the plan alone, so that a call that is
    repeated after an interruption is the same call."""
    alone = [work for work in batch if not work.tries or work.step.supersedes]
    orders = [
        Started(work, Order(work.step, work.region, work.tries[0], seed=0), "", None)
        for work in batch
        if work not in alone
    ]
    together = [[one.work for one in call] for call in bundled(session.bench.head, orders)]
    places = {work.step.id: place for place, work in enumerate(batch)}
    return sorted([*together, *([work] for work in alone)], key=lambda works: places[works[0].step.id])


def _next_attempt(session: Session, work: Work) -> Started | None:
    """The next place on the ladder that has something to go on; where there is none the step is settled."""
    while work.climbs and work.attempts < session.attempts:
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
        seed=seed(work.step.id, work.attempts + 1, work.step.seed),
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
    with session.trying(work, last.patch) as (before, after):
        return asked(rewriter[1], rewriter[0], work.step, before, after, verdicts)


def seed(step: str, number: int, first: int | None = None) -> int:
    """The seed of an attempt: the same in every run, another for every step and try; or counted from the `first`."""
    if first is not None:
        return (first + number - 1) % 2**32
    return zlib.crc32(f"{step}/{number}".encode())


def _attempt_id(session: Session, work: Work) -> str:
    return f"{session.run}/{work.step.id}/{work.attempts + 1}"
