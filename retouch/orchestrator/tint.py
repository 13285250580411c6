"""The tint that an editor gave its canvas: gain and offset of each channel, found on the ring and undone everywhere."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.orchestrator.canvas import Mask

_SPREAD = 2.0
"""Standard deviation of grey levels below which a channel tells its offset but no gain."""
_GAINS = (0.5, 2.0)

Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Tint:
    """What takes the result's channels to those that were sent: `tables` (3, 256) uint8. `left` is what remains of it
    in the mean of any channel, in grey levels."""

    gain: tuple[float, float, float]
    offset: tuple[float, float, float]
    tables: NDArray[np.uint8]
    left: float

    def undone(self, pixels: RGB) -> RGB:
        """A copy of the pixels (uint8 height × width × 3) without the tint."""
        return np.asarray(cv2.LUT(pixels, np.ascontiguousarray(self.tables.T)[None]), dtype=np.uint8)


def find_tint(sent: RGB, moved: RGB, ring: Mask) -> Tint:
    """The tint of `moved` against `sent` on the ring."""
    gains, offsets, tables, left = [], [], [], 0.0
    for now, was in zip(cv2.split(moved), cv2.split(sent), strict=True):
        pairs = _pairs(np.asarray(now, np.uint8)[ring], np.asarray(was, np.uint8)[ring])
        gain, offset = _fit(*pairs)
        table = np.clip(np.rint(np.arange(256) * gain + offset), 0, 255).astype(np.uint8)
        gains.append(gain)
        offsets.append(offset)
        tables.append(table)
        left = max(left, _left(table, *pairs))
    return Tint(_three(gains), _three(offsets), np.stack(tables), left)


def _pairs(now: NDArray[np.uint8], was: NDArray[np.uint8]) -> tuple[Counts, Counts, Counts]:
    """The pairs of values that occur, and how often: a few thousand instead of all pixels."""
    counts = np.bincount(now.astype(np.intp) << 8 | was, minlength=1 << 16)
    found = np.flatnonzero(counts)
    return (found >> 8).astype(np.float64), (found & 255).astype(np.float64), counts[found].astype(np.float64)


def _fit(x: Counts, y: Counts, counts: Counts) -> tuple[float, float]:
    """Gain and offset by least squares, twice: the second time without what strays by more than 3 deviations."""
    gain, offset = 1.0, 0.0
    for _ in range(2):
        if not counts.sum():
            break
        (x0, y0), total = ((x @ counts) / counts.sum(), (y @ counts) / counts.sum()), float(counts.sum())
        spread = float(counts @ (x - x0) ** 2) / total
        gain = float(counts @ ((x - x0) * (y - y0))) / total / spread if spread > _SPREAD**2 else 1.0
        gain = min(max(gain, _GAINS[0]), _GAINS[1])
        offset = float(y0 - gain * x0)
        error = np.abs(gain * x + offset - y)
        mean = float(error @ counts) / total
        deviation = float(np.sqrt(counts @ (error - mean) ** 2 / total))
        kept = error <= 3 * max(deviation, 1.0)
        x, y, counts = x[kept], y[kept], counts[kept]
    return gain, offset


def _left(table: NDArray[np.uint8], x: Counts, y: Counts, counts: Counts) -> float:
    total = float(counts.sum())
    return abs(float((table[x.astype(np.intp)] - y) @ counts)) / total if total else 0.0


def _three(values: list[float]) -> tuple[float, float, float]:
    return values[0], values[1], values[2]
