"""Contrast: by how much each pixel differs between two versions, as a map that can be looked at from any distance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from retouch.geometry import Box, Size
from retouch.interfaces.difference import FRAME
from retouch.interfaces.web.reading.pyramid import tile_box, top_level
from retouch.picture import Pixels
from retouch.store import History
from retouch.store.operations.diff import Diff

_MANY = 256
"""Boxes that are read one by one; where there are more, what holds them all is read at once."""
_FAINTEST = 96
"""Opacity, of 255, of the smallest difference: one grey level must be seen, too."""


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """What differs from one version to another. `apart` (height, width) is the largest difference of a channel at each
    pixel, in the picture's own depth; `boxes` are those of `Diff`."""

    boxes: tuple[Box, ...]
    apart: Pixels
    changed_pixels: int
    max_difference: int

    @property
    def size(self) -> Size:
        return Size(self.apart.shape[1], self.apart.shape[0])

    def beyond(self, box: Box) -> Contrast:
        """What of it lies outside `box`."""
        apart = self.apart.copy()
        apart[box.clamped(self.size).slices] = 0
        return _counted(self.boxes, apart)


def contrast(store: History, diff: Diff) -> Contrast:
    """The contrast of `diff`."""
    grid, change = store.grid(diff.a), diff.change
    apart = np.zeros((grid.height, grid.width), grid.dtype)
    for box in _read_together(diff.boxes, change.box):
        place = box.relative_to(change.box).slices
        before, after = store.crop(diff.a, box), change.pixels[place]
        gap = (np.maximum(before, after) - np.minimum(before, after)).max(axis=2)
        np.copyto(apart[box.slices], gap, where=change.mask[place])
    return _counted(diff.boxes, apart)


def _read_together(boxes: Sequence[Box], whole: Box) -> Sequence[Box]:
    apart = len(boxes) <= _MANY and sum(box.area for box in boxes) < whole.area
    return boxes if apart or not boxes else [whole]


def _counted(boxes: tuple[Box, ...], apart: Pixels) -> Contrast:
    return Contrast(boxes, apart, int(np.count_nonzero(apart)), int(apart.max()))


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """A contrast as it is looked at: `levels[n]` after `n` halvings, uint8 (height, width), 0 where nothing differs,
    else 1 to 255: the largest difference below each pixel, so that a single one is seen from far away."""

    size: Size
    levels: tuple[NDArray[np.uint8], ...]

    @property
    def weight(self) -> int:
        """Bytes."""
        return sum(level.nbytes for level in self.levels)


def relief(found: Contrast) -> Relief:
    """All levels of a contrast."""
    apart = found.apart
    if apart.dtype == np.uint16:
        apart = np.minimum(255, (apart.astype(np.uint32) + 256) // 257)  # rounded up: what differs stays above 0
    levels = [apart.astype(np.uint8)]
    while max(levels[-1].shape) > 1:
        above = levels[-1]
        height, width = above.shape
        if height % 2 or width % 2:
            above = np.pad(above, ((0, height % 2), (0, width % 2)))
        rows = np.maximum(above[0::2], above[1::2])
        levels.append(np.maximum(rows[:, 0::2], rows[:, 1::2]))
    return Relief(found.size, tuple(levels))


def relief_tile(found: Relief, level: int, x: int, y: int) -> bytes:
    """A tile as PNG: transparent where nothing differs, dark red, the more opaque the larger the difference.
    UnknownNameError if there is no such tile."""
    halvings = top_level(found.size) - level
    box = tile_box(found.size, halvings, x, y)
    picture = Image.fromarray(np.ascontiguousarray(found.levels[halvings][box.slices]))
    picture.putpalette(_palette(), "RGBA")
    out = BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


def coloured(gaps: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A level of a relief (height, width), or a part of it, as sRGB with alpha (height, width, 4), coloured like the
    tiles."""
    return np.frombuffer(_palette(), np.uint8).reshape(256, 4)[gaps]


@cache
def _palette() -> bytes:
    strength = [0, *(_FAINTEST + (255 - _FAINTEST) * gap // 255 for gap in range(1, 256))]
    return bytes(value for opacity in strength for value in (*FRAME, opacity))
