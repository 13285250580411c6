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

_CONTEXT = 0.3
"""Of the box's longer side: how much is shown on each side of it."""
_SIDE = 220
"""Shown pixels of a place, whatever its size."""
_NEAR, _APART = 6, 28
"""Gaps between before and after, and between one place and the next."""
_AROUND = 250
"""Grey level of what lies between the views."""


def surroundings(box: Box, size: Size) -> Box:
    """A square that holds the box with what lies round it, moved into the picture where it would reach outside."""
    side = min(round(max(box.width, box.height) * (1 + 2 * _CONTEXT)), max(size.width, size.height))
    width, height = min(side, size.width), min(side, size.height)
    x, y = (round(value) for value in box.centre)
    left = min(max(0, x - width // 2), size.width - width)
    top = min(max(0, y - height // 2), size.height - height)
    return Box(left, top, width, height)


def on_white(picture: Picture) -> RGB:
    """8-bit sRGB; where the picture is transparent, white."""
    rgb, alpha = picture.srgb(), picture.alpha
    if alpha is None:
        return rgb
    share = alpha.astype(np.float32)[:, :, None] / np.iinfo(alpha.dtype).max
    return np.asarray(np.rint(rgb * share + 255 * (1 - share)), dtype=np.uint8)


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
