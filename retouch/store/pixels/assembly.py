"""A whole picture from its tiles, in groups: rows of tiles are unpacked side by side, summed, woven and checked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from typing import Any

import numpy as np

from retouch.errors import DamagedError
from retouch.picture import Pixels
from retouch.store.pixels import codec
from retouch.store.pixels.grid import TILE, Grid
from retouch.store.pixels.manifest import Ids, TileTable
from retouch.store.pixels.merkle import tile_hash
from retouch.store.pixels.part import load_planes
from retouch.store.pixels.tiles import Damage, blamed
from retouch.store.pixels.workers import worker_pool

_AT_ONCE = 96
"""Tiles that are read and unpacked together: few enough that the first are unpacked while the next are read, and enough
that a step of numpy is worth its call."""
_AHEAD = 3
"""How many such groups are in memory, so that it is the same however large the picture."""

RowsOf = Callable[[Ids], Mapping[int, Any]]
"""Reads the rows of tiles, by id."""


def assemble(table: TileTable, rows_of: RowsOf, damage: Damage) -> Pixels:
    """The pixels (height, width, channels) of `table`; each tile is checked by its hash."""
    grid = table.grid
    pixels = grid.empty_block(grid.frame)
    with worker_pool() as pool:
        unpacking: deque[Future[None]] = deque()
        for bands in _groups(grid):
            rows = rows_of(table.ids[bands.start * grid.columns : bands.stop * grid.columns])
            unpacking.append(pool.submit(_unpack, table, bands, rows, pixels, damage))
            if len(unpacking) == _AHEAD:
                unpacking.popleft().result()
        for done in unpacking:
            done.result()
    return pixels


def _groups(grid: Grid) -> Iterator[range]:
    """Rows of tiles that are unpacked together; the last one, if it is lower, alone."""
    together = max(1, _AT_ONCE // grid.columns)
    whole = grid.height // TILE
    for start in range(0, whole, together):
        yield range(start, min(start + together, whole))
    if whole < grid.rows:
        yield range(whole, grid.rows)


def _unpack(table: TileTable, bands: range, rows: Mapping[int, Any], pixels: Pixels, damage: Damage) -> None:
    """Fill rows of tiles of `pixels`. The same pixel row of all of them is summed in one step."""
    grid = table.grid
    height = grid.box(bands.start * grid.columns).height
    planes = codec.empty_planes(len(bands), grid.channels, height, grid.width, grid.depth)
    columns = [grid.box(place).slices[1] for place in range(grid.columns)]
    ids = table.ids.reshape(grid.rows, grid.columns)[bands.start : bands.stop].tolist()
    for band, tiles in zip(planes, ids, strict=True):
        for tile, column in zip(tiles, columns, strict=True):
            _load(rows[tile], band[:, :, column], damage)
    codec.undo_differences(planes)
    hashes = table.hashes.reshape(grid.rows, grid.columns, -1)[bands.start : bands.stop]
    for number, band, wanted, tiles in zip(bands, planes, hashes, ids, strict=True):
        out = pixels[number * TILE : number * TILE + height]
        codec.interleave(band, out)
        for tile, column, hash_ in zip(tiles, columns, wanted, strict=True):
            if tile_hash(np.ascontiguousarray(out[:, column])) != hash_.tobytes():
                raise blamed(rows[tile], damage, "its pixels do not match their hash")


def _load(row: Any, planes: Pixels, damage: Damage) -> None:
    try:
        load_planes(row, planes)
    except DamagedError as error:
        raise blamed(row, damage, error.message) from error
