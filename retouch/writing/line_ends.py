"""Line ends: characters that the detector left out before the first or behind the last one of a line, 一 above all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box, Size
from retouch.writing.cells import straight
from retouch.writing.ink import Coverage
from retouch.writing.layout import Line
from retouch.writing.segmentation import runs
from retouch.writing.strip import along

REACH = 1.7
"""Blank along the line, in characters, beyond which ink belongs to it no more: a place left free, and the blank above
一 (0.6)."""

_LEAST_INK = 0.03
_SPAN = 0.35
"""Ink as a share of a character's square, and its width in characters, from which it may be one."""

_MARGIN = 0.1
_FARTHEST = 3.0


def claims(lines: Sequence[Line], size: Size) -> NDArray[np.int32]:
    """Which line each pixel of the page belongs to: int32 (height, width), the line's number from 1, 0 for none."""
    out = np.zeros((size.height, size.width), np.int32)
    for number, line in enumerate(lines, start=1):
        cv2.fillConvexPoly(out, np.round(line.quad).astype(np.int32), number)
    return out


def lengthened(line: Line, size: float, ink: Coverage, claimed: NDArray[np.int32]) -> Line:
    """The line with its box drawn over neighbouring ink at its ends; the same line where there is none.

    `size` is the length of a full character; `claimed` is that of `claims`, so that other lines keep their ink.
    """
    longer = _drawn_out(line, round(_FARTHEST * size), round(_FARTHEST * size), ink.shape)
    begin, end = along(longer, line.straight_box)
    here = longer.box.slices
    own = int(np.bincount(claimed[line.box.slices].ravel()).argmax())
    free = np.where((claimed[here] > 0) & (claimed[here] != own), np.float32(0), ink[here])
    strip = straight(free, longer.straight_box.relative_to(longer.box), line.angle)
    rows = strip if line.direction.upright else strip.T
    before, behind = _added(rows[: max(0, begin)][::-1], size), _added(rows[end:], size)
    return _drawn_out(line, before, behind, ink.shape) if before or behind else line


def _added(rows: Coverage, size: float) -> int:
    """How far a line must reach into `rows` (from its end outwards) to hold the characters that follow on it."""
    end = 0
    for begin, stop in runs(rows.sum(axis=1) > 0.02 * size, round(0.12 * size)):
        ink = rows[begin:stop]
        if begin - end > REACH * size:
            break
        columns = np.flatnonzero(ink.max(axis=0) > 0.4)
        wide = columns.size and columns[-1] - columns[0] + 1 >= _SPAN * size
        if wide and ink.sum() >= _LEAST_INK * size * size:
            end = stop
    return min(len(rows), end + round(_MARGIN * size)) if end else 0


def _drawn_out(line: Line, before: int, behind: int, shape: tuple[int, ...]) -> Line:
    """The line with its quad longer by so many pixels at its begin and its end."""
    quad = line.quad.copy()
    first, last = ((0, 1), (3, 2)) if line.direction.upright else ((0, 3), (1, 2))
    way = quad[list(last)].mean(axis=0) - quad[list(first)].mean(axis=0)
    way /= max(float(np.linalg.norm(way)), 1e-6)
    quad[list(first)] -= way * before
    quad[list(last)] += way * behind
    size = Size(shape[1], shape[0])
    if not line.angle:
        quad = np.clip(quad, 0, np.array([size.width, size.height], np.float32))
    x, y, width, height = cv2.boundingRect(quad)
    return replace(line, quad=quad, box=Box(x, y, width, height).clamped(size))
