"""Choosing who plans for a goal."""

from __future__ import annotations

from retouch import parts
from retouch.errors import SpecError
from retouch.plan import Goal
from retouch.protocols import Planner
from retouch.spec import Spec


def planner_for(goal: Goal, named: str | Planner | None = None) -> Planner:
    """The planner of that SPEC, or the object itself; without one the built-in planner that the goal asks for."""
    if named is None:
        named = default_planner(goal)
    if isinstance(named, str):
        made: Planner = parts.create("planners", Spec.parse(named))
        return made
    if not isinstance(named, Planner):
        raise SpecError(f"{named!r} is no planner: expected a SPEC, or an object with `plan`")
    return named


def default_planner(goal: Goal) -> str:
    """`boxes` for instructions given with their boxes, `proofread` where a text is given, else `words`."""
    if goal.boxes:
        return "boxes"
    return "proofread" if goal.reference is not None else "words"
