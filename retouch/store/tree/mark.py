"""Marks: what a person thought of a version."""

from __future__ import annotations

from typing import Literal

from retouch.record import Record

Opinion = Literal["accepted", "rejected"]


class Mark(Record):
    """One opinion; it stands beside the version and is not part of its id. The last one counts."""

    version: str
    opinion: Opinion
    author: str
    created: str
    reason: str = ""
