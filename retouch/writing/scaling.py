"""Pictures made smaller or larger by one factor both ways."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = TypeVar("Pixels", NDArray[np.uint8], NDArray[np.float32])


def scaled(image: Pixels, factor: float) -> Pixels:
    """`image`, uint8 or float32 (height, width) or (height, width, channels), at `factor` times its size, no side
    below 1 pixel: averaged where it becomes smaller, linear where larger."""
    height, width = image.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    if size == (width, height):
        return image
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size, interpolation=how), image.dtype)
