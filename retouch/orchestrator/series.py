"""The lines of a run: the branch it was begun on, and a new branch for each sibling of a series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from retouch.errors import PlanError, UsageError
from retouch.orchestrator.session import Session
from retouch.orchestrator.work import Work
from retouch.patch import Patch
from retouch.plan import Plan, Step
from retouch.store.tree.naming import check_free


@dataclass(slots=True, eq=False)
class Line:
    """What a run does on one branch. `rounds` are its works, those of the plan first, then those of what it led to."""

    branch: str
    rounds: list[list[Work]]
    begun: bool = False
    """An interrupted run had begun it: the branch is the run's own."""
    head: str | None = None
    """Where the branch stood when the run was taken up or began it."""
    foreign: list[Patch] = field(default_factory=list)
    """What others changed on the branch while the run was interrupted."""
    session: Session | None = None

    @property
    def works(self) -> list[Work]:
        return [work for works in self.rounds for work in works]


def siblings(plan: Plan, branch: str = "main") -> tuple[str, ...]:
    """The other branches that the steps of a plan for `branch` name, in the order of their first steps."""
    named = (step.branch for step in plan.steps)
    return tuple(dict.fromkeys(name for name in named if name is not None and name != branch))


def lines_of(plans: Sequence[Sequence[Work]], names: Sequence[str]) -> list[Line]:
    """The works of a run's plans on its branches, the run's own first; those of plan 1 + n are of line n."""
    first, *later = plans
    lines = [Line(name, [[work for work in first if (work.step.branch or names[0]) == name]]) for name in names]
    for line, works in zip(lines, later, strict=False):
        line.rounds.append(list(works))
    return lines


def require_siblings(plan: Plan, branch: str, branches: Mapping[str, str], tags: Mapping[str, str]) -> None:
    """PlanError if a branch of the series stands already or cannot be named so, or if a step waits for one of a branch
    that it would never see."""
    for name in siblings(plan, branch):
        try:
            check_free(name, branches, tags)
        except UsageError as error:
            raise PlanError(
                f"the plan makes branch {name!r}: {error.message}",
                hint=error.hint or "delete that branch, or give the plan's steps another `branch`",
            ) from error
    known = {step.id: step for step in plan.steps}
    for step in plan.steps:
        for other in (*step.after, *filter(None, [step.supersedes])):
            _require_seen(step, known[other], branch)


def _require_seen(step: Step, other: Step, branch: str) -> None:
    own, its = step.branch or branch, other.branch or branch
    if its not in (own, branch):
        raise PlanError(
            f"step {step.id!r} of branch {own!r} comes after {other.id!r} of branch {its!r}; "
            "a branch sees its own steps, and before them those that name no branch"
        )
