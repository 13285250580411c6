"""A series: one plan for several versions of a picture, worked through as sibling branches from one version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from retouch.errors import PlanError
from retouch.plan import Plan

if TYPE_CHECKING:
    from retouch.orchestrator.document import Document
    from retouch.orchestrator.outcome import RunReport


def siblings(plan: Plan) -> tuple[str, ...]:
    """The branches that the plan's steps name, in the order of their first steps."""
    return tuple(dict.fromkeys(step.branch for step in plan.steps if step.branch is not None))


def part(plan: Plan, branch: str | None) -> Plan:
    """The plan of one branch: the steps that name it, or for None those that name no branch.

    PlanError where one of them waits for a step of another branch, which it would never see.
    """
    steps = tuple(step for step in plan.steps if step.branch == branch)
    known = {step.id for step in steps}
    for step in steps:
        elsewhere = {*step.after, *filter(None, [step.supersedes])} - known
        if elsewhere:
            raise PlanError(
                f"step {step.id!r} of branch {branch or 'main'!r} comes after {min(elsewhere)!r} of another branch; "
                "a branch has its own steps, after those that name no branch"
            )
    return plan.model_copy(update={"steps": steps})


def run_series(document: Document, plan: Plan, branch: str = "main", **options: Any) -> dict[str, RunReport]:
    """Work through the steps that name no branch on `branch`, then every sibling's on a new branch from there.

    The report of each branch by its name; `options` are those of `Document.run`. Before anything begins, PlanError if
    a branch stands already or steps wait across branches.
    """
    names = siblings(plan)
    taken = [name for name in names if name in document.branches]
    if taken:
        raise PlanError(f"branch {taken[0]!r} stands already; delete it, or give the series other names")
    plans = {name: part(plan, name) for name in names}
    shared = part(plan, None)
    reports = {branch: document.run(plan=shared, branch=branch, **options)} if shared.steps else {}
    start = document.head(branch)
    for name, own in plans.items():
        document.create_branch(name, start)
        reports[name] = document.run(plan=own, branch=name, **options)
    return reports
