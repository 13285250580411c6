"""Registers: columns in two or more rows, one above the other, each row of them read to its end before the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box, Size
from retouch.writing.ink import Coverage
from retouch.writing.layout import Line
from retouch.writing.segmentation import runs
from retouch.writing.strip import ink_strip

_BAND = 0.7
"""Characters of blank paper across all columns that part two registers: between characters it is a third."""
_WIDER = 2.0
"""The same over the blank bands between the rows of a widely spaced grid."""
_UPPER, _LOWER = 3, 2
"""Columns that a register must have, and the last one, to be told from a heading or a signature."""
_INKED = 0.02
"""Ink in a row of a column, in characters, from which something is written there."""
_REACH = 0.2
"""Characters by which a part of a column goes on past its ink."""


def parted(lines: Sequence[Line], ink: Coverage, size: float) -> tuple[Line, ...]:
    """The columns of a page cut where all are blank, register by register; the same lines where there is one register.

    `ink` is the page's coverage, `size` the usual length of a character in pixels. Parts are not read yet.
    """
    if len(lines) < _UPPER or not all(line.direction.upright for line in lines):
        return tuple(lines)
    written = [_written(line, ink, size) for line in lines]
    starts = [_start(line) for line in lines]
    edges = _edges(written, starts, size)
    if len(edges) < 3:
        return tuple(lines)
    parts: list[Line] = []
    for begin, end in zip(edges, edges[1:], strict=False):
        for line, rows, start in zip(lines, written, starts, strict=True):
            here = np.flatnonzero(rows[max(0, begin - start) : max(0, end - start)]) + max(0, begin - start)
            if here.size:
                margin = round(_REACH * size)
                part = _cut(line, max(0, int(here[0]) - margin), min(len(rows), int(here[-1]) + 1 + margin), ink.shape)
                parts.append(replace(part, index=len(parts)))
    return tuple(parts)


def _written(line: Line, ink: Coverage, size: float) -> NDArray[np.bool_]:
    """Which rows of the column hold ink."""
    return np.asarray(ink_strip(ink, line).sum(axis=1) > _INKED * size, np.bool_)


def _start(line: Line) -> int:
    """How far down the page, along its columns, the column begins."""
    turn = np.radians(line.angle)
    x, y = line.quad[[0, 1]].mean(axis=0)
    return round(float(y * np.cos(turn) - x * np.sin(turn)))


def _edges(written: Sequence[NDArray[np.bool_]], starts: Sequence[int], size: float) -> list[int]:
    """Where registers begin, and where the last one ends."""
    low, high = min(starts), max(start + len(rows) for rows, start in zip(written, starts, strict=True))
    any_ink = np.zeros(high - low, np.bool_)
    for rows, start in zip(written, starts, strict=True):
        any_ink[start - low : start - low + len(rows)] |= rows
    inked = runs(any_ink, 0)
    blank = [after[0] - before[1] for before, after in zip(inked, inked[1:], strict=False)]
    band = max(_BAND * size, _WIDER * float(np.median(blank))) if blank else 0.0
    stretches = [(begin + low, end + low) for begin, end in runs(any_ink, round(band))]

    def columns(begin: int, end: int) -> int:
        spans = zip(written, starts, strict=True)
        return sum(bool(rows[max(0, begin - start) : max(0, end - start)].any()) for rows, start in spans)

    counts = [columns(begin, end) for begin, end in stretches]
    if len(stretches) < 2 or min(counts[:-1]) < _UPPER or counts[-1] < _LOWER:
        return [low, high]
    return [low, *(round((a[1] + b[0]) / 2) for a, b in zip(stretches, stretches[1:], strict=False)), high]


def _cut(line: Line, begin: int, end: int, shape: tuple[int, ...]) -> Line:
    """The part of the column between two of its rows, with nothing read in it."""
    top_left, top_right, bottom_right, bottom_left = line.quad
    first, last = begin / line.length, end / line.length
    quad = np.array(
        [
            top_left + (bottom_left - top_left) * first,
            top_right + (bottom_right - top_right) * first,
            top_right + (bottom_right - top_right) * last,
            top_left + (bottom_left - top_left) * last,
        ],
        np.float32,
    )
    x, y, width, height = cv2.boundingRect(quad)
    return replace(line, quad=quad, box=Box(x, y, width, height).clamped(Size(shape[1], shape[0])), text=())
