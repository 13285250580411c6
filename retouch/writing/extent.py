"""Where a character may be redrawn without touching its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box, Size
from retouch.patch import mask_box
from retouch.region import Region
from retouch.writing.cells import Cell
from retouch.writing.frames import Frame
from retouch.writing.ink import Coverage

SLACK = 0.3
"""How far a region reaches into blank paper beyond its cell, as a share of the cell's longer side."""

_KEPT_OFF = 0.02
"""Distance kept from a neighbour's ink, as a share of the cell's longer side; at least 2 pixels for soft edges."""

_OVERFLOW = 0.3
"""Share of a connected stroke that may lie in other cells and still be one character's own."""

_FAINT = 0.25
"""Coverage from which a pixel is ink to be kept, be it softer than a stroke."""

NOBODY = -1

_Mask = NDArray[np.bool_]


def glyph_region(ink: Coverage, cells: Sequence[Cell], position: int, frames: Sequence[Frame] = ()) -> Region:
    """The region of `cells[position]` on a page with ink coverage `ink`, float32 (height, width).

    Its cell, blank paper round it up to its neighbours' cells, and its own strokes wherever they reach; without the
    neighbours' ink and a little paper round that, and without the lines of `frames` drawn on the page. `cells` are all
    that the page has, in any order; no pixel of ink lies in the regions of two of them. The mask is empty where
    nothing is the character's alone.
    """
    cell = cells[position]
    side = max(cell.box.width, cell.box.height)
    frame, labels = _components(ink, cell)
    territory = _territory(cells, frame)
    owner = _owners(labels, territory)
    here, theirs = territory == position, (territory >= 0) & (territory != position)
    own, foreign = owner == position, (labels > 0) & (owner != position)
    room = _roomier(here, side) & ~theirs & ~_dilated(foreign, max(2, round(_KEPT_OFF * side)))
    mask = (room | _dilated(own, 2)) & ~foreign & ~_drawn(frames, frame)
    box = mask_box(mask)
    if box.empty:
        return Region(frame, mask)
    return Region(box.moved(frame.x, frame.y), mask[box.slices].copy())


def _components(ink: Coverage, cell: Cell) -> tuple[Box, NDArray[np.int32]]:
    """A window round the cell and the labels of its connected ink, large enough that strokes in the cell are whole."""
    size = Size(ink.shape[1], ink.shape[0])
    reach = round(0.75 * max(cell.box.width, cell.box.height))
    while True:
        frame = cell.box.grown(reach).clamped(size)
        part = ink[frame.slices]
        _, labels = cv2.connectedComponents((part > _FAINT).astype(np.uint8), connectivity=8)
        found = np.asarray(labels, np.int32)
        edge = np.concatenate([found[0], found[-1], found[:, 0], found[:, -1]])
        cut_off = np.isin(found[area(cell, frame)], edge[edge > 0]).any()
        if not cut_off or frame == Box(0, 0, size.width, size.height):
            return frame, found
        reach *= 2


def _territory(cells: Sequence[Cell], frame: Box) -> NDArray[np.int32]:
    """Which cell each pixel of the window lies in; the first where cells overlap."""
    out = np.full((frame.height, frame.width), NOBODY, np.int32)
    for position in range(len(cells) - 1, -1, -1):
        if cells[position].box.grown(round(0.15 * cells[position].box.height)).overlaps(frame):
            out[area(cells[position], frame)] = position
    return out


def _owners(labels: NDArray[np.int32], territory: NDArray[np.int32]) -> NDArray[np.int32]:
    """Whose each pixel of ink is. A connected stroke goes whole to the cell that holds nearly all of it, else each
    pixel to the cell it lies in, and what lies in none to the one that holds most."""
    out = np.full(labels.shape, NOBODY, np.int32)
    inside = (labels > 0) & (territory >= 0)
    pairs, counts = np.unique(np.stack([labels[inside], territory[inside]]), axis=1, return_counts=True)
    most = np.full(int(labels.max()) + 1, NOBODY, np.int32)
    held, total = np.zeros(len(most)), np.zeros(len(most))
    for (label, cell), count in zip(pairs.T, counts, strict=True):
        total[label] += count
        if count > held[label]:
            most[label], held[label] = cell, count
    whole = held >= (1 - _OVERFLOW) * np.maximum(total, 1)
    out = np.where(whole[labels] | (territory < 0), most[labels], territory)
    out[labels == 0] = NOBODY
    return np.asarray(out, np.int32)


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
