"""Where a character may be redrawn without touching its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box, Size
from retouch.region import Region
from retouch.writing.cells import Cell
from retouch.writing.frames import Frame
from retouch.writing.ink import Coverage, strokes

SLACK = 0.3
"""How far a region reaches into blank paper beyond its cell, as a share of the cell's longer side."""

_REACH = 1.0
"""How far overflowing strokes are followed, as a share of the cell's longer side."""

_KEPT_OFF = 0.02
"""Distance kept from a neighbour's ink, as a share of the cell's longer side; at least 2 pixels for soft edges."""

_OWN = 0.5

_Mask = NDArray[np.bool_]


def glyph_region(ink: Coverage, cells: Sequence[Cell], position: int, frames: Sequence[Frame] = ()) -> Region:
    """The region of `cells[position]` on a page with ink coverage `ink`, float32 (height, width).

    Its cell, blank paper round it up to its neighbours' cells, and its own strokes wherever they reach; without the
    neighbours' ink and a little paper round that, and without the lines of `frames` drawn on the page. `cells` are all
    that the page has, in any order.
    """
    cell = cells[position]
    side = max(cell.box.width, cell.box.height)
    frame = cell.box.grown(round(_REACH * side)).clamped(Size(ink.shape[1], ink.shape[0]))
    others = [other for i, other in enumerate(cells) if i != position and _near(other, frame)]
    here = area(cell, frame)
    theirs = np.zeros(here.shape, np.bool_)
    for other in others:
        theirs |= area(other, frame)
    own, foreign = _divided(ink[frame.slices], here, theirs & ~here)
    off = _dilated(foreign, max(2, round(_KEPT_OFF * side)))
    room = _roomier(here, side) & ~(theirs & ~here)
    mask = ((room & ~off) | _dilated(own, 2)) & ~foreign & ~_drawn(frames, frame)
    return _cropped(mask, frame)


def area(cell: Cell, frame: Box, grow: float = 0.0) -> _Mask:
    """True (frame.height, frame.width) inside the cell, turned by its angle and grown by `grow` pixels."""
    x, y = cell.box.centre
    size = (cell.box.width + 2 * grow, cell.box.height + 2 * grow)
    if not cell.angle:
        out = np.zeros((frame.height, frame.width), np.bool_)
        shared = cell.box.grown(round(grow)).intersection(frame)
        if not shared.empty:
            out[shared.relative_to(frame).slices] = True
        return out
    corners = cv2.boxPoints(((x - frame.x - 0.5, y - frame.y - 0.5), size, cell.angle))
    drawn = np.zeros((frame.height, frame.width), np.uint8)
    cv2.fillPoly(drawn, [np.round(corners).astype(np.int32)], 1)
    return drawn > 0


def _near(cell: Cell, frame: Box) -> bool:
    return cell.box.grown(round(0.15 * max(cell.box.width, cell.box.height))).overlaps(frame)


def _divided(ink: Coverage, here: _Mask, theirs: _Mask) -> tuple[_Mask, _Mask]:
    """The character's own ink and all other ink. A connected stroke is its own if more of it lies in its cell than in
    others'; one that is shared about evenly is divided at the cell's edge."""
    written = strokes(ink) | (ink > 0.25)
    count, labels = cv2.connectedComponents(written.astype(np.uint8), connectivity=8)
    total = np.maximum(np.bincount(labels.ravel(), minlength=count), 1)
    inside = np.bincount(labels[here], minlength=count) / total
    outside = np.bincount(labels[theirs], minlength=count) / total
    whole = (inside >= _OWN) & (outside <= 0.5 * inside)
    shared = (inside >= 0.1) & (outside >= 0.1) & ~whole
    whole[0] = shared[0] = False
    own = whole[labels] | (shared[labels] & here)
    return own, written & ~own


def _roomier(here: _Mask, side: int) -> _Mask:
    """The cell grown a little all round and further to each side, but not past its corners into the next lines."""
    near = _dilated(here, max(1, round(0.1 * side))).astype(np.uint8)
    reach = 2 * round((SLACK - 0.1) * side) + 1
    wide, tall = np.ones((1, reach), np.uint8), np.ones((reach, 1), np.uint8)
    return np.asarray((cv2.dilate(near, wide) | cv2.dilate(near, tall)) > 0, np.bool_)  # type: ignore[operator]


def _drawn(frames: Sequence[Frame], window: Box) -> _Mask:
    out = np.zeros((window.height, window.width), np.bool_)
    for frame in frames:
        out |= Region(frame.box, frame.mask).within(window)
    return out


def _dilated(mask: _Mask, radius: int) -> _Mask:
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0, np.bool_)


def _cropped(mask: _Mask, frame: Box) -> Region:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return Region.whole(frame)
    box = Box.between(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    return Region(box.moved(frame.x, frame.y), mask[box.slices].copy())
