"""A whole picture from its tiles, in bands: a row of tiles is unpacked side by side, summed, woven and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import Row

from retouch.errors import DamagedError
from retouch.picture import Pixels
from retouch.store import codec
from retouch.store.manifest import TileTable
from retouch.store.merkle import tile_hash
from retouch.store.part import load_planes
from retouch.store.tiles import Damage, blamed
from retouch.store.workers import in_parallel


def assemble(table: TileTable, rows: Mapping[int, Row[Any]], damage: Damage) -> Pixels:
    """The pixels (height, width, channels) of `table` from its `rows` by tile id; each tile is checked by its hash."""
    grid = table.grid
    pixels = grid.empty_block(grid.frame)

    def band(row: int) -> None:
        places = range(row * grid.columns, (row + 1) * grid.columns)
        out = pixels[grid.box(places[0]).slices[0]]
        planes = codec.empty_planes(1, grid.channels, out.shape[0], grid.width, grid.depth)[0]
        for place in places:
            stored, inside = rows[int(table.ids[place])], planes[:, :, grid.box(place).slices[1]]
            try:
                load_planes(stored, inside)
            except DamagedError as error:
                raise blamed(stored, damage, error.message) from error
        codec.undo_differences(planes)
        codec.interleave(planes, out)
        for place in places:
            tile = np.ascontiguousarray(out[:, grid.box(place).slices[1]])
            if tile_hash(tile) != table.hashes[place].tobytes():
                raise blamed(rows[int(table.ids[place])], damage, "its pixels do not match their hash")

    in_parallel(band, range(grid.rows))
    return pixels
