"""Tiles in the database: written once under the hash of their pixels, checked against it whenever they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, and_, bindparam, select

from retouch.errors import DamagedError, StoreError
from retouch.geometry import Box
from retouch.picture import Pixels
from retouch.store.pixels import codec
from retouch.store.pixels.grid import TILE
from retouch.store.pixels.merkle import HASH, tile_hash
from retouch.store.pixels.part import Part, cut, part_of, planes_of
from retouch.store.pixels.workers import in_parallel
from retouch.store.schema import TileRow
from retouch.store.sealing import content_seal, table_of
from retouch.store.statement import Statement, insertion

_T = TypeVar("_T")

Damage = Callable[[int, str], DamagedError]
"""Makes the error for a damaged tile from its id and what is wrong with it."""

_BATCH = 500
"""Values in one `IN (…)`; every database takes so many."""
_STACK = 32
"""Tiles that are packed or unpacked in one go."""

_TILE = table_of(TileRow)
_KEY = _TILE.alias("full")
_IDS = Statement(select(_TILE.c.hash, _TILE.c.id).where(_TILE.c.hash.in_(bindparam("hashes", expanding=True))))
_HASHES = Statement(select(_TILE.c.id, _TILE.c.hash).where(_TILE.c.id.in_(bindparam("ids", expanding=True))))
# A key that is itself a part is none: chains are never longer than 1.
_WITH_KEY = select(
    _TILE, _KEY.c.data.label("key_data"), _KEY.c.codec.label("key_codec"), _KEY.c.hash.label("key_hash")
).outerjoin_from(_TILE, _KEY, and_(_KEY.c.id == _TILE.c.key_id, _KEY.c.key_id.is_(None)))
_ROWS = Statement(_WITH_KEY.where(_TILE.c.id.in_(bindparam("ids", expanding=True))))
_WRITTEN = Statement(_WITH_KEY.where(_TILE.c.hash.in_(bindparam("hashes", expanding=True))))


@dataclass(frozen=True, slots=True)
class PackedTile:
    """A tile ready to be written, whole or as a part of another."""

    hash: bytes
    width: int
    height: int
    channels: int
    depth: int
    part: Part | None
    data: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """A tile that was read and checked: its pixels (height, width, channels), read-only, and how it is stored."""

    id: int
    pixels: Pixels
    part: Part | None

    def part_for(self, other: Pixels) -> Part | None:
        """How `other` pixels in its place can be stored as a part of the same full tile; None if whole is better."""
        rect = differing(self.pixels, other)
        part = Part(self.id, rect) if self.part is None else Part(self.part.key, Box.around([self.part.rect, rect]))
        return part if part.fits(other.shape[1], other.shape[0]) else None


def differing(a: Pixels, b: Pixels) -> Box:
    """The smallest box that holds all pixels in which two tiles of one shape (height, width, channels) differ."""
    changed = (a != b).reshape(a.shape[0], -1)
    rows, values = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if not rows.size:
        return Box(0, 0, 0, 0)
    columns = values // a.shape[2]
    return Box.between(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def pack(tiles: Mapping[bytes, tuple[Pixels, Part | None]]) -> tuple[PackedTile, ...]:
    """Encode tiles, given by their hash, whole or as the part that goes with them."""
    whole = [(hash_, pixels) for hash_, (pixels, part) in tiles.items() if part is None]
    stacks = [stack for _, stack in _by_shape((item, item[1].shape) for item in whole)]
    packed = [t for some in in_parallel(_pack_stack, _stacks(stacks), len(whole) > _STACK) for t in some]
    parts = (_pack_part(hash_, pixels, part) for hash_, (pixels, part) in tiles.items() if part is not None)
    return (*packed, *parts)


def write(connection: Connection, tiles: Sequence[PackedTile]) -> tuple[dict[bytes, int], tuple[Tile, ...]]:
    """Store the tiles that are not there yet; the id of each by its hash, and the new ones as they were read again.

    What was written is unpacked and hashed: StoreError if it is not what it was made of. So is what was there:
    DamagedError if it is no longer what its hash says, for nothing new may be built on it. Many new tiles are not given
    back, lest all of a large picture is in memory.
    """
    have = find(connection, [tile.hash for tile in tiles])
    _check(connection, list(have))
    new = {tile.hash: tile for tile in tiles if tile.hash not in have}
    if not new:
        return have, ()
    insertion(_TILE).run_many(connection, map(_columns, new.values()))
    fresh: tuple[Tile, ...] = ()
    for batch in _batches(list(new)):
        ids, fresh = _read_back(connection, batch)
        have |= ids
    return have, fresh if len(new) <= _STACK else ()


def find(connection: Connection, hashes: Sequence[bytes]) -> dict[bytes, int]:
    """The ids of those tiles that are stored."""
    return {h: i for batch in _batches(hashes) for h, i in _IDS.tuples(connection, hashes=batch)}


def hashes(
    connection: Connection, ids: NDArray[np.uint32], known: tuple[NDArray[np.uint32], NDArray[np.uint8]] | None = None
) -> NDArray[np.uint8]:
    """The hashes of the tiles with these ids, (len(ids), 32); DamagedError if one is missing.

    `known` are other ids for the same places and their hashes: an id always means the same tile, so that only those
    that differ are looked up."""
    if known is not None:
        table, new = known[1].copy(), np.flatnonzero(ids != known[0])
        table[new] = hashes(connection, ids[new])
        return table
    unique, places = np.unique(ids, return_inverse=True)
    wanted = unique.tolist()
    found: dict[int, bytes] = {i: h for b in _batches(wanted) for i, h in _HASHES.tuples(connection, ids=b)}
    missing = next((i for i in wanted if i not in found), None)
    if missing is not None:
        raise DamagedError(f"tile {missing} is missing")
    table = np.frombuffer(b"".join(found[i] for i in wanted), np.uint8).reshape(-1, HASH)
    return table[places.reshape(-1)]


def rows(connection: Connection, ids: Iterable[int]) -> dict[int, Any]:
    """The rows of these tiles by id, each with `key_data`, `key_codec` and `key_hash` of its key beside it; one that is
    missing is not there."""
    return {row.id: row for b in _batches(sorted(set(ids))) for row in _ROWS.all(connection, ids=b)}


def unpack(rows: Sequence[Any], damage: Damage) -> dict[int, Tile]:
    """The tiles of `rows` by id; each is checked by its hash, and `damage` makes the error."""
    impossible = next((row for row in rows if not _possible(row)), None)
    if impossible is not None:
        raise damage(impossible.id, "it says that it has an impossible size")
    shapes = _by_shape((row, (row.channels, row.height, row.width, row.depth)) for row in rows)
    stacks = _stacks([stack for _, stack in shapes])
    unpacked = in_parallel(lambda stack: _unpack_stack(stack, damage), stacks, len(rows) > _STACK)
    return {tile.id: tile for tiles in unpacked for tile in tiles}


def load(row: Any, height: int, width: int, channels: int, depth: int, damage: Damage) -> Pixels:
    """The differences (channels, height, width) of a row's tile; `damage` makes the error."""
    try:
        return planes_of(row, height, width, channels, depth)
    except DamagedError as error:
        raise blamed(row, damage, error.message) from error


