"""Replies that are no picture: not finite, black, or one colour all over."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB

_BLACK = 2
"""Grey levels of 255: all pixels at or below are black, whatever noise the decoder left."""


def numbers(images: Any) -> NDArray[np.float32]:
    """The first picture of a pipeline's answer, float32 (height, width, 3), 0 to 1 where it is sound."""
    first: Any = images[0] if len(images) else np.zeros((0, 0, 3))
    array = np.asarray(first.convert("RGB") if hasattr(first, "convert") else first)
    if array.dtype == np.uint8:
        array = array.astype(np.float32) / 255
    return np.asarray(array[..., :3], np.float32)


def to_rgb(picture: NDArray[np.float32]) -> RGB:
    """8 bit, rounded as diffusers does."""
    return np.asarray((np.nan_to_num(picture).clip(0, 1) * 255).round(), np.uint8)


def blankness(picture: NDArray[np.float32], shown: RGB) -> str:
    """What makes `picture` no picture, empty if nothing does; `shown` is what the pipeline was given."""
    if not np.isfinite(picture).all():
        return "values that are not finite"
    pixels = to_rgb(picture)
    if pixels.size == 0:
        return "no picture"
    if pixels.max() <= _BLACK and shown.max() > _BLACK:
        return "black"
    flat = pixels.reshape(-1, 3)
    if (flat == flat[0]).all() and not (shown.reshape(-1, 3) == shown[0, 0]).all():
        return "one colour all over"
    return ""
