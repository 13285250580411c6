"""Pictures made small enough to be shown beside words, and as text for a page of HTML."""

from __future__ import annotations

import base64
from io import BytesIO

import cv2
import numpy as np
from PIL import Image

from retouch.edit import RGB
from retouch.geometry import Box, Size
from retouch.picture import Picture

_CONTEXT = 0.3
"""Of the box's longer side: how much is shown on each side of it."""


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


def reduced(rgb: RGB, side: int) -> RGB:
    """At most `side` pixels long, for an overview."""
    scale = side / max(rgb.shape[:2])
    if scale >= 1:
        return rgb
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def data_uri(rgb: RGB, quality: int | None = None) -> str:
    """WebP as a data URI: lossless, or with a `quality` (1 to 100) for large pictures that are only looked at."""
    out = BytesIO()
    Image.fromarray(rgb).save(out, "WebP", lossless=quality is None, quality=quality or 50, method=3)
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode("ascii")
