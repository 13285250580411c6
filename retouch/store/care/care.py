"""What the care of a project file reports."""

from __future__ import annotations

from pydantic import Field

from retouch.record import Record

KEEP_DAYS = 30.0
"""What is younger is kept although nothing reaches it: every move of a branch can be undone for that long."""


class Damage(Record):
    """One thing that is not as it was written, and the ids of the versions that it touches, oldest first."""

    what: str
    versions: tuple[str, ...] = ()


class FsckReport(Record):
    """`checked` counts the tiles and versions that were looked at; `ok` if there is no damage."""

    ok: bool
    checked: dict[str, int]
    damaged: tuple[Damage, ...] = ()


class GcReport(Record):
    """What was given back: `tiles`, and `bytes` by which the file became smaller; the pixels of `versions`, and those
    of the replies to attempts (`patches`)."""

    tiles: int = Field(ge=0)
    bytes: int = Field(ge=0)
    versions: int = Field(ge=0)
    patches: int = Field(ge=0)