def blamed(row: Any, damage: Damage, reason: str) -> DamagedError:
    """The error for a tile that is not what it was: it names the tile's key where that is the damaged one."""
    if row.key_data is None or not _possible(row) or _sound_key(row):
        return damage(row.id, reason)
    return damage(row.key_id, f"tile {row.id} is stored as a part of it: {reason}")


def _sound_key(row: Any) -> bool:
    try:
        pixels = codec.decode([row.key_data], row.height, row.width, row.channels, row.depth)[0]
    except DamagedError:
        return False
    return tile_hash(pixels) == bytes(row.key_hash)


def _possible(row: Any) -> bool:
    sides = 0 < row.width <= TILE and 0 < row.height <= TILE
    return sides and row.channels in (1, 2, 3, 4) and row.depth in (8, 16)


def _unpack_stack(stack: Sequence[Any], damage: Damage) -> list[Tile]:
    first = stack[0]
    shape = first.height, first.width, first.channels
    planes = [load(row, *shape, first.depth, damage) for row in stack]
    found = []
    for row, own in zip(stack, codec.pixels_of(planes, *shape, first.depth), strict=True):
        pixels = np.ascontiguousarray(own)
        if tile_hash(pixels) != row.hash:
            raise blamed(row, damage, "its pixels do not match their hash")
        pixels.flags.writeable = False
        found.append(Tile(row.id, pixels, part_of(row)))
    return found


