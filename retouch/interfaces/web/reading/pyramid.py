"""Pyramids: a picture at 1, 1/2, 1/4 … of its size, as deep-zoom viewers ask for it.

Level numbers are those of the DZI convention: the largest is the full size, each smaller one half of it, rounded up,
and level 0 is a single pixel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.errors import UnknownNameError
from retouch.geometry import Box, Size
from retouch.picture import Pixels

TILE = 256
"""Side of a tile in pixels."""
LARGEST_LEVEL = 31
"""More than any picture has: that of one 2 thousand million pixels wide."""
_ROWS = 512
"""Rows that are weighed by their alpha at a time, so that a huge picture is not held as floating point."""


def top_level(size: Size) -> int:
    """The number of the level at full size."""
    return max(size.width - 1, size.height - 1).bit_length()


def level_size(size: Size, halvings: int) -> Size:
    """The size after so many halvings, each rounded up."""
    return Size(-(-size.width >> halvings), -(-size.height >> halvings))


def tile_box(size: Size, halvings: int, x: int, y: int) -> Box:
    """Where tile (x, y) lies in its own level; UnknownNameError if it lies outside, or above the full size."""
    if halvings < 0:
        raise UnknownNameError(f"there is no such level; the largest is {top_level(size)}")
    box = Box(x * TILE, y * TILE, TILE, TILE).clamped(level_size(size, halvings))
    if box.empty:
        raise UnknownNameError(f"there is no tile {x}/{y} at that level")
    return box


def source_box(box: Box, halvings: int, size: Size) -> Box:
    """The pixels of the full picture of which `box` of a level is made."""
    scaled = Box(*(value << halvings for value in (box.x, box.y, box.width, box.height)))
    return scaled.clamped(size)


def halved(pixels: Pixels) -> Pixels:
    """Half the size, rounded up, each pixel the mean of four (height, width, channels); colours are weighed by alpha,
    so that what cannot be seen does not shine through. The last row or column of an odd size stands for two."""
    height, width, channels = pixels.shape
    if channels in (2, 4) and int(pixels[:, :, -1].min()) < np.iinfo(pixels.dtype).max:
        return _weighed(pixels)
    return _mean(pixels).reshape(-(-height // 2), -(-width // 2), channels)


def reduced(pixels: Pixels, halvings: int) -> Pixels:
    """`halved` so many times."""
    for _ in range(halvings):
        pixels = halved(pixels)
    return pixels


def _mean(pixels: NDArray[Any]) -> NDArray[Any]:
    """Half the size without regard to alpha, in the values' own type; a single channel has no axis any more."""
    height, width = pixels.shape[:2]
    if height % 2 or width % 2:
        pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    size = (pixels.shape[1] // 2, pixels.shape[0] // 2)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))


def _weighed(pixels: Pixels) -> Pixels:
    out = np.empty((-(-pixels.shape[0] // 2), -(-pixels.shape[1] // 2), pixels.shape[2]), pixels.dtype)
    for top in range(0, pixels.shape[0], _ROWS):
        band = pixels[top : top + _ROWS].astype(np.float32)
        seen = _mean(np.concatenate([band[:, :, :-1] * band[:, :, -1:], band], axis=2))
        colours = band.shape[2] - 1
        weighed, plain, alpha = seen[:, :, :colours], seen[:, :, colours:-1], seen[:, :, -1:]
        mean = np.where(alpha > 0, weighed / np.maximum(alpha, 1e-6), plain)
        out[top // 2 : top // 2 + len(seen)] = np.rint(np.concatenate([mean, alpha], axis=2)).astype(pixels.dtype)
    return out


@dataclass(frozen=True, slots=True, eq=False)
class Coarse:
    """The small levels of one version: `levels[0]` is that after `BASE` halvings, each next one half of it.

    The large levels are not kept: their tiles are cut from the version itself, as quickly (measured).
    """

    size: Size
    levels: tuple[Pixels, ...]

    @property
    def weight(self) -> int:
        """Bytes."""
        return sum(level.nbytes for level in self.levels)


BASE = 2
"""Halvings of the largest level that is kept. A tile of the level before it is made of 512 × 512 pixels, which are read
in 2 to 4 ms; the next one would need 14 to 18 ms (measured at 25 and 50 MP)."""


def coarse(pixels: Pixels) -> Coarse:
    """The small levels of a whole picture (height, width, channels)."""
    levels = [reduced(pixels, BASE)]
    while max(levels[-1].shape[:2]) > 1:
        levels.append(halved(levels[-1]))
    return Coarse(Size(pixels.shape[1], pixels.shape[0]), tuple(levels))


def touched(box: Box, size: Size) -> Box:
    """`box` grown so that `BASE` halvings of it fall on whole pixels."""
    step = 1 << BASE
    left, top = box.x // step * step, box.y // step * step
    right, bottom = -(-box.right // step) * step, -(-box.bottom // step) * step
    return Box.between(left, top, right, bottom).clamped(size)


def renewed(known: Coarse, part: Pixels, box: Box) -> Coarse:
    """The small levels of a version that differs from the `known` one in `box` only, where it has `part`; `box` is one
    of `touched`."""
    levels = [level.copy() for level in known.levels]
    here = Box(box.x >> BASE, box.y >> BASE, -(-box.width >> BASE), -(-box.height >> BASE))
    levels[0][here.slices] = reduced(part, BASE)
    for above, level in zip(levels, levels[1:], strict=False):
        height, width = level.shape[:2]
        left, top = here.x // 2, here.y // 2
        here = Box.between(left, top, min(width, -(-here.right // 2)), min(height, -(-here.bottom // 2)))
        level[here.slices] = halved(above[2 * top : 2 * here.bottom, 2 * left : 2 * here.right])
    return Coarse(known.size, tuple(levels))
