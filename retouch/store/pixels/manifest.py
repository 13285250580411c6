"""Manifests: which tiles a version consists of, as a whole table or as what differs from a key version's table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retouch.errors import DamagedError
from retouch.store.pixels.grid import Grid

KEY_EVERY = 32
"""Versions from one whole table to the next: at most two rows are read for any version, however deep."""

Ids = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class StoredMetadata:
    """What travels with the pixels, in its stored form; `id` is its row."""

    id: int
    text: str
    hash: bytes


@dataclass(frozen=True, slots=True, eq=False)
class TileTable:
    """The tiles of one version: `ids` (count,), `hashes` uint8 (count, 32) in the order of `grid`.

    `number` and `id` are the version's; `key` the number of the version whose whole table it is stored against (its own
    if it is whole itself), `key_ids` that table, `since_key` how many versions back it is; `seal` is that of its row.
    """

    id: str
    number: int
    grid: Grid
    ids: Ids
    hashes: NDArray[np.uint8]
    key: int
    key_ids: Ids
    since_key: int
    metadata: StoredMetadata
    root: bytes
    seal: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Manifest:
    """What is stored: `key` is None for a whole table."""

    key: int | None
    since_key: int
    data: bytes


def pack(ids: Ids, grid: Grid, base: TileTable | None) -> Manifest:
    """The manifest for `ids`: pairs against the key of `base` where that is shorter, else the whole table."""
    if base is None or base.grid != grid:
        return pack_whole(ids)
    return pack_against(ids, base.key, base.key_ids, base.since_key + 1)


def pack_against(ids: Ids, key: int, key_ids: Ids, since_key: int) -> Manifest:
    """Pairs against the whole table `key_ids` of version number `key`, or the whole table where that is better."""
    if since_key >= KEY_EVERY or ids.size != key_ids.size:
        return pack_whole(ids)
    places = np.flatnonzero(ids != key_ids)
    if 2 * places.size >= ids.size:
        return pack_whole(ids)
    pairs = np.concatenate([places, ids[places]])
    return Manifest(key, since_key, pairs.astype("<u4").tobytes())


def pack_whole(ids: Ids) -> Manifest:
    return Manifest(None, 0, ids.astype("<u4").tobytes())


def whole(data: bytes, grid: Grid) -> Ids:
    """A whole table; DamagedError if it has not one id for each tile."""
    if len(data) != 4 * grid.count:
        raise DamagedError(f"a tile table has {len(data)} bytes, expected {4 * grid.count}")
    return np.frombuffer(data, "<u4").astype(np.uint32)


def apply(data: bytes, key: Ids) -> Ids:
    """The table that the pairs in `data` make of `key`; DamagedError if they do not fit."""
    pairs = np.frombuffer(data, "<u4") if len(data) % 8 == 0 else None
    if pairs is None:
        raise DamagedError(f"a tile table has {len(data)} bytes, expected pairs of 8")
    places, ids = pairs.reshape(2, -1)
    if places.size and int(places.max()) >= key.size:
        raise DamagedError(f"a tile table names place {int(places.max())}, the picture has {key.size} tiles")
    out = key.copy()
    out[places] = ids
    return out
