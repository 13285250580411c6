"""A job: work that was asked for and goes on in the worker, as the page sees it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from retouch.interfaces.web.problem import Problem
from retouch.record import Record

JobState = Literal["waiting", "running", "done", "failed"]


class Job(Record):
    """`run` is known once it was begun. A job whose run was paused or cancelled is `done`: it did what was asked, and
    `result` says how the run stands."""

    id: str = Field(examples=["0f3c9a5d1b2e4f60"])
    doc: str
    """The document's key."""
    kind: Literal["run", "edit", "again", "continue"]
    state: JobState
    run: str | None = None
    error: Problem | None = None
    result: dict[str, Any] | None = None
    """`{"run", "state", "report"?, "move"?}`; `move` is what the branch did, so that it can be taken back."""
