"""From a reply to a verdict, and from a verdict to a version: the third commit of an attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from retouch.attempt import Attempt, StepStatus
from retouch.errors import ConflictError
from retouch.orchestrator import guard
from retouch.orchestrator.call import MEASURED
from retouch.orchestrator.calling import Started
from retouch.orchestrator.frame import MARGIN
from retouch.orchestrator.judging import NOBODY, combine, reason
from retouch.orchestrator.session import Session, touches
from retouch.orchestrator.work import Held, Tried, Work
from retouch.patch import Patch
from retouch.verdict import Outcome, Verdict
from retouch.version import VersionRecord


def judge_reply(session: Session, started: Started) -> None:
    """Judge what came back: hold it ready if it passes, keep it as a candidate if not."""
    reply, attempt = started.reply, started.returned
    if reply is not None and reply.patch is not None and attempt is not None:
        _judge(session, started.work, attempt, reply.patch)


def judge_pending(session: Session, work: Work) -> None:
    """Judge the replies that an interrupted run had received, without another call."""
    while work.pending and work.held is None and not work.ended:
        attempt = work.pending.pop(0)
        patch = session.store.attempt_patch(attempt.id)
        assert patch is not None, f"attempt {attempt.id} has returned without a patch"
        _judge(session, work, attempt, patch)


def _judge(session: Session, work: Work, attempt: Attempt, patch: Patch) -> None:
    verdicts = _verdicts(session, work, attempt, patch)
    tried = Tried(attempt, patch, combine(verdicts), verdicts, why=reason(verdicts))
    if tried.outcome is Outcome.PASS and not session.review:
        work.held = Held(tried, 0 if work.on_base else len(session.commits))
        return
    _reject(session, work, tried)


def commit_ready(session: Session, batch: Sequence[Work]) -> bool:
    """Commit what is held, in plan order, as far as no earlier step of the batch is still at work.

    True if there was something: committed, or judged again and turned down.
    """
    tried = False
    for work in batch:
        if work.held is not None:
            _commit(session, work)
            tried = True
        if not work.ended:
            break
    return tried


def _commit(session: Session, work: Work) -> None:
    held = work.held
    assert held is not None
    work.held = None
    if _context_changed(session, work, held):
        session.narrator.say("warning", step=work.step.id, message="its surroundings changed; it is verified again")
        work.on_base = False  # all steps before it have ended, so that the head is the same in every run
        _judge(session, work, held.tried.attempt, held.tried.patch)
        if work.held is None:
            return
        held, work.held = work.held, None
    try:
        version = _record(session, held.tried, accepted=True)
    except ConflictError:
        _moved(session, work, held.tried)
        return
    session.advance(version.id, held.tried.patch)
    work.tried.append(replace(held.tried, version=version.id))
    session.narrator.say("committed", step=work.step.id, version=version.id, editor=held.tried.attempt.editor)
    session.end(work, StepStatus.FIXED, None, version.id)


def _moved(session: Session, work: Work, tried: Tried) -> None:
    """Someone moved the branch: go on from the new head where the region is untouched, else ask a person."""
    changed = session.catch_up()
    session.narrator.say("warning", message="the branch was moved by someone else; the run goes on from its new head")
    if not touches(changed, work.region):
        work.held = Held(tried, len(session.commits) - 1)
        _commit(session, work)
        return
    why = "the branch was moved meanwhile and this region was changed"
    version = _record(session, tried, accepted=False)
    work.tried.append(replace(tried, version=version.id, why=why))
    session.end(work, StepStatus.NEEDS_REVIEW, why, version.id)


def _reject(session: Session, work: Work, tried: Tried) -> None:
    version = _record(session, tried, accepted=False)
    tried = replace(tried, version=version.id)
    work.tried.append(tried)
    if tried.outcome is Outcome.PASS:
        session.end(work, StepStatus.NEEDS_REVIEW, "verified; a person accepts each step of this run", version.id)
    elif any(verdict.verifier == NOBODY for verdict in tried.verdicts):
        session.end(work, StepStatus.NEEDS_REVIEW, tried.why, version.id)  # another try would not be judged either


def _verdicts(session: Session, work: Work, attempt: Attempt, patch: Patch) -> tuple[Verdict, ...]:
    """The guard's verdict, and the verifiers' if the guard has nothing against it."""
    session.beat()
    with session.trying(work, patch) as (before, after):
        verdicts = [guard.judge(before, after, patch, attempt.effective.get(MEASURED, {}))]
        if verdicts[0].passed:
            verdicts += session.panel.verdicts(before, after, work.step)
            session.meter.verifier += len(verdicts) - 1
    for verdict in verdicts:
        told = verdict.model_dump(mode="json", include={"verifier", "outcome", "score", "reason"})
        session.narrator.say("verdict", step=work.step.id, **told)
    return tuple(verdicts)


def _context_changed(session: Session, work: Work, held: Held) -> bool:
    """True if a commit since the verdicts changed a pixel that they may have rested on."""
    box = work.region.box
    context = box.grown(round(2 * MARGIN * max(box.width, box.height)))
    later = session.commits[held.seen :]
    return any(not patch.empty and patch.box.overlaps(context) for patch in later)


def _record(session: Session, tried: Tried, *, accepted: bool) -> VersionRecord:
    attempt = tried.attempt
    return session.store.attempt_judged(
        attempt.id,
        tried.verdicts,
        accepted=accepted,
        branch=session.branch,
        expected=session.head,
        patch=tried.patch,
        message=message(attempt),
        author=session.author,
        record=record(attempt),
    )


def message(attempt: Attempt) -> str:
    """One line for the log."""
    request = attempt.request
    words = request.get("instruction") or " ".join(
        str(part) for part in (request.get("operation"), request.get("source"), request.get("target")) if part
    )
    return f"{words} ({attempt.rung})"


def record(attempt: Attempt) -> dict[str, Any]:
    """The step record that the version's hash covers: everything that determines the pixels."""
    kept = ("step", "number", "rung", "editor", "seed", "repairs", "request", "effective", "dropped", "notes")
    dumped = attempt.model_dump(mode="json")
    return {name: dumped[name] for name in kept} | {"attempt": attempt.id}
