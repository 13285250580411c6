"""A whole picture from its tiles, in bands: a row of tiles is unpacked side by side, summed, woven and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

import numpy as np
from sqlalchemy import Row

from retouch.errors import DamagedError
from retouch.picture import Pixels
from retouch.store.pixels import codec
from retouch.store.pixels.manifest import Ids, TileTable
from retouch.store.pixels.merkle import tile_hash
from retouch.store.pixels.part import load_planes
from retouch.store.pixels.tiles import Damage, blamed
from retouch.store.pixels.workers import worker_pool

_AT_ONCE = 500
"""Tiles whose rows are read together, as many as one query asks for. While they are unpacked, the next are read; no
more are in memory, however large the picture."""

RowsOf = Callable[[Ids], Mapping[int, Row[Any]]]
"""Reads the rows of tiles, by id."""


def assemble(table: TileTable, rows_of: RowsOf, damage: Damage) -> Pixels:
    """The pixels (height, width, channels) of `table`; each tile is checked by its hash."""
    grid = table.grid
    pixels = grid.empty_block(grid.frame)
    together = max(1, _AT_ONCE // grid.columns)
    with worker_pool() as pool:
        unpacking: list[Future[None]] = []
        for start in range(0, grid.rows, together):
            bands = range(start, min(start + together, grid.rows))
            rows = rows_of(table.ids[bands.start * grid.columns : bands.stop * grid.columns])
            for done in unpacking:
                done.result()
            unpacking = [pool.submit(_unpack_band, table, number, rows, pixels, damage) for number in bands]
        for done in unpacking:
            done.result()
    return pixels


def _unpack_band(table: TileTable, number: int, rows: Mapping[int, Row[Any]], pixels: Pixels, damage: Damage) -> None:
    """Fill one row of tiles of `pixels`."""
    grid = table.grid
    places = range(number * grid.columns, (number + 1) * grid.columns)
    stored = [rows[tile] for tile in table.ids[places.start : places.stop].tolist()]
    columns = [grid.box(place).slices[1] for place in places]
    out = pixels[grid.box(places.start).slices[0]]
    planes = codec.empty_planes(1, grid.channels, out.shape[0], grid.width, grid.depth)[0]
    for row, column in zip(stored, columns, strict=True):
        try:
            load_planes(row, planes[:, :, column])
        except DamagedError as error:
            raise blamed(row, damage, error.message) from error
    codec.undo_differences(planes)
    codec.interleave(planes, out)
    for row, column, place in zip(stored, columns, places, strict=True):
        if tile_hash(np.ascontiguousarray(out[:, column])) != table.hashes[place].tobytes():
            raise blamed(row, damage, "its pixels do not match their hash")
