"""The coloured frame that tells an editor where to work: drawn on a copy, outside what may change."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB, Mark
from retouch.geometry import Box

COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (255, 0, 0),
    "blue": (0, 0, 255),
    "green": (0, 200, 0),
    "magenta": (255, 0, 255),
}
"""Marker colours in order of preference; editing models know these names, and calligraphy rarely holds them pure."""
_NEAR = 60
"""A pixel within this of the marker's colour in every channel is taken for the marker's."""
_PRESENT = 0.002
"""A colour that more than this share of the canvas shows already is passed over."""


def choose(canvas: RGB, box: Box, avoid: str | None = None) -> Mark:
    """A mark round `box` (canvas pixels) in the first colour that the canvas does not show; `avoid` names one not
    to take. If all are present the rarest is taken."""
    shares = {name: _share(canvas, colour) for name, colour in COLOURS.items() if name != avoid}
    name = next((n for n, share in shares.items() if share <= _PRESENT), min(shares, key=lambda n: shares[n]))
    return Mark(box, COLOURS[name], name)


def draw(canvas: RGB, mask: NDArray[np.bool_], marks: tuple[Mark, ...]) -> RGB:
    """A copy of `canvas` with the marks; no pixel under `mask` is touched, so compositing removes every one of them."""
    shown = canvas.copy()
    if not marks:
        return shown
    width = max(2, round(max(canvas.shape[:2]) / 256))
    for mark in marks:
        outer = mark.box.grown(width)
        cv2.rectangle(shown, (outer.x, outer.y), (outer.right - 1, outer.bottom - 1), mark.colour, thickness=width)
    shown[mask] = canvas[mask]
    return shown


def left_over(clean: RGB, result: RGB, mask: NDArray[np.bool_], marks: tuple[Mark, ...]) -> int:
    """How many masked pixels have come to show a mark's colour that did not before."""
    count = 0
    for mark in marks:
        new = near(result, mark.colour) & ~near(clean, mark.colour) & mask
        count += int(np.count_nonzero(new))
    return count


def near(pixels: RGB, colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    """Pixels within the marker tolerance of `colour`, bool (height, width)."""
    low = np.clip(np.array(colour) - _NEAR, 0, 255)
    high = np.clip(np.array(colour) + _NEAR, 0, 255)
    found: NDArray[np.bool_] = cv2.inRange(pixels, low.astype(np.uint8), high.astype(np.uint8)) > 0
    return found


def _share(canvas: RGB, colour: tuple[int, int, int]) -> float:
    return float(near(canvas, colour).mean())
