"""Small pictures that show one place before and after."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from retouch.edit import RGB
from retouch.geometry import Box
from retouch.orchestrator.thumbnail import surroundings
from retouch.picture import Picture

_SIDE = 220
"""Shown pixels of a place, whatever its size."""
_NEAR, _APART = 6, 28
"""Gaps between before and after, and between one place and the next."""
_AROUND = 250
"""Grey level of what lies between the views."""


def place(picture: Picture, frame: Box) -> RGB:
    """The part of the picture inside `frame` as sRGB, its longer side at a size that can be looked at."""
    rgb = picture.srgb(frame)
    scale = _SIDE / max(rgb.shape[:2])
    size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(rgb, size, interpolation=method), dtype=np.uint8)


def side_by_side(views: Sequence[RGB], gap: int = _NEAR) -> RGB:
    """Views in a row, a gap between them, the smaller ones centred."""
    height = max(view.shape[0] for view in views)
    columns: list[RGB] = []
    for view in views:
        above = (height - view.shape[0]) // 2
        frame = ((above, height - view.shape[0] - above), (0, 0), (0, 0))
        columns += [np.pad(view, frame, constant_values=_AROUND), np.full((height, gap, 3), _AROUND, np.uint8)]
    return np.hstack(columns[:-1])


def before_and_after(before: Picture, after: Picture, box: Box) -> RGB:
    """The place of one step in both pictures, side by side."""
    frame = surroundings(box, before.size)
    return side_by_side([place(before, frame), place(after, frame)])


def sheet(views: Sequence[RGB], columns: int) -> RGB:
    """Views in rows of so many, one row above the other."""
    rows = [side_by_side(views[i : i + columns], _APART) for i in range(0, len(views), columns)]
    width = max(row.shape[1] for row in rows)
    out: list[RGB] = []
    for row in rows:
        filled = np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0)), constant_values=_AROUND)
        out += [filled, np.full((_APART, width, 3), _AROUND, np.uint8)]
    return np.vstack(out[:-1])
