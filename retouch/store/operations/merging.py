"""Merging: three versions become one, conflicts are named and settled region by region."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from retouch.geometry import Box

Side = Literal["ours", "theirs", "base"]
"""`ours` is the branch as it stands, `theirs` what comes to it, `base` what both began with."""


class Sides(NamedTuple):
    """The versions that stand for the sides, by id."""

    base: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """A person's choice for the conflicts inside `box`."""

    box: Box
    side: Side


@dataclass(frozen=True, slots=True)
class MergeReport:
    """How a revert, pick or merge ended.

    With `conflicts` (those not settled) nothing was changed: `target` is `origin`; so it is where there was nothing to
    do. `notes` say what was decided beside the pixels, `sides` which versions were compared (None where a look at the
    tree was enough), so that a person can be shown what a conflict is between.
    """

    branch: str
    origin: str
    target: str
    conflicts: tuple[Box, ...] = ()
    notes: tuple[str, ...] = ()
    sides: Sides | None = field(default=None, compare=False)
