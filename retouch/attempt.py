"""One try of a step, as it is kept in the journal."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field

from retouch.record import BoxField, Record
from retouch.verdict import Verdict


class AttemptState(StrEnum):
    """`started` before the call, `returned` when the reply is stored, `judged` with its verdicts, or `failed`."""

    STARTED = "started"
    RETURNED = "returned"
    JUDGED = "judged"
    FAILED = "failed"


class StepStatus(StrEnum):
    """How a step ended; `pending` and `running` are those of a live run."""

    PENDING = "pending"
    RUNNING = "running"
    FIXED = "fixed"
    UNFIXED = "unfixed"
    SKIPPED = "skipped"
    NEEDS_REVIEW = "needs-review"


class Attempt(Record):
    """One try. `base` is the version it was edited from, `version` the candidate or edit that holds its pixels."""

    id: str
    run: str
    step: str
    number: int = Field(ge=1)
    rung: str
    editor: str
    """The editor's SPEC, without secrets."""
    seed: int
    base: str
    call_id: str
    """Attempts that share an editor call share this id; the cost counts once."""
    repairs: str | None = None
    """The attempt whose result a component repair started from."""
    state: AttemptState = AttemptState.STARTED
    request: dict[str, Any] = Field(default_factory=dict)
    effective: dict[str, Any] = Field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """Fallbacks that were taken, in words."""
    box: BoxField | None = None
    """The box of the patch."""
    cost: dict[str, Any] = Field(default_factory=dict)
    verdicts: tuple[Verdict, ...] = ()
    version: str | None = None
    error: str | None = None
