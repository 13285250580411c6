"""What happens while a run works, as it is shown to a person or printed with `--jsonl`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import Field

from retouch.record import Record


class Event(Record):
    """One event. `event` is its kind: disclosure, run-started, branch-started, proofread, planned, replanning,
    step-started, attempt-started, progress, attempt-returned, verdict, committed, step-ended, run-ended, warning."""

    event: str
    run: str | None = None
    step: str | None = None
    version: str | None = None
    data: dict[str, Any] = Field(default_factory=dict)


Listener = Callable[[Event], None]
