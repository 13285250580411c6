"""Making calls, side by side where editors allow it, with a commit before and one after each."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict

from retouch.attempt import Attempt
from retouch.errors import CancelledError, RetouchError, ServiceError
from retouch.orchestrator.call import Call, Order, Reply, Share, can_share, described, perform, prepare
from retouch.orchestrator.cancel import CallWatch
from retouch.orchestrator.session import Session
from retouch.orchestrator.work import Work
from retouch.picture import Picture
from retouch.store import Reply as Row

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
    calls = bundled(session.bench.head, started)
    waiting = {pool.submit(_guarded, session, c, _begin(session, c)): c for c in calls}
    stopped: BaseException | None = None
    while waiting:
        done, _ = wait(waiting, timeout=_WAIT, return_when=FIRST_COMPLETED)
        session.beat()
        for future in done:
            stopped = _settle(session, waiting.pop(future), future) or stopped
    if stopped is not None:
        raise stopped


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


def _begin(session: Session, together: Sequence[Started]) -> Call:
    """The first commit: what will be asked of whom. Attempts of one call share the first one's id as `call_id`."""
    call = prepare(session.bench, [one.order for one in together])
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
    return call


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


def _guarded(session: Session, together: Sequence[Started], call: Call) -> tuple[Reply, ...]:
    """In a thread: the call, no more of them at once than the editor takes."""

    def report(fraction: float) -> None:
        for one in together:
            session.narrator.say("progress", step=one.order.step.id, fraction=fraction)

    with call.hired.gate:
        return perform(call, CallWatch(session.cancel, report))


def _settle(session: Session, together: Sequence[Started], future: Future[tuple[Reply, ...]]) -> BaseException | None:
    """The second commit: what came back. Returns what must stop the run."""
    error = future.exception()
    if error is not None and (isinstance(error, CancelledError) or not isinstance(error, RetouchError)):
        return error  # the attempts stay `started`: their reply is lost, a resumed run repeats the call
    for place, one in enumerate(together):
        one.reply = None if error is not None else future.result()[place]
        one.error = error if one.reply is None else one.reply.error
    reply, hired = together[0].reply, together[0].order.chosen.hired
    session.meter.editor += reply.cost.calls if reply else 1
    _kept(session, together)
    failed = together[0].error
    hired.failures = hired.failures + isinstance(failed, ServiceError) if failed is not None else 0
    for one in together:
        _told(session, one)
    if failed is not None and hired.retired:
        session.narrator.say("warning", message=f"{hired.spec} failed {hired.failures} times in a row and is left out")
    return None


def _kept(session: Session, together: Sequence[Started]) -> None:
    """All of a call's answer in one transaction: killed in between, a run would pay for it again."""
    if len(together) == 1:
        _kept_alone(session, together[0])
        return
    rows = session.store.attempts_returned([_row(one) for one in together])
    for one, row in zip(together, rows, strict=True):
        one.returned = row if one.error is None else None


def _kept_alone(session: Session, one: Started) -> None:
    row = _row(one)
    if row.error is not None:
        session.store.attempt_failed(row.attempt, row.error, cost=row.cost)
        return
    facts = {name: value for name, value in row.facts.items() if name != "error"}
    one.returned = session.store.attempt_returned(row.attempt, row.patch, **facts)


def _row(one: Started) -> Row:
    reply = one.reply
    cost = asdict(reply.cost) if reply else {}
    if reply is None or one.error is not None:
        return Row(one.attempt, cost=cost, error=one.error.message if one.error else "no reply")
    return Row(one.attempt, reply.patch, reply.effective, reply.dropped, reply.notes, cost)


def _told(session: Session, one: Started) -> None:
    step = one.order.step.id
    if one.error is not None:
        one.work.errors.append(one.error.message)
        session.narrator.say("attempt-returned", step=step, error=one.error.message)
    elif one.reply is not None:
        session.narrator.say("attempt-returned", step=step, notes=list(one.reply.notes))
