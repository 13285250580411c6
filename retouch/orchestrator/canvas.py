"""Pixelwise measurements on canvases, done channel by channel: along the last axis they take ten times as long."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB

Grey = NDArray[np.float32]
Mask = NDArray[np.bool_]


def grey(pixels: RGB) -> Grey:
    """Luma (float32, 0..255) of uint8 height × width × 3."""
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)


def differences(a: RGB, b: RGB) -> NDArray[np.uint8]:
    """The largest difference of any channel at each pixel (uint8)."""
    red, green, blue = cv2.split(cv2.absdiff(a, b))
    return np.asarray(cv2.max(cv2.max(red, green), blue), dtype=np.uint8)


def mean_difference(a: RGB, b: RGB, where: Mask) -> float:
    """Mean absolute difference of all channels, in grey levels, over the pixels `where`; 0 if there are none."""
    return float(np.mean(cv2.mean(cv2.absdiff(a, b), mask=where.astype(np.uint8))[:3]))


def percentile(counts: NDArray[np.intp], percent: float) -> float:
    """The percentile of values that occur so often (`counts` by value), between two of them as numpy has it."""
    place = (int(counts.sum()) - 1) * percent / 100
    below, above = np.searchsorted(np.cumsum(counts), [np.floor(place), np.ceil(place)], side="right")
    return float(below + (above - below) * (place - np.floor(place)))
