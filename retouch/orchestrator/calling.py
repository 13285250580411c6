"""Calls in flight: a commit before each, one as its reply comes, and the next call as soon as that is written."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import asdict
from types import TracebackType
from typing import Self

from retouch.attempt import Attempt
from retouch.edit import EditResult
from retouch.errors import CancelledError, RetouchError, ServiceError
from retouch.orchestrator.call import Call, Order, Reply, Share, ask, built, can_share, cut_out, described, take_back
from retouch.orchestrator.cancel import CallWatch, Cancel
from retouch.orchestrator.frame import Frame
from retouch.orchestrator.roster import Hired
from retouch.orchestrator.session import Session
from retouch.orchestrator.work import Work
from retouch.picture import Picture
from retouch.store import Reply as Row

_DESKS = 4
"""Threads that prepare requests, on as many cores: scaling a canvas takes milliseconds, and the first calls of a batch
wait for nothing else."""
_PATIENCE = 0.05
"""Seconds that judging waits at most while replies are kept: then the next calls begin without it in their way."""
_WAIT = 5.0
"""Seconds after which the main thread looks up from waiting and keeps the lease."""
_NOT_CALLED = "its editor failed too often in a row while this call waited, and was not called"


class Started:
    """An attempt in the journal with its call."""

    def __init__(self, work: Work, order: Order, attempt: str, repairs: str | None) -> None:
        self.work = work
        self.order = order
        self.attempt = attempt
        self.repairs = repairs
        self.called = False
        """False also if its editor failed too often while it waited: then there was no call."""
        self.reply: Reply | None = None
        self.error: RetouchError | None = None
        self.returned: Attempt | None = None


class Calls:
    """The calls of one batch. An editor makes as many at once as it takes; as many again wait behind them, so that a
    connection is never idle while the main thread judges.

    Replies are written to the journal by the thread that received them, before the next call takes its place: no more
    replies than calls at once are ever at risk. When the block is left by an error, calls that have not begun are
    dropped, those under way are asked to stop, and what still comes back is kept.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._desk = ThreadPoolExecutor(min(_DESKS, os.cpu_count() or 1))
        self._threads: dict[int, ThreadPoolExecutor] = {}
        self._open: dict[Future[None], list[Started]] = {}
        self._stop = Cancel()
        self._back = _Counted()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and not self._session.cancel.patient:
            self._stop.cancel()
        for threads in (self._desk, *self._threads.values()):
            threads.shutdown(cancel_futures=error is not None)

    @property
    def open(self) -> int:
        """Calls that were started and are not settled."""
        return len(self._open)

    def room(self, hired: Hired) -> bool:
        """True if a further call of this editor may be started."""
        here = sum(together[0].order.chosen.hired is hired for together in self._open.values())
        return here < 2 * max(1, hired.traits.parallel)

    def start(self, together: list[Started]) -> None:
        """Have the attempts written down and their call made."""
        frame, parent = cut_out(self._session.bench, [one.order for one in together])
        ended: Future[None] = Future()
        self._open[ended] = together
        threads = self._pool(together[0].order.chosen.hired)
        self._desk.submit(self._begin, together, frame, parent, threads, ended)

    def settled(self, wait: bool) -> list[Started]:
        """The attempts whose calls have ended since it was asked last; with `wait` at least one while calls are open.

        What must stop the run is raised when what came with it is settled.
        """
        while wait and self._open and not any(future.done() for future in self._open):
            wait_for(self._open, timeout=_WAIT, return_when=FIRST_COMPLETED)
            self._session.beat()
        done = [future for future in self._open if future.done()]
        ended = [(self._open.pop(future), future.exception()) for future in done]
        for together, error in ended:
            if error is None:
                _settle(self._session, together)
        stopped = next((error for _, error in ended if error is not None), None)
        if stopped is not None:
            raise stopped
        return [one for together, _ in ended for one in together]

    def give_way(self) -> None:
        """Wait a moment for replies that are just being kept, if further calls wait for their places."""
        hired = {id(h): h for together in self._open.values() for h in [together[0].order.chosen.hired]}
        if self.open > sum(max(1, each.traits.parallel) for each in hired.values()):
            self._back.wait(_PATIENCE)

    def _pool(self, hired: Hired) -> ThreadPoolExecutor:
        if id(hired) not in self._threads:
            self._threads[id(hired)] = ThreadPoolExecutor(max(1, hired.traits.parallel))
        return self._threads[id(hired)]

    def _begin(
        self,
        together: Sequence[Started],
        frame: Frame,
        parent: Picture,
        threads: ThreadPoolExecutor,
        ended: Future[None],
    ) -> None:
        """In a thread: the request, and the first commit."""
        try:
            self._stop.raise_if_cancelled()
            call = built(frame, parent, [one.order for one in together])
            _write_down(self._session, together, call)
            threads.submit(self._make, together, call, ended)
        except BaseException as error:
            ended.set_exception(error)

    def _make(self, together: Sequence[Started], call: Call, ended: Future[None]) -> None:
        """In a thread: the call, and the second commit."""
        try:
            self._answer(together, call)
        except BaseException as error:
            ended.set_exception(error)
        else:
            ended.set_result(None)

    def _answer(self, together: Sequence[Started], call: Call) -> None:
        """A call that is cancelled leaves its attempts `started`."""

        def report(fraction: float) -> None:
            for one in together:
                self._session.narrator.say("progress", step=one.order.step.id, fraction=fraction)

        watch = CallWatch(report, self._session.cancel, self._stop)
        watch.raise_if_cancelled()
        result: EditResult | RetouchError | None
        try:
            result = None if call.hired.retired else ask(call, watch)
        except CancelledError:
            raise  # the reply is lost; a resumed run repeats the call
        except RetouchError as error:
            result = error
        with self._back:
            _take(together, call, result)
            _keep(self._session, together)


