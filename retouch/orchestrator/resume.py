"""Going on with an interrupted run: no reply is paid for twice, what was spent counts."""

from __future__ import annotations

from retouch.attempt import Attempt, AttemptState, StepStatus
from retouch.errors import PictureError
from retouch.orchestrator.judging import combine, reason
from retouch.orchestrator.outcome import RunReport
from retouch.orchestrator.plan_work import works_of
from retouch.orchestrator.run import Run
from retouch.orchestrator.series import Line, lines_of, siblings
from retouch.orchestrator.session import Session, touches
from retouch.orchestrator.work import ENDED, Tried, Work
from retouch.patch import Patch
from retouch.region import Region
from retouch.store import History, RunRecord


def resume(run: Run, record: RunRecord) -> RunReport:
    """Go on with `run`, made anew for `record`, which this process has claimed."""
    run.id = record.id
    run.meter.editor = record.spent.calls
    run.meter.verifier = int(record.summary.get("verifier", 0))
    run.meter.earlier = max(record.spent.seconds, float(record.summary.get("seconds", 0.0)))
    for plan in record.plans:
        run.stay_offline(step.editor for step in plan.steps)
        run.read_page(plan)
    branch, heads = run.options.branch, run.store.branches(run.document.id)
    head = heads[branch]
    session = run.session(head, run.store.checkout(head))
    names = (branch, *siblings(record.plans[0], branch))
    lines = lines_of([works_of(plan, session.page, session.roster) for plan in record.plans], names)
    run.lines = lines
    for work in run.works:
        _restore_ending(record, work)
    run.disclose(session, [work.step for work in run.works if not work.ended])
    run.record_sends()
    session.narrator.say("run-started", goal=run.goal.text, branch=branch, resumed=True)
    begun = {event.data["branch"] for _, event in run.store.events(record.id) if event.event == "branch-started"}
    for line in lines:
        own = line.branch == branch
        line.begun = line.branch in begun
        if own or (line.begun and line.branch in heads):
            _take_up(run, record, session, line, record.base if own else _origin(run, line.branch), heads[line.branch])
    return run.work(session, lines)


def _take_up(run: Run, record: RunRecord, session: Session, line: Line, base: str, head: str) -> None:
    """What the journal knows of one branch, which began at `base` and now stands at `head`."""
    own = _own_head(run.store, record.document_id, line, base)
    changed = _moved(run.store, own, head)
    for work in line.works:
        _restore_attempts(run.store, record, work, moved=changed is not None)
    if changed is not None:
        (session if line is run.lines[0] else line).foreign.append(changed)
        _leave_changed(session, line, changed)
    if line is run.lines[0] and changed is not None and all(work.ended for work in line.works):
        run.fork = own  # siblings begin where this run left its branch, be it moved since


def _origin(run: Run, branch: str) -> str:
    """Where a sibling's branch was made."""
    made = [move.target for move in run.store.moves(run.document.id) if move.branch == branch and move.origin is None]
    return made[-1] or run.base


def _restore_ending(record: RunRecord, work: Work) -> None:
    known = record.steps.get(work.step.id)
    if known is not None and known.status in ENDED:
        work.status, work.reason, work.version = known.status, known.reason, known.version


def _restore_attempts(store: History, record: RunRecord, work: Work, *, moved: bool) -> None:
    """What the journal knows of the step's tries. If the branch was moved they go on from its new head."""
    for attempt in store.attempts(record.id, work.step.id):
        work.base = None if moved else attempt.base
        if attempt.state is AttemptState.STARTED:
            # Its reply is lost. From the same base it is made again under the same id, from another it is a new one.
            if moved:
                store.attempt_failed(attempt.id, "interrupted before the reply came", cost={"calls": 0})
                work.attempts = attempt.number
            continue
        work.attempts = attempt.number
        work.next_try = _after(work, attempt)
        if attempt.state is AttemptState.RETURNED:
            work.pending.append(attempt)
        elif attempt.state is AttemptState.JUDGED:
            work.tried.append(_tried(store, attempt))
        else:
            work.errors.append(attempt.error or "failed")


def _after(work: Work, attempt: Attempt) -> int:
    """Position on the ladder behind the try that this attempt was."""
    for place in range(work.next_try, len(work.tries)):
        chosen = work.tries[place]
        if (chosen.hired.spec, chosen.rung.name) == (attempt.editor, attempt.rung):
            return place + 1
    return work.next_try


def _tried(store: History, attempt: Attempt) -> Tried:
    patch = store.attempt_patch(attempt.id)
    assert patch is not None, f"attempt {attempt.id} was judged without a patch"
    verdicts = attempt.verdicts
    return Tried(attempt, patch, combine(verdicts), verdicts, attempt.version, reason(verdicts))


def _moved(store: History, expected: str, head: str) -> Patch | None:
    """What others changed on a branch since the run left it; None if they left it alone."""
    if expected == head:
        return None
    before, after = store.checkout(expected), store.checkout(head)
    try:
        return Patch.between(before, after)
    except PictureError:  # another size or mode: no region is as it was
        whole = Region.whole(after.box)
        return Patch(whole.box, after.pixels, whole.mask)


def _leave_changed(session: Session, line: Line, changed: Patch) -> None:
    """Steps whose region was changed by others are left to a person."""
    session.narrator.say("warning", message=f"branch {line.branch!r} was moved while the run was interrupted")
    for work in line.works:
        if not work.ended and touches(changed, work.region):
            why = "the branch was moved while the run was interrupted, and this region was changed"
            session.end(work, StepStatus.NEEDS_REVIEW, why)


def _own_head(store: History, document: int, line: Line, base: str) -> str:
    """Where this run left a branch."""
    own = {base, *(work.version for work in line.works if work.status is StepStatus.FIXED)}
    moves = [m.target for m in store.moves(document) if m.branch == line.branch and m.target in own]
    return moves[-1] or base if moves else base
