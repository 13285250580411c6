"""Diffs: where, and by how much, two versions differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retouch.geometry import Box
from retouch.patch import Patch
from retouch.store.pixels.pieces import piece_boxes
from retouch.store.versions import Versions


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


def diff_versions(versions: Versions, a: str, b: str) -> Diff:
    """See `Operations.diff`. Only what differs is read."""
    change = versions.change(a, b)
    boxes = piece_boxes(change.mask, change.box)
    return Diff(a, b, boxes, int(change.mask.sum()), _largest(versions, a, change), change)


def _largest(versions: Versions, a: str, change: Patch) -> int:
    if change.empty:
        return 0
    before = versions.crop(a, change.box)
    # Unsigned: the larger less the smaller, so that no wider copy is needed.
    gap = np.maximum(before, change.pixels) - np.minimum(before, change.pixels)
    return int(gap[change.mask].max())
