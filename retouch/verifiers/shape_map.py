"""Where a glyph's strokes differ from what they should be, small enough to be kept with a verdict."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 24
"""Cells of the longer side: a stroke of a character is two or three of them wide. One map is about 1.2 kB of JSON."""


def shape_map(residual: NDArray[np.float32]) -> dict[str, Any]:
    """A map of differences, float32 (height, width) 0..1, as JSON: `width` and `height` in cells, at most `SIDE`, and
    `rows` from the top, two hexadecimal digits a cell, `00` nothing to `ff` wholly different."""
    height, width = residual.shape
    scale = min(1.0, SIDE / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(residual, size, interpolation=cv2.INTER_AREA)
    cells = np.rint(255 * np.clip(small, 0, 1)).astype(np.uint8)
    return {"width": size[0], "height": size[1], "rows": [row.tobytes().hex() for row in cells]}
