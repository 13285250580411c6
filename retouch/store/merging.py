"""Merging: three pictures become one, conflicts are named and settled region by region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retouch.geometry import Box

Side = Literal["ours", "theirs", "base"]


@dataclass(frozen=True, slots=True)
class Settlement:
    """A person's choice for the conflicts inside `box`."""

    box: Box
    side: Side


@dataclass(frozen=True, slots=True)
class MergeReport:
    """How a revert, pick or merge ended. With `conflicts` nothing was changed: `target` is `origin`."""

    branch: str
    origin: str
    target: str
    conflicts: tuple[Box, ...] = ()
