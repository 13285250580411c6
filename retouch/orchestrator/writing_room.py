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


def room(picture: Picture, box: Box, others: Sequence[Box], grow: bool) -> Region:
    """The region of the text read at `box`: that box and the strokes that are mostly in it, without those of `others`,
    the boxes of what else was read; with `grow` also blank paper round it. The box alone where its ink cannot be told.
    """
    side = min(box.width, box.height)
    window = box.grown(round(_WINDOW * side)).clamped(picture.size)
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
        mask |= wide
    for other in others:
        mask &= ~Region.whole(other).within(window) | inside | _dilated(own, 2)
    mask &= ~_dilated(foreign, 2)
    tight = mask_box(mask)
    if tight.empty:
        return Region.whole(box)
    return Region(tight.moved(window.x, window.y), mask[tight.slices].copy())


def _dilated(mask: np.ndarray, radius: int) -> np.ndarray:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)
