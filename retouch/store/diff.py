"""Diffs: where, and by how much, two versions differ."""

from __future__ import annotations

from dataclasses import dataclass

from retouch.geometry import Box
from retouch.patch import Patch


@dataclass(frozen=True, slots=True, eq=False)
class Diff:
    """What changes from version `a` to version `b`.

    `boxes` hold the changed pixels, those near each other together; `changed_pixels` is their exact count,
    `max_difference` the largest difference of a channel in the picture's own depth; `change` is the exact patch that
    turns `a` into `b` (its mask says which pixels differ).
    """

    a: str
    b: str
    boxes: tuple[Box, ...]
    changed_pixels: int
    max_difference: int
    change: Patch
