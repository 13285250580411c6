"""The work that the history is measured on: a textured page that repeats nowhere, and edits of 130 to 190 px.

Photo panels with a line round them, balloons with writing, screen tone, paper, and sensor grain that is independent in
every pixel (about 1.8 in 8 bits), so that nothing repeats and nothing packs better than it would on a real scan.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Pixels

_PANEL, _GUTTER = 620, 40
_PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "rocket", "hubble_deep_field", "immunohistochemistry", "retina")
_PAPER = (244, 241, 232)
_INK = (18, 18, 20)
_BLACK = 12
"""A scan has no pixel so black that its grain is cut off."""
_GRAIN, _COLOUR_GRAIN = 1.6, 0.8
_FEATHER = 12
EDIT = 130, 191
"""Sides of an edit in pixels, the last one not included."""


def textured_page(side: int) -> Pixels:
    """(side, side, 3) uint8, RGB."""
    random = np.random.default_rng(7)
    page = np.full((side, side, 3), _PAPER, np.uint8)
    starts = range(_GUTTER, side - _PANEL // 2, _PANEL + _GUTTER)
    photographs = _photographs()
    for number, (x, y) in enumerate((x, y) for y in starts for x in starts):
        panel = page[y : y + _PANEL, x : x + _PANEL]
        _draw_panel(panel, photographs[number % len(photographs)], number)
    grain = random.normal(0, _GRAIN, (side, side, 1)) + random.normal(0, _COLOUR_GRAIN, (side, side, 3))
    return (page + grain).round().clip(0, 255).astype(np.uint8)


def edits(page: Pixels, count: int, seed: int = 11) -> Iterator[Patch]:
    """`count` edits one upon the other: feathered pieces from elsewhere on `page`, in another light."""
    random, current = np.random.default_rng(seed), page.copy()
    for _ in range(count):
        width, height = (int(n) for n in random.integers(*EDIT, 2))
        x, from_x = (int(n) for n in random.integers(0, page.shape[1] - width, 2))
        y, from_y = (int(n) for n in random.integers(0, page.shape[0] - height, 2))
        piece = page[from_y : from_y + height, from_x : from_x + width] * random.uniform(0.8, 1.1)
        piece = piece + random.normal(0, 1.2, piece.shape) + random.uniform(-15, 15, 3)
        box = Box(x, y, width, height)
        soft = _feather(width, height)
        blend = current[box.slices] * (1 - soft) + piece * soft
        pixels = np.clip(blend, 0, 255).round().astype(np.uint8)
        current[box.slices] = pixels
        yield Patch(box, pixels, np.ones((height, width), np.bool_))


def _feather(width: int, height: int) -> Pixels:
    rows, columns = np.mgrid[0:height, 0:width]
    edge = np.minimum.reduce([rows, columns, height - 1 - rows, width - 1 - columns])
    soft: Pixels = np.clip(edge / _FEATHER, 0, 1)[..., None]
    return soft


def _photographs() -> list[Pixels]:
    from skimage import data

    return [np.ascontiguousarray(getattr(data, name)()[..., :3]) for name in _PHOTOGRAPHS]


def _draw_panel(panel: Pixels, photograph: Pixels, number: int) -> None:
    """A photograph over the panel, every third time screen tone instead; a frame, and a balloon with writing."""
    height, width = panel.shape[:2]
    if number % 3 == 2:
        rows, columns = np.mgrid[0:height, 0:width]
        panel[np.sin(columns / 2.1) + np.sin(rows / 2.1) > 0.6 + rows / height] = _INK
    else:
        scale = max(width / photograph.shape[1], height / photograph.shape[0])
        size = int(photograph.shape[1] * scale) + 1, int(photograph.shape[0] * scale) + 1
        scaled = cv2.resize(photograph, size, interpolation=cv2.INTER_CUBIC)[:height, :width]
        panel[...] = (_BLACK + scaled[:, :: (-1) ** number] * (1 - 2 * _BLACK / 255)).astype(np.uint8)
    cv2.rectangle(panel, (0, 0), (width - 1, height - 1), _INK, 6)
    centre, axes = (width // 3, height // 5), (width // 4, height // 9)
    cv2.ellipse(panel, centre, axes, 0, 0, 360, (252, 252, 250), -1, cv2.LINE_AA)
    cv2.ellipse(panel, centre, axes, 0, 0, 360, _INK, 4, cv2.LINE_AA)
    left = centre[0] - axes[0] * 3 // 4, centre[1] + 8
    cv2.putText(panel, f"PANEL {number}", left, cv2.FONT_HERSHEY_SIMPLEX, 1, _INK, 3, cv2.LINE_AA)
