"""Working through a run: its own branch, then each sibling's; on each the plan, and once more what it led to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from retouch.attempt import StepStatus
from retouch.errors import BudgetError, CancelledError, RetouchError
from retouch.finding import Finding
from retouch.orchestrator.outcome import Ending
from retouch.orchestrator.plan_work import renamed, work_plan, works_of
from retouch.orchestrator.replanning import Replanner, failed, held, settle, tried
from retouch.orchestrator.series import Line
from retouch.orchestrator.session import Session
from retouch.orchestrator.work import Work
from retouch.orchestrator.workbench import Workbench
from retouch.plan import Plan

if TYPE_CHECKING:
    from retouch.orchestrator.run import Run

ROUNDS = 2
"""Plans of one branch: the first, and one more for what it left."""


def work_lines(run: Run, session: Session) -> None:
    """The run's own branch first, then each sibling from where that one stands."""
    own, *others = run.lines
    own.session = session
    try:
        _work_line(run, own, session)
        for line in others:
            entered = _entered(run, line, session)
            if entered is not None:
                _work_line(run, line, entered)
    except BudgetError as error:
        run.ending = Ending.BUDGET
        session.out_of_budget(run.works, error)
        session.narrator.say("warning", message=error.message)
        if run.meter.time_left:
            run.proofread(session)


def _entered(run: Run, line: Line, shared: Session) -> Session | None:
    """The session on a sibling's branch, which is made here; None where someone else has made it meanwhile."""
    stands = run.store.branches(run.document.id)
    if line.branch in stands and not line.begun:
        for work in line.works:
            if not work.ended:
                why = f"branch {line.branch!r} was made by someone else while the run was at work"
                shared.end(work, StepStatus.NEEDS_REVIEW, why)
        return None
    shared.narrator.say("branch-started", branch=line.branch)  # first, so that a resumed run knows it for its own
    head = stands.get(line.branch)
    if head is None:
        head = run.fork or shared.head
        run.store.create_branch(run.document.id, line.branch, head, author=shared.author)
    fresh: dict[str, Any] = {"head": head, "bench": Workbench(run.store.checkout(head)), "base": "", "commits": []}
    line.session = replace(shared, branch=line.branch, **fresh, foreign=[*shared.foreign, *line.foreign])
    return line.session


def _work_line(run: Run, line: Line, session: Session) -> None:
    for number, works in enumerate(line.rounds):
        _work(run, line, session, works, number)
    before = _faults(run.proofs.first.findings if run.proofs.first else ())
    own, planned = line is run.lines[0], len(line.rounds)
    if own:
        run.proofread(session)
    if planned < ROUNDS and not run.options.given:
        plan = _next_plan(run, line, session, before if own else 0)
        if plan is not None:
            _save(run, line, session, plan)
            _work(run, line, session, line.rounds[-1], planned)
            if own:
                run.proofread(session)
    if len(line.rounds) > 1 and not run.proofreads:
        settle(session, line.rounds[0], line.rounds[1], run.picture.size)


def _work(run: Run, line: Line, session: Session, works: Sequence[Work], number: int) -> None:
    if works:
        told: dict[str, Any] = {"round": number} if number else {}
        told |= {"branch": line.branch} if len(run.lines) > 1 else {}
        session.narrator.say("planned", steps=[work.step.id for work in works], **told)
    work_plan(session, works, run.works)


def _next_plan(run: Run, line: Line, session: Session, before: int) -> Plan | None:
    """The plan for what the first one left: what a last proofreading found, where that found fewer than `before`, or
    what a planner that can plan again makes of the verdicts."""
    if run.proofreads:
        found = run.open_faults()
        better = found and _faults(run.findings) < before
        return run.planner().plan(run.goal, session.bench.head, found) if better else None
    planner = run.named_planner
    if not isinstance(planner, Replanner):
        return None
    left = [work for work in failed(line.works) if work.status in (StepStatus.UNFIXED, StepStatus.NEEDS_REVIEW)]
    if not left and len(run.lines) == 1:
        return None
    spent = run.meter.calls_left() == 0 or not run.meter.time_left
    plan = Plan(goal=run.goal.text) if spent or not left else _planned_again(run, planner, session, left)
    kept = held(plan, line.works, run.picture.size)
    if len(kept.steps) < len(plan.steps):
        beyond = len(plan.steps) - len(kept.steps)
        session.narrator.say("warning", message=f"{beyond} steps of the second plan lie where no step failed; left out")
    return kept


def _planned_again(run: Run, planner: Replanner, session: Session, left: Sequence[Work]) -> Plan:
    """What the planner makes of the verdicts; no step where it fails, which is said."""
    session.pause_point()
    session.narrator.say("replanning", steps=[work.step.id for work in left])
    told = [tried(session, work) for work in left]
    try:
        plan = planner.replan(run.goal, session.bench.head, told)
        why = "" if isinstance(plan, Plan) else f"the planner gave {type(plan).__name__}, expected Plan"
    except CancelledError:
        raise
    except RetouchError as error:
        why = error.message
    except Exception as error:  # a stranger's planner may raise anything; what was done so far stands
        why = f"{type(error).__name__}: {error}"
    if not why:
        return plan
    session.narrator.say("warning", message=f"no second plan: {why}")
    return Plan(goal=run.goal.text)


def _save(run: Run, line: Line, session: Session, plan: Plan) -> None:
    """Write the line's second plan down before it is worked on, one without a step as well: it is asked for once,
    however often the run is interrupted."""
    number = 1 + run.lines.index(line)
    plan = renamed(plan, number)
    run.store.save_plan(session.run, plan, number)
    line.rounds.append(works_of(plan, session.page, session.roster))


def _faults(findings: Sequence[Finding]) -> int:
    return sum(finding.fault for finding in findings)
