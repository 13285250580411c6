"""What the journal tells of a run and of its steps."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from retouch.attempt import StepStatus
from retouch.plan import Goal, Plan
from retouch.record import Record

RunState = Literal["running", "interrupted", "ended", "failed"]


class StepRecord(Record):
    """How far a step of a run is."""

    step: str
    status: StepStatus
    reason: str | None = None
    version: str | None = None


class Spent(Record):
    """What a run has cost so far; attempts that share a call count once."""

    attempts: int = 0
    calls: int = 0
    seconds: float = 0.0
    money: float = 0.0


class RunRecord(Record):
    """One execution of a plan on a branch. `plans` are those of its rounds, the first one first.

    `running` with `alive` False is a run whose process is gone: it can be claimed and resumed."""

    id: str
    document: str
    document_id: int
    branch: str
    base: str
    goal: Goal
    plans: tuple[Plan, ...] = ()
    options: dict[str, Any] = Field(default_factory=dict)
    state: RunState
    alive: bool = False
    spent: Spent = Spent()
    summary: dict[str, Any] = Field(default_factory=dict)
    steps: dict[str, StepRecord] = Field(default_factory=dict)
    created: str