class _Counted:
    """A block that several threads may be in, and one may wait until none is."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0

    def __enter__(self) -> None:
        with self._changed:
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._inside -= 1
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Until no thread is inside, but no longer than that."""
        with self._changed:
            self._changed.wait_for(lambda: not self._inside, seconds)


def bundled(picture: Picture, started: Sequence[Started]) -> list[list[Started]]:
    """The attempts by calls: marked steps share one as far as their editor takes several boxes together."""
    calls: list[list[Started]] = []
    for one in started:
        fits = (call for call in calls if can_share([each.order for each in call], one.order, picture))
        call = next(fits, None)
        if call is None:
            calls.append([one])
        else:
            call.append(one)
    return calls


def _write_down(session: Session, together: Sequence[Started], call: Call) -> None:
    """The first commit: what will be asked of whom. Attempts of one call share the first one's id as `call_id`."""
    for one, share in zip(together, call.shares, strict=True):
        attempt = _attempt(session, one, call, share, call_id=together[0].attempt)
        session.store.attempt_started(attempt)
        session.narrator.say(
            "attempt-started",
            step=attempt.step,
            number=attempt.number,
            rung=attempt.rung,
            editor=attempt.editor,
            call=attempt.call_id,
        )


def _attempt(session: Session, one: Started, call: Call, share: Share, call_id: str) -> Attempt:
    return Attempt(
        id=one.attempt,
        run=session.run,
        step=one.order.step.id,
        number=one.work.attempts,
        rung=one.order.chosen.rung.name,
        editor=call.hired.spec,
        seed=call.request.seed,
        base=session.base,
        call_id=call_id,
        repairs=one.repairs,
        request=described(call, share),
    )


def _take(together: Sequence[Started], call: Call, result: EditResult | RetouchError | None) -> None:
    """The reply or the error of each attempt; neither where there was no call."""
    for one in together:
        one.called = result is not None
        one.error = result if isinstance(result, RetouchError) else None
    if isinstance(result, EditResult):
        for one, reply in zip(together, take_back(call, result), strict=True):
            one.reply, one.error = reply, reply.error


def _keep(session: Session, together: Sequence[Started]) -> None:
    """The second commit, of all of a call's answer in one transaction: killed in between, a run would pay again."""
    if len(together) == 1:
        _keep_alone(session, together[0])
        return
    rows = session.store.attempts_returned([_row(one) for one in together])
    for one, row in zip(together, rows, strict=True):
        one.returned = row if one.error is None else None


def _keep_alone(session: Session, one: Started) -> None:
    row = _row(one)
    if row.error is not None:
        session.store.attempt_failed(row.attempt, row.error, cost=row.cost)
        return
    facts = {name: value for name, value in row.facts.items() if name != "error"}
    one.returned = session.store.attempt_returned(row.attempt, row.patch, **facts)


def _row(one: Started) -> Row:
    reply = one.reply
    if not one.called:
        return Row(one.attempt, cost={"calls": 0}, error=_NOT_CALLED)
    cost = asdict(reply.cost) if reply else {}
    if reply is None or one.error is not None:
        return Row(one.attempt, cost=cost, error=one.error.message if one.error else "no reply")
    return Row(one.attempt, reply.patch, reply.effective, reply.dropped, reply.notes, cost)


def _settle(session: Session, together: Sequence[Started]) -> None:
    """Count the call and tell of it."""
    reply, hired, failed = together[0].reply, together[0].order.chosen.hired, together[0].error
    for one in together:
        _tell(session, one)
    if not together[0].called:
        return
    session.meter.editor += reply.cost.calls if reply else 1
    retired = hired.retired
    hired.failures = hired.failures + isinstance(failed, ServiceError) if failed is not None else 0
    if hired.retired and not retired:
        session.narrator.say("warning", message=f"{hired.spec} failed {hired.failures} times in a row and is left out")


def _tell(session: Session, one: Started) -> None:
    step = one.order.step.id
    if not one.called:
        session.narrator.say("attempt-returned", step=step, error=_NOT_CALLED)
    elif one.error is not None:
        one.work.errors.append(one.error.message)
        session.narrator.say("attempt-returned", step=step, error=one.error.message)
    elif one.reply is not None:
        session.narrator.say("attempt-returned", step=step, notes=list(one.reply.notes))
