"""A whole picture from its tiles, in bands: a row of tiles is unpacked side by side, summed, woven and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import Row

from retouch.errors import DamagedError
from retouch.picture import Pixels
from retouch.store import codec
from retouch.store.grid import Grid
from retouch.store.manifest import TileTable
from retouch.store.merkle import tile_hash
from retouch.store.tiles import Damage
from retouch.store.workers import in_parallel


def assemble(table: TileTable, rows: Mapping[int, Row[Any]], damage: Damage) -> Pixels:
    """The pixels (height, width, channels) of `table` from its `rows` by tile id; each tile is checked by its hash."""
    grid = table.grid
    pixels = grid.empty_block(grid.frame)

    def band(row: int) -> None:
        places = range(row * grid.columns, (row + 1) * grid.columns)
        out = pixels[grid.box(places[0]).slices[0]]
        planes = np.empty((grid.channels, out.shape[0], grid.width), grid.dtype)
        for place in places:
            columns = grid.box(place).slices[1]
            planes[:, :, columns] = _residuals(rows[int(table.ids[place])], grid, place, damage)
        codec.undo_differences(planes)
        codec.interleave(planes, out)
        for place in places:
            tile = np.ascontiguousarray(out[:, grid.box(place).slices[1]])
            if tile_hash(tile) != table.hashes[place].tobytes():
                raise damage(int(table.ids[place]), "its pixels do not match their hash")

    in_parallel(band, range(grid.rows))
    return pixels


def _residuals(row: Row[Any], grid: Grid, place: int, damage: Damage) -> Pixels:
    box = grid.box(place)
    if (row.width, row.height, row.channels, row.depth) != (box.width, box.height, grid.channels, grid.depth):
        raise damage(row.id, f"it is {row.width}x{row.height}, its place {box.width}x{box.height}")
    try:
        return codec.residuals(row.data, row.height, row.width, row.channels, row.depth)
    except DamagedError as error:
        raise damage(row.id, error.message) from error
