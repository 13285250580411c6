"""The parts that can be replaced: planner, editor, verifier. Plain classes of a user's own satisfy them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from retouch.edit import EditRequest, EditResult, Traits
from retouch.finding import Finding
from retouch.picture import Picture
from retouch.plan import Goal, Plan, Step
from retouch.verdict import Verdict


class Watch(Protocol):
    """How a long call reports and is stopped."""

    def progress(self, fraction: float) -> None:
        """Say how far the call is, 0 to 1."""

    def raise_if_cancelled(self) -> None:
        """Raise CancelledError if the user asked to stop; call it as often as is cheap."""


@runtime_checkable
class Planner(Protocol):
    """Turns a goal into steps."""

    def plan(self, goal: Goal, picture: Picture, findings: Sequence[Finding] = ()) -> Plan:
        """The plan for `goal`; PlanError if it cannot be understood, PersonNeededError if only a person knows."""
        ...


@runtime_checkable
class Editor(Protocol):
    """Changes one region."""

    @property
    def traits(self) -> Traits:
        """What it can do; constant over the editor's life."""
        ...

    def edit(self, request: EditRequest, watch: Watch) -> EditResult:
        """One result for `request`; EditorError if it failed."""
        ...


@runtime_checkable
class Verifier(Protocol):
    """Judges one result."""

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        """Whole pictures of equal size; only the step's region and its context are read."""
        ...
