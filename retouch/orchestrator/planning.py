"""Choosing who plans for a goal."""

from __future__ import annotations

from retouch import parts
from retouch.errors import SpecError
from retouch.orchestrator.goal import choose, wants_proofreading
from retouch.plan import Goal
from retouch.protocols import Planner
from retouch.spec import Spec


def planner_for(goal: Goal, named: str | Planner | None = None) -> Planner:
    """The planner of that SPEC, or the object itself; without one the built-in planner that the goal asks for."""
    named = named or choose(goal)
    if isinstance(named, str):
        made: Planner = parts.create("planners", Spec.parse(named))
        return made
    if not isinstance(named, Planner):
        raise SpecError(f"{named!r} is no planner: expected a SPEC, or an object with `plan`")
    return named


def concerns_findings(goal: Goal, named: str | Planner | None, *, given: bool) -> bool:
    """True if a run is about what proofreading finds, so that its page is proofread before and after.

    `given` says that the plan was given and not made for the goal's words.
    """
    if named is None and not given:
        return wants_proofreading(goal)
    proofreads = isinstance(named, str) and Spec.parse(named).name == "proofread"
    return proofreads or (goal.reference is not None and (given or not isinstance(named, str)))
