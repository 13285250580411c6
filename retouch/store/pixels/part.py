"""Parts: a tile stored as the rectangle in which it differs from a full tile, its key.

The codec's differences are local: where two tiles are equal outside a rectangle, their planes are equal outside that
rectangle and the row below it. So the planes of the key with that piece laid over are those of the tile. A key is
always a full tile, so that at most two rows are read for any tile, however often it was edited.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from retouch.errors import DamagedError
from retouch.geometry import Box
from retouch.picture import Pixels
from retouch.store.pixels import codec

_RECT = struct.Struct("<4H")


@dataclass(frozen=True, slots=True)
class Part:
    """`key` is the id of a full tile, `rect` holds all pixels of the tile that differ from it."""

    key: int
    rect: Box

    @property
    def packed_rect(self) -> bytes:
        """The rectangle as it is stored: x, y, width, height in 16 bits each, low byte first."""
        return _RECT.pack(*self.rect.as_list())

    def fits(self, width: int, height: int) -> bool:
        """Whether so small a rectangle is worth it: less than half of the tile."""
        return 2 * self.rect.area < width * height


def cut(pixels: Pixels, rect: Box) -> Pixels:
    """What is stored of a tile (height, width, channels): the differences (channels, …) of `rect` and the row below."""
    rows, columns = _stored(rect, pixels.shape[0]).slices
    above = min(rows.start, 1)
    planes = codec.differences(pixels[None, rows.start - above : rows.stop, columns])[0]
    return np.ascontiguousarray(planes[:, above:])


def part_of(row: Any) -> Part | None:
    """The part that a tile's row stores, None for a full tile; DamagedError if it says neither."""
    if row.key_id is None and row.rect is None:
        return None
    if row.key_id is None or row.rect is None or len(row.rect) != _RECT.size:
        raise DamagedError("it is neither whole nor a part of another tile")
    x, y, width, height = _RECT.unpack(row.rect)
    if x + width > row.width or y + height > row.height:
        raise DamagedError("its rectangle leaves the tile")
    return Part(row.key_id, Box(x, y, width, height))


def planes_of(row: Any, height: int, width: int, channels: int, depth: int) -> Pixels:
    """The differences (channels, height, width) of the tile of a row that has its key beside it.

    DamagedError if the stored bytes are not such a tile.
    """
    if (row.channels, row.height, row.width, row.depth) != (channels, height, width, depth):
        raise DamagedError(f"it is {row.width}x{row.height}, its place {width}x{height}")
    part = part_of(row)
    if part is None:
        return _residuals(row.codec, row.data, height, width, channels, depth)
    planes = _residuals(row.key_codec, row.key_data, height, width, channels, depth).copy()
    box = _stored(part.rect, height)
    planes[:, box.y : box.bottom, box.x : box.right] = _residuals(
        row.codec, row.data, box.height, box.width, channels, depth
    )
    return planes


def _residuals(packing: int | None, data: bytes | None, height: int, width: int, channels: int, depth: int) -> Pixels:
    if data is None:
        raise DamagedError("its key is missing, or not a full tile")
    if packing != codec.PLANES:
        raise DamagedError(f"it is packed in way {packing}, which is not known")
    return codec.residuals(data, height, width, channels, depth)


def _stored(rect: Box, height: int) -> Box:
    return Box(rect.x, rect.y, rect.width, min(rect.height + 1, height - rect.y))
