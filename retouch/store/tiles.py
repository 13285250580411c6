"""Tiles in the database: written once under the hash of their pixels, checked against it whenever they are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, insert, select

from retouch.errors import DamagedError, StoreError
from retouch.picture import Pixels
from retouch.store import codec
from retouch.store.merkle import HASH, tile_hash
from retouch.store.schema import TileRow

_T = TypeVar("_T")

_BATCH = 500
"""Values in one `IN (…)`; every database takes so many."""


class DamagedTile(DamagedError):
    """A tile whose bytes do not fit its hash; `tile` is its id."""

    def __init__(self, tile: int, reason: str) -> None:
        super().__init__(f"tile {tile} is damaged: {reason}")
        self.tile = tile
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PackedTile:
    """A tile ready to be written."""

    hash: bytes
    width: int
    height: int
    channels: int
    depth: int
    data: bytes


def pack(pixels: Pixels, hash_: bytes) -> PackedTile:
    """Encode a tile and make sure that it decodes to the same pixels."""
    height, width, channels = pixels.shape
    depth = pixels.dtype.itemsize * 8
    packed = PackedTile(hash_, width, height, channels, depth, codec.encode(pixels))
    if not np.array_equal(codec.decode(packed.data, height, width, channels, depth), pixels):
        raise StoreError("a tile did not decode to the pixels it was made of; nothing was changed")
    return packed


def write(connection: Connection, tiles: Sequence[PackedTile]) -> dict[bytes, int]:
    """Store the tiles that are not there yet and read them back; the id of each by its hash."""
    have = find(connection, [tile.hash for tile in tiles])
    new = {tile.hash: tile for tile in tiles if tile.hash not in have}
    if new:
        connection.execute(
            insert(TileRow),
            [
                {
                    "hash": tile.hash,
                    "codec": codec.PLANES,
                    "width": tile.width,
                    "height": tile.height,
                    "channels": tile.channels,
                    "depth": tile.depth,
                    "data": tile.data,
                }
                for tile in new.values()
            ],
        )
        have |= _read_back(connection, new)
    return have


def find(connection: Connection, hashes: Iterable[bytes]) -> dict[bytes, int]:
    """The ids of those tiles that are stored."""
    query = select(TileRow.hash, TileRow.id)
    return {
        h: i for batch in _batches(list(hashes)) for h, i in connection.execute(query.where(TileRow.hash.in_(batch)))
    }


def hashes(connection: Connection, ids: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """The hashes of the tiles with these ids, (len(ids), 32); DamagedError if one is missing."""
    unique, places = np.unique(ids, return_inverse=True)
    query = select(TileRow.id, TileRow.hash)
    found: dict[int, bytes] = {}
    for batch in _batches(unique.tolist()):
        found.update({i: h for i, h in connection.execute(query.where(TileRow.id.in_(batch)))})
    _complete(unique.tolist(), found)
    table = np.frombuffer(b"".join(found[i] for i in unique.tolist()), np.uint8).reshape(-1, HASH)
    return table[places.reshape(-1)]


def rows(connection: Connection, ids: Iterable[int]) -> dict[int, Row[Any]]:
    """The rows of these tiles by id; DamagedError if one is missing."""
    wanted = sorted(set(ids))
    query = select(
        TileRow.id,
        TileRow.hash,
        TileRow.codec,
        TileRow.width,
        TileRow.height,
        TileRow.channels,
        TileRow.depth,
        TileRow.data,
    )
    found: dict[int, Any] = {}
    for batch in _batches(wanted):
        for row in connection.execute(query.where(TileRow.id.in_(batch))):
            found[row.id] = row
    _complete(wanted, found)
    return found


def unpack(row: Row[Any]) -> Pixels:
    """The pixels of one row, read-only; DamagedTile if they are not those of its hash."""
    try:
        pixels = codec.decode(row.data, row.height, row.width, row.channels, row.depth)
    except DamagedError as error:
        raise DamagedTile(row.id, error.message) from error
    if tile_hash(pixels) != row.hash:
        raise DamagedTile(row.id, "its pixels do not match their hash")
    pixels.flags.writeable = False
    return pixels


def _read_back(connection: Connection, new: dict[bytes, PackedTile]) -> dict[bytes, int]:
    ids: dict[bytes, int] = {}
    query = select(TileRow.hash, TileRow.id, TileRow.data)
    for batch in _batches(list(new)):
        for row in connection.execute(query.where(TileRow.hash.in_(batch))):
            if row.data != new[row.hash].data:
                raise StoreError("a tile was not read back as it was written; nothing was changed")
            ids[row.hash] = row.id
    return ids


def _complete(wanted: Sequence[int], found: dict[int, Any]) -> None:
    if len(found) != len(wanted):
        missing = next(i for i in wanted if i not in found)
        raise DamagedTile(missing, "it is missing")


def _batches(values: list[_T]) -> Iterable[list[_T]]:
    return (values[start : start + _BATCH] for start in range(0, len(values), _BATCH))