def _by_shape(items: Iterable[tuple[_T, tuple[int, ...]]]) -> list[tuple[tuple[int, ...], list[_T]]]:
    """Items that go by the same shape together, so that they can be handled as one stack."""
    groups: dict[tuple[int, ...], list[_T]] = {}
    for item, shape in items:
        groups.setdefault(shape, []).append(item)
    return list(groups.items())


def _stacks(groups: Sequence[list[_T]]) -> list[list[_T]]:
    return [group[start : start + _STACK] for group in groups for start in range(0, len(group), _STACK)]


def _pack_stack(stack: Sequence[tuple[bytes, Pixels]]) -> list[PackedTile]:
    planes = codec.differences(np.stack([pixels for _, pixels in stack]))
    return [_packed(hash_, pixels, None, codec.pack(own)) for own, (hash_, pixels) in zip(planes, stack, strict=True)]


def _pack_part(hash_: bytes, pixels: Pixels, part: Part) -> PackedTile:
    return _packed(hash_, pixels, part, codec.pack(cut(pixels, part.rect)))


def _packed(hash_: bytes, pixels: Pixels, part: Part | None, data: bytes) -> PackedTile:
    height, width, channels = pixels.shape
    return PackedTile(hash_, width, height, channels, pixels.itemsize * 8, part, data)


def _columns(tile: PackedTile) -> dict[str, Any]:
    shape = {name: getattr(tile, name) for name in ("width", "height", "channels", "depth")}
    key, rect = (None, None) if tile.part is None else (tile.part.key, tile.part.packed_rect)
    values = shape | {"hash": tile.hash, "codec": codec.PLANES, "key_id": key, "rect": rect, "data": tile.data}
    return values | {"seal": content_seal(_TILE, values)}


def _check(connection: Connection, hashes: Sequence[bytes]) -> None:
    for batch in _batches(hashes):
        unpack(_WRITTEN.all(connection, hashes=batch), _no_ground)


def _no_ground(tile: int, reason: str) -> DamagedError:
    return DamagedError(
        f"tile {tile}, which the picture would share, is damaged ({reason}); nothing was changed",
        hint="`retouch fsck` names the versions that it touches",
    )


def _read_back(connection: Connection, new: Sequence[bytes]) -> tuple[dict[bytes, int], tuple[Tile, ...]]:
    written = _WRITTEN.all(connection, hashes=new)
    try:
        read = unpack(written, lambda tile, reason: DamagedError(f"tile {tile}: {reason}"))
    except DamagedError as error:
        raise StoreError(f"what was written did not come back: {error.message}; nothing was changed") from error
    if len(written) < len(new):
        raise StoreError(f"of {len(new)} tiles {len(written)} were read back; nothing was changed")
    return {row.hash: row.id for row in written}, tuple(read.values())


def _batches(values: Sequence[_T]) -> Iterable[Sequence[_T]]:
    return (values[start : start + _BATCH] for start in range(0, len(values), _BATCH))
