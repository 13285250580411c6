"""Two versions shown as one picture: what differs, and both beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from retouch.edit import RGB
from retouch.errors import PictureError
from retouch.geometry import Box
from retouch.interfaces.strip import side_by_side
from retouch.orchestrator.thumbnail import on_white
from retouch.picture import Picture

FRAME = (196, 30, 58)
"""Of the boxes: a dark red that white paper and black ink both leave visible."""
_FAINT = 0.3
"""How much of the page shows through where nothing differs."""
_LEAST = 0.25
"""Strength of the colour where the difference is smallest, so that a single grey level is seen, too."""
_GAP = 12


def difference_picture(before: Picture, after: Picture, boxes: Sequence[Box]) -> Picture:
    """The page pale and grey, what differs from yellow (a little) to red (wholly), the boxes framed; 8-bit sRGB.

    PictureError if size, mode or depth differ.
    """
    _require_alike(before, after)
    rgb = on_white(after)
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    out = np.repeat((255 - _FAINT * (255 - grey))[:, :, None], 3, axis=2)
    gap = np.abs(before.pixels.astype(np.int32) - after.pixels).max(axis=2)
    changed = gap > 0
    strength = _LEAST + (1 - _LEAST) * gap[changed].astype(np.float32) / np.iinfo(after.pixels.dtype).max
    # Yellow loses its green first and then turns darker: an order that the colour-blind see as well.
    out[changed] = np.stack([255 - 60 * strength, 215 * (1 - strength), 40 * (1 - strength)], axis=1)
    return Picture(framed(np.rint(out).astype(np.uint8), boxes))


def beside(before: Picture, after: Picture, boxes: Sequence[Box]) -> Picture:
    """Before on the left and after on the right, at full size, the boxes framed on both; 8-bit sRGB."""
    return Picture(side_by_side([framed(on_white(before), boxes), framed(on_white(after), boxes)], _GAP))


def before_after(before: Picture, after: Picture, box: Box) -> Picture:
    """The place of one step in both pictures, before on the left, in their own depth and profile; metadata is kept.

    PictureError if size, mode or depth differ, or the box lies outside.
    """
    _require_alike(before, after)
    left, right = before.crop(box).pixels, after.crop(box)
    gap = np.full((box.height, _GAP, left.shape[2]), np.iinfo(left.dtype).max, left.dtype)
    return Picture(np.concatenate([left, gap, right.pixels], axis=1), right.metadata)


def framed(rgb: RGB, boxes: Sequence[Box]) -> RGB:
    """A copy with a frame round each box, outside it, as far as the page reaches."""
    out = rgb.copy()
    width = max(1, round(max(rgb.shape[:2]) / 600))
    for box in boxes:
        for step in range(1, width + 1):
            outer = box.grown(step)
            cv2.rectangle(out, (outer.x, outer.y), (outer.right - 1, outer.bottom - 1), FRAME, 1)
    return out


def _require_alike(before: Picture, after: Picture) -> None:
    if before.pixels.shape != after.pixels.shape or before.pixels.dtype != after.pixels.dtype:
        raise PictureError(f"cannot compare {before!r} with {after!r}: size, mode and depth must be equal")
