"""Ruled lines: the borders between the columns of a printed page, the lines of a grid. No character owns them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.writing.ink import Coverage
from retouch.writing.scaling import scaled

LENGTH = 2.5
"""Characters that a straight run of ink must span to be a rule; no stroke of a character is so long."""

_SCALE = 20
"""Pixels a character at which rules are looked for."""

_PALE = 0.15
_WAVER = 3


def find_rules(ink: Coverage, size: float, tilt: float = 0.0) -> NDArray[np.bool_]:
    """True (height, width) on ruled lines, both ways, of a page whose characters are `size` pixels large.

    `tilt` is the page's angle in degrees clockwise. A rule may waver by a twentieth of a character along its run.
    """
    height, width = ink.shape
    scale = min(1.0, _SCALE / max(size, 1.0))
    small = scaled(ink, scale)
    dark = np.asarray(_turned(small, tilt) > _PALE, np.uint8)
    length = max(8, round(LENGTH * size * scale))
    found = np.zeros_like(dark)
    for along, across in (((1, length), (_WAVER, 1)), ((length, 1), (1, _WAVER))):
        # Kernels are (columns, rows): widen across the run, keep what is long enough along it.
        wide = cv2.dilate(dark, np.ones(across[::-1], np.uint8))
        run = np.asarray(cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones(along[::-1], np.uint8)), np.uint8)
        found |= _thin(run & dark, length)
    if not found.any():
        return np.zeros((height, width), np.bool_)
    back = _turned(found.astype(np.float32), -tilt)[: small.shape[0], : small.shape[1]]
    full = cv2.resize(back, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(full > 0.25, np.bool_)


def _thin(run: NDArray[np.uint8], length: int) -> NDArray[np.uint8]:
    """The parts that are much longer than wide: a melted patch or a dark margin is no rule."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(run, connectivity=8)
    longest = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    kept = (longest >= 0.8 * length) & (stats[:, cv2.CC_STAT_AREA] <= 6 * longest)
    kept[0] = False
    return np.asarray(kept[labels], np.uint8)


def _turned(image: NDArray[np.float32], degrees: float) -> NDArray[np.float32]:
    if not degrees:
        return image
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(image, matrix, (width, height)), np.float32)
