"""How far two nearly registered canvases still are apart, as a whole and in parts, by steps of Lucas and Kanade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.orchestrator.canvas import Grey, Mask

_PARTS = 4
"""Parts of the ring, along and across, that are looked at singly."""
_ENOUGH = 256
"""Pixels that a part needs."""
_EXPLAINED = 0.3
"""Share of a part's difference that a movement must explain to be one."""
_VARIANCE = 2.0
"""Variance in squared grey levels of a part's difference below which there is nothing to explain."""

Sums = NDArray[np.float64]
Basis = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Motion:
    """Canvas pixels: how far the ring is off in the mean, and by how much the part of it that is off most.

    Parts that slid different ways cancel out in the mean. A part's movement must be told from noise and other changes.
    """

    shift: float = 0.0
    bend: float = 0.0


class Watched:
    """The ring (bool) of a canvas (float32 grey), prepared to tell how far other canvases are off on it."""

    def __init__(self, target: Grey, ring: Mask) -> None:
        inner = cv2.erode(ring.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        slopes = [np.asarray(cv2.Sobel(target, cv2.CV_32F, *way, scale=1 / 8), np.float32) for way in ((1, 0), (0, 1))]
        self._target = target
        self._parts = [(part, inner[part], _basis(slopes, part, inner[part])) for part in _parts(target.shape)]

    def motion(self, moved: Grey) -> Motion:
        """How far `moved` is off."""
        whole, bend = np.zeros((4, 4)), 0.0
        for part, inner, basis in self._parts:
            error = (moved[part] - self._target[part])[inner]
            sums = _products(np.concatenate([basis, error[None]]))
            whole += sums
            if error.size >= _ENOUGH:
                bend = max(bend, _moved(sums))
        return Motion(_shift(whole), bend)


def _parts(shape: tuple[int, ...]) -> Iterator[tuple[slice, slice]]:
    rows, columns = (np.linspace(0, side, _PARTS + 1).astype(int) for side in shape)
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            yield slice(top, bottom), slice(left, right)


def _basis(slopes: list[Grey], part: tuple[slice, slice], inner: Mask) -> Basis:
    found = [slope[part][inner] for slope in slopes]
    return np.stack([*found, np.ones_like(found[0])])


def _products(rows: Basis) -> Sums:
    """Sums over the pixels of the products of slopes, one and error."""
    return np.asarray(rows @ rows.T, np.float64)


def _shift(sums: Sums) -> float:
    """Length of the least-squares shift of the whole ring."""
    if sums[2, 2] < 64 or np.linalg.det(sums[:2, :2]) < 1e-6:
        return 0.0
    return float(np.hypot(*np.linalg.solve(sums[:2, :2], sums[:2, 3])))


def _moved(sums: Sums) -> float:
    """Length of the shift that explains a part's error beside an offset; 0 where it explains too little of it."""
    normal, right, count = sums[:3, :3], sums[:3, 3], sums[2, 2]
    spread = float(sums[3, 3] / count - (sums[2, 3] / count) ** 2)
    if np.linalg.det(normal[:2, :2]) < 1e-3 * max(float(np.trace(normal[:2, :2])), 1.0) ** 2 or spread < _VARIANCE:
        return 0.0
    found = np.linalg.solve(normal, right)
    # What is left after the fit has the mean 0, for an offset is part of it.
    left = float(sums[3, 3] - found @ right) / count
    return float(np.hypot(found[0], found[1])) if 1 - left / spread >= _EXPLAINED else 0.0
