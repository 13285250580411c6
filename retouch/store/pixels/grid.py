"""The grid that cuts a picture of one size, mode and depth into tiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box
from retouch.picture import Picture, Pixels

TILE = 128
"""Side of a tile in pixels. On a textured 4 MP page 64 px needs 20 to 25 % less space, 128 px reads 1.5 to 2 times
as fast and has a quarter of the rows (measured); at 26 MP 128 px is better in all but bytes."""


@dataclass(frozen=True, slots=True)
class Grid:
    """`width`, `height` in pixels, `channels` 1 to 4, `depth` 8 or 16 bits; tiles row by row, edge tiles smaller."""

    width: int
    height: int
    channels: int
    depth: int

    @classmethod
    def of(cls, picture: Picture) -> Grid:
        return cls(picture.size.width, picture.size.height, picture.pixels.shape[2], picture.depth)

    @property
    def columns(self) -> int:
        return -(-self.width // TILE)

    @property
    def rows(self) -> int:
        return -(-self.height // TILE)

    @property
    def count(self) -> int:
        """How many tiles there are."""
        return self.columns * self.rows

    @property
    def dtype(self) -> np.dtype[np.unsignedinteger[Any]]:
        return np.dtype(np.uint8 if self.depth == 8 else np.uint16)

    @property
    def frame(self) -> Box:
        """The whole picture as a box."""
        return Box(0, 0, self.width, self.height)

    def box(self, index: int) -> Box:
        """Where tile `index` (0 … count-1) lies."""
        row, column = divmod(index, self.columns)
        left, top = column * TILE, row * TILE
        return Box(left, top, min(TILE, self.width - left), min(TILE, self.height - top))

    def covering(self, box: Box) -> NDArray[np.intp]:
        """Indices of the tiles that share a pixel with `box`, ascending; `box` must lie inside the picture."""
        if box.empty:
            return np.empty(0, np.intp)
        rows = np.arange(box.y // TILE, (box.bottom - 1) // TILE + 1)
        columns = np.arange(box.x // TILE, (box.right - 1) // TILE + 1)
        found: NDArray[np.intp] = (rows[:, None] * self.columns + columns[None]).ravel().astype(np.intp)
        return found

    def block(self, box: Box) -> Box:
        """The box of whole tiles that covers `box`."""
        left, top = box.x // TILE * TILE, box.y // TILE * TILE
        right, bottom = -(-box.right // TILE) * TILE, -(-box.bottom // TILE) * TILE
        return Box.between(left, top, min(right, self.width), min(bottom, self.height))

    def empty_block(self, box: Box) -> Pixels:
        """An uninitialised array (box.height, box.width, channels) of the picture's depth."""
        return np.empty((box.height, box.width, self.channels), self.dtype)
