"""Making calls, side by side where editors allow it, with a commit before and one after each."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict

from retouch.attempt import Attempt
from retouch.errors import CancelledError, RetouchError, ServiceError
from retouch.orchestrator.call import Call, Order, Reply, described, perform, prepare
from retouch.orchestrator.cancel import CallWatch
from retouch.orchestrator.roster import Hired
from retouch.orchestrator.session import Session
from retouch.orchestrator.work import Work

_WAIT = 5.0
"""Seconds after which the main thread looks up from waiting and keeps the lease."""


class Started:
    """An attempt in the journal with its call."""

    def __init__(self, work: Work, order: Order, attempt: str, repairs: str | None) -> None:
        self.work = work
        self.order = order
        self.attempt = attempt
        self.repairs = repairs
        self.reply: Reply | None = None
        self.error: RetouchError | None = None
        self.returned: Attempt | None = None


def call_all(session: Session, started: Sequence[Started], pool: ThreadPoolExecutor) -> None:
    """Make every call and write down what comes back as it comes; `reply` or `error` of each is set.

    What has come back is in the journal even if another call is cancelled or kills the run; that is raised afterwards.
    """
    waiting = {pool.submit(_guarded, session, s, _begin(session, s)): s for s in started}
    stopped: BaseException | None = None
    while waiting:
        done, _ = wait(waiting, timeout=_WAIT, return_when=FIRST_COMPLETED)
        session.beat()
        for future in done:
            stopped = _settle(session, waiting.pop(future), future) or stopped
    if stopped is not None:
        raise stopped


def _begin(session: Session, started: Started) -> Call:
    """The first commit: what will be asked of whom."""
    order, work = started.order, started.work
    call = prepare(session.bench, order)
    attempt = Attempt(
        id=started.attempt,
        run=session.run,
        step=order.step.id,
        number=work.attempts,
        rung=order.chosen.rung.name,
        editor=order.chosen.hired.spec,
        seed=order.seed,
        base=session.base,
        call_id=started.attempt,
        repairs=started.repairs,
        request=described(call),
    )
    session.store.attempt_started(attempt)
    session.narrator.say(
        "attempt-started", step=attempt.step, number=attempt.number, rung=attempt.rung, editor=attempt.editor
    )
    return call


def _guarded(session: Session, started: Started, call: Call) -> Reply:
    """In a thread: the call, no more of them at once than the editor takes."""
    step = started.order.step.id

    def report(fraction: float) -> None:
        session.narrator.say("progress", step=step, fraction=fraction)

    with started.order.chosen.hired.gate:
        return perform(call, CallWatch(session.cancel, report))


def _settle(session: Session, started: Started, future: Future[Reply]) -> BaseException | None:
    """The second commit: what came back. Returns what must stop the run."""
    error = future.exception()
    if error is not None and (isinstance(error, CancelledError) or not isinstance(error, RetouchError)):
        return error  # the attempt stays `started`: its reply is lost, a resumed run repeats it
    hired = started.order.chosen.hired
    if isinstance(error, RetouchError):
        started.error = error
    else:
        started.reply = future.result()
        started.error = started.reply.error
    session.meter.editor += started.reply.cost.calls if started.reply else 1
    if started.error is not None:
        _failed(session, started, hired)
    else:
        _returned(session, started, hired)
    return None


def _failed(session: Session, started: Started, hired: Hired) -> None:
    assert started.error is not None
    cost = asdict(started.reply.cost) if started.reply else None
    session.store.attempt_failed(started.attempt, started.error.message, cost=cost)
    hired.failures += isinstance(started.error, ServiceError)
    started.work.errors.append(started.error.message)
    session.narrator.say("attempt-returned", step=started.order.step.id, error=started.error.message)
    if hired.retired:
        session.narrator.say("warning", message=f"{hired.spec} failed {hired.failures} times in a row and is left out")


def _returned(session: Session, started: Started, hired: Hired) -> None:
    reply = started.reply
    assert reply is not None
    hired.failures = 0
    started.returned = session.store.attempt_returned(
        started.attempt,
        reply.patch,
        effective=reply.effective,
        dropped=reply.dropped,
        notes=reply.notes,
        cost=asdict(reply.cost),
    )
    session.narrator.say("attempt-returned", step=started.order.step.id, notes=list(reply.notes))
