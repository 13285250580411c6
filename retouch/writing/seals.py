"""Seals and coloured notes on a page written in black: they are no writing of the text."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.writing.frames import CHROMA, colours
from retouch.writing.ink import Coverage
from retouch.writing.scaling import scaled

_SCALE = 24
"""Pixels a character at which colour is looked at; strokes of a seal's field are wider than one of them."""

_LEAST = 0.3
"""Sides, in characters, from which a coloured patch is masked; smaller ones are the fringes of black strokes."""

_COLOURED_INK = 30.0
"""Median colour distance of the ink from black and paper above which the writing itself is coloured."""


def find_seals(rgb: RGB, ink: Coverage, size: float) -> NDArray[np.bool_]:
    """True (height, width) on coloured patches of a page whose characters are `size` pixels large; nowhere where the
    writing itself is coloured."""
    nothing = np.zeros(ink.shape, np.bool_)
    scale = min(1.0, _SCALE / max(size, 1.0))
    small = scaled(rgb, scale)
    distance, _ = colours(small)
    covered = cv2.resize(ink, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_AREA) > 0.6
    if not covered.any() or float(np.median(distance[covered])) > _COLOURED_INK:
        return nothing
    kernel = np.ones((3, 3), np.uint8)
    patches = cv2.morphologyEx((distance > CHROMA).astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(patches, connectivity=8)
    sides = np.minimum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    kept = sides >= _LEAST * size * scale
    kept[0] = False
    if not kept.any():
        return nothing
    mask = cv2.dilate(kept[labels].astype(np.uint8), kernel)
    full = cv2.resize(mask, (ink.shape[1], ink.shape[0]), interpolation=cv2.INTER_NEAREST)
    return np.asarray(full > 0, np.bool_)
