"""Where a text may be rewritten: its own ink wherever it reaches, and blank paper beside it for what it lacks."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from retouch.geometry import Box
from retouch.patch import mask_box
from retouch.picture import Picture
from retouch.region import Region
from retouch.writing.ink import coverage

_ROOM = 0.3
"""Blank paper that a new text may need beside the old one's ink, as a share of the line's thickness: a descender where
none was is .22 em, and a line of letters without any is about .75 em high."""
_WINDOW = 1.5
"""What is looked at round the text, in the same measure."""
_OWN = 0.5
"""Share of a connected stroke inside the box from which it is the text's own."""
_FAINT = 0.25
"""Coverage from which a pixel is ink."""
_CROWDED = 0.5
"""Share of ink in the window from which it is no writing on paper, but a picture."""


def room(picture: Picture, box: Box, others: Sequence[Box], grow: bool, longer: float = 1.0) -> Region:
    """The region of the text read at `box`: that box and the strokes that are mostly in it, without those of `others`,
    the boxes of what else was read; with `grow` also blank paper round it, and at both ends of the line as much as a
    text needs that is `longer` by this factor. The box alone where its ink cannot be told.
    """
    side = min(box.width, box.height)
    wanted = _lengthened(box, longer)
    window = wanted.grown(round(_WINDOW * side)).clamped(picture.size)
    ink = coverage(picture.srgb(window)) > _FAINT
    if ink.mean() > _CROWDED or not ink.any():
        return Region.whole(box)
    inside = Region.whole(box).within(window)
    count, labels = cv2.connectedComponents(ink.astype(np.uint8), connectivity=8)
    total = np.maximum(np.bincount(labels.ravel(), minlength=count), 1)
    shares = np.bincount(labels[inside], minlength=count) / total
    own = (shares[labels] >= _OWN) & (labels > 0)
    foreign = (labels > 0) & ~own
    mask = inside | _dilated(own, 2)
    if grow:
        wide = Region.whole(box.grown(round(_ROOM * side)).clamped(picture.size)).within(window)
        mask |= wide | _free_ends(wanted.clamped(picture.size).relative_to(window), box.relative_to(window), foreign)
    for other in others:
        mask &= ~Region.whole(other).within(window) | inside | _dilated(own, 2)
    mask &= ~_dilated(foreign, 2)
    tight = mask_box(mask)
    if tight.empty:
        return Region.whole(box)
    return Region(tight.moved(window.x, window.y), mask[tight.slices].copy())


def _lengthened(box: Box, factor: float) -> Box:
    """The box longer by that factor on both sides along its line, for it may be flush on either."""
    more = round(max(0.0, factor - 1) * max(box.width, box.height))
    if box.height > box.width:
        return Box(box.x, box.y - more, box.width, box.height + 2 * more)
    return Box(box.x - more, box.y, box.width + 2 * more, box.height)


def _free_ends(wanted: Box, box: Box, foreign: np.ndarray) -> np.ndarray:
    """`wanted` without what lies beyond the first foreign ink on each side of `box`; all in the window's pixels."""
    upright = box.height > box.width
    beside = foreign[:, box.x : box.right].T if upright else foreign[box.y : box.bottom]
    taken = np.asarray(beside.any(axis=0))
    low, high = (box.y, box.bottom) if upright else (box.x, box.right)
    before, after = np.flatnonzero(taken[:low]), np.flatnonzero(taken[high:])
    # A word's space from what stands there.
    space = min(box.width, box.height) // 3
    first = int(before[-1]) + 1 + space if before.size else 0
    last = high + int(after[0]) - space if after.size else len(taken)
    free = np.zeros_like(foreign)
    free[(slice(first, last), slice(None)) if upright else (slice(None), slice(first, last))] = True
    inside = np.zeros_like(foreign)
    inside[wanted.slices] = True
    return np.asarray(free & inside)


def _dilated(mask: np.ndarray, radius: int) -> np.ndarray:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)
