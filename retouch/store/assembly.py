"""A whole picture from its tiles: placed as planes of differences, summed once, then checked tile by tile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import Row

from retouch.errors import DamagedError
from retouch.picture import Pixels
from retouch.store import codec
from retouch.store.grid import TILE, Grid
from retouch.store.manifest import TileTable
from retouch.store.merkle import tile_hash
from retouch.store.tiles import DamagedTile


def assemble(table: TileTable, rows: Mapping[int, Row[Any]]) -> Pixels:
    """The pixels (height, width, channels) of `table` from its `rows` by tile id; DamagedTile if one is not as hashed."""
    grid = table.grid
    planes = np.empty((grid.channels, grid.rows * TILE, grid.width), grid.dtype)
    for place, tile in enumerate(table.ids.tolist()):
        rows_, columns = grid.box(place).slices
        planes[:, rows_, columns] = _residuals(rows[tile], grid, place)
    codec.undo_rows(planes)
    pixels = codec.interleaved(planes)[: grid.height]
    _verify(table, pixels)
    return pixels


def _residuals(row: Row[Any], grid: Grid, place: int) -> Pixels:
    box = grid.box(place)
    if (row.width, row.height, row.channels, row.depth) != (box.width, box.height, grid.channels, grid.depth):
        raise DamagedTile(row.id, f"it is {row.width}x{row.height}, place {place} is {box.width}x{box.height}")
    try:
        return codec.residuals(row.data, row.height, row.width, row.channels, row.depth)
    except DamagedError as error:
        raise DamagedTile(row.id, error.message) from error


def _verify(table: TileTable, pixels: Pixels) -> None:
    for place in range(table.grid.count):
        tile = np.ascontiguousarray(pixels[table.grid.box(place).slices])
        if tile_hash(tile) != table.hashes[place].tobytes():
            raise DamagedTile(int(table.ids[place]), "its pixels do not match their hash")
