"""Small pictures that show one place before and after, and pictures as text for a page of HTML."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from io import BytesIO

import cv2
import numpy as np
from PIL import Image

from retouch.edit import RGB
from retouch.geometry import Box, Size
from retouch.picture import Picture

_CONTEXT = 0.75
"""Of the box's longer side: how much is shown round it."""
_GAP = 10
_LEAST_SIDE = 200
"""Shown pixels of a place; smaller ones are enlarged."""
_MOST_SIDE = 420


def surroundings(box: Box, size: Size) -> Box:
    """The box with what lies round it, as near to a square as the picture allows."""
    longer = max(box.width, box.height)
    reach = round(longer * (0.5 + _CONTEXT))
    x, y = (round(value) for value in box.centre)
    return Box.between(x - reach, y - reach, x + reach, y + reach).clamped(size)


def place(picture: Picture, frame: Box) -> RGB:
    """The part of the picture inside `frame` as sRGB, enlarged or reduced to a size that can be looked at."""
    rgb = picture.srgb(frame)
    side = max(rgb.shape[:2])
    scale = min(max(1.0, _LEAST_SIDE / side), _MOST_SIDE / side)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=method), dtype=np.uint8)


def side_by_side(views: Sequence[RGB], background: int = 255) -> RGB:
    """Views in a row, a gap between them, the smaller ones centred."""
    height = max(view.shape[0] for view in views)
    columns: list[RGB] = []
    for view in views:
        above = (height - view.shape[0]) // 2
        frame = ((above, height - view.shape[0] - above), (0, 0), (0, 0))
        columns += [np.pad(view, frame, constant_values=background), np.full((height, _GAP, 3), background, np.uint8)]
    return np.hstack(columns[:-1])


def stacked(rows: Sequence[RGB], background: int = 255) -> RGB:
    """Rows one above the other, a gap between them, the shorter ones filled up on the right."""
    width = max(row.shape[1] for row in rows)
    out: list[RGB] = []
    for row in rows:
        filled = np.pad(row, ((0, 0), (0, width - row.shape[1]), (0, 0)), constant_values=background)
        out += [filled, np.full((_GAP, width, 3), background, np.uint8)]
    return np.vstack(out[:-1])


def before_and_after(before: Picture, after: Picture, box: Box) -> RGB:
    """The place of one step in both pictures, side by side."""
    frame = surroundings(box, before.size)
    return side_by_side([place(before, frame), place(after, frame)])


def data_uri(rgb: RGB, quality: int | None = None) -> str:
    """WebP as a data URI: lossless, or with a `quality` (1 to 100) for large pictures that are only looked at."""
    out = BytesIO()
    Image.fromarray(rgb).save(out, "WebP", lossless=quality is None, quality=quality or 50, method=3)
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode("ascii")


def reduced(rgb: RGB, side: int) -> RGB:
    """At most `side` pixels long, for an overview."""
    scale = side / max(rgb.shape[:2])
    if scale >= 1:
        return rgb
    return np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
