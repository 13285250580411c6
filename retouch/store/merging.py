"""Merging: three versions become one, conflicts are named and settled region by region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retouch.geometry import Box

Side = Literal["ours", "theirs", "base"]
"""`ours` is the branch as it stands, `theirs` what comes to it, `base` what both began with."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """A person's choice for the conflicts inside `box`."""

    box: Box
    side: Side


@dataclass(frozen=True, slots=True)
class MergeReport:
    """How a revert, pick or merge ended.

    With `conflicts` (those not settled) nothing was changed: `target` is `origin`; so it is where there was nothing to
    do. `notes` say what was decided beside the pixels.
    """

    branch: str
    origin: str
    target: str
    conflicts: tuple[Box, ...] = ()
    notes: tuple[str, ...] = ()
