"""Tiles in the database: written once under the hash of their pixels, checked against it whenever they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, bindparam, insert, select

from retouch.errors import DamagedError, StoreError
from retouch.picture import Pixels
from retouch.store import codec
from retouch.store.merkle import HASH, tile_hash
from retouch.store.schema import TileRow
from retouch.store.sealing import table_of
from retouch.store.workers import in_parallel

_T = TypeVar("_T")

Damage = Callable[[int, str], DamagedError]
"""Makes the error for a damaged tile from its id and what is wrong with it."""

_BATCH = 500
"""Values in one `IN (…)`; every database takes so many."""
_STACK = 32
"""Tiles that are packed or unpacked in one go."""

_TILE = table_of(TileRow)
_IDS = select(_TILE.c.hash, _TILE.c.id).where(_TILE.c.hash.in_(bindparam("hashes", expanding=True)))
_WRITTEN = select(_TILE.c.hash, _TILE.c.id, _TILE.c.data).where(_TILE.c.hash.in_(bindparam("hashes", expanding=True)))
_HASHES = select(_TILE.c.id, _TILE.c.hash).where(_TILE.c.id.in_(bindparam("ids", expanding=True)))
_ROWS = select(_TILE).where(_TILE.c.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class PackedTile:
    """A tile ready to be written."""

    hash: bytes
    width: int
    height: int
    channels: int
    depth: int
    data: bytes


def pack(tiles: Mapping[bytes, Pixels]) -> tuple[PackedTile, ...]:
    """Encode tiles, given by their hash, and make sure that each decodes to the same pixels."""
    stacks = [stack for _, stack in _by_shape((item, item[1].shape) for item in tiles.items())]
    parts = [stack[start : start + _STACK] for stack in stacks for start in range(0, len(stack), _STACK)]
    return tuple(tile for part in in_parallel(_pack_stack, parts) for tile in part)


def write(connection: Connection, tiles: Sequence[PackedTile]) -> dict[bytes, int]:
    """Store the tiles that are not there yet and read them back; the id of each by its hash."""
    have = find(connection, [tile.hash for tile in tiles])
    new = {tile.hash: tile for tile in tiles if tile.hash not in have}
    if new:
        connection.execute(insert(_TILE), [_columns(tile) for tile in new.values()])
        have |= _read_back(connection, new)
    return have


def find(connection: Connection, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """The ids of those tiles that are stored."""
    return {h: i for batch in _batches(hashes) for h, i in connection.execute(_IDS, {"hashes": batch})}


def hashes(connection: Connection, ids: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """The hashes of the tiles with these ids, (len(ids), 32); DamagedError if one is missing."""
    unique, places = np.unique(ids, return_inverse=True)
    wanted = unique.tolist()
    found: dict[int, bytes] = {i: h for b in _batches(wanted) for i, h in connection.execute(_HASHES, {"ids": b})}
    missing = next((i for i in wanted if i not in found), None)
    if missing is not None:
        raise DamagedError(f"tile {missing} is missing")
    table = np.frombuffer(b"".join(found[i] for i in wanted), np.uint8).reshape(-1, HASH)
    return table[places.reshape(-1)]


def rows(connection: Connection, ids: Iterable[int]) -> dict[int, Row[Any]]:
    """The rows of these tiles by id; one that is missing is not there."""
    return {row.id: row for b in _batches(sorted(set(ids))) for row in connection.execute(_ROWS, {"ids": b})}


def unpack(rows: Sequence[Row[Any]], damage: Damage) -> dict[int, Pixels]:
    """The pixels of rows by tile id, read-only; each is checked by its hash, and `damage` makes the error."""
    found: dict[int, Pixels] = {}
    for shape, part in _by_shape((row, (row.height, row.width, row.channels, row.depth)) for row in rows):
        try:
            stack = list(codec.decode([row.data for row in part], *shape))
        except DamagedError:
            # One of them is broken; taken one by one, it names itself.
            stack = [_unpack_one(row, damage) for row in part]
        for row, pixels in zip(part, stack, strict=True):
            if tile_hash(pixels) != row.hash:
                raise damage(row.id, "its pixels do not match their hash")
            pixels.flags.writeable = False
            found[row.id] = pixels
    return found


def _unpack_one(row: Row[Any], damage: Damage) -> Pixels:
    try:
        pixels: Pixels = codec.decode([row.data], row.height, row.width, row.channels, row.depth)[0]
    except DamagedError as error:
        raise damage(row.id, error.message) from error
    return pixels


def _by_shape(items: Iterable[tuple[_T, tuple[int, ...]]]) -> list[tuple[tuple[int, ...], list[_T]]]:
    """Items that go by the same shape together, so that they can be handled as one stack."""
    groups: dict[tuple[int, ...], list[_T]] = {}
    for item, shape in items:
        groups.setdefault(shape, []).append(item)
    return list(groups.items())


def _pack_stack(part: Sequence[tuple[bytes, Pixels]]) -> list[PackedTile]:
    stack = np.stack([pixels for _, pixels in part])
    height, width, channels = stack.shape[1:]
    depth = stack.dtype.itemsize * 8
    data = codec.encode(stack)
    if not np.array_equal(codec.decode(data, height, width, channels, depth), stack):
        raise StoreError("a tile did not decode to the pixels it was made of; nothing was changed")
    return [
        PackedTile(hash_, width, height, channels, depth, packed) for (hash_, _), packed in zip(part, data, strict=True)
    ]


def _columns(tile: PackedTile) -> dict[str, Any]:
    shape = {name: getattr(tile, name) for name in ("width", "height", "channels", "depth")}
    return shape | {"hash": tile.hash, "codec": codec.PLANES, "data": tile.data}


def _read_back(connection: Connection, new: Mapping[bytes, PackedTile]) -> dict[bytes, int]:
    ids: dict[bytes, int] = {}
    for batch in _batches(list(new)):
        for row in connection.execute(_WRITTEN, {"hashes": batch}):
            # The bytes were decoded and compared before; here they need only be the same ones.
            if row.data != new[row.hash].data:
                raise StoreError("a tile was not read back as it was written; nothing was changed")
            ids[row.hash] = row.id
    return ids


def _batches(values: Sequence[_T]) -> Iterable[Sequence[_T]]:
    return (values[start : start + _BATCH] for start in range(0, len(values), _BATCH))
