"""A whole picture from its tiles, in groups: rows of tiles are unpacked side by side, summed, woven and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from retouch.picture import Pixels
from retouch.store.pixels import codec
from retouch.store.pixels.grid import TILE, Grid
from retouch.store.pixels.manifest import Ids, TileTable
from retouch.store.pixels.merkle import tile_hash
from retouch.store.pixels.tiles import Damage, blamed, load

_AT_ONCE = 96
"""Tiles that are read and unpacked together: few, so that no more are in memory, however large the picture, and enough
that a step of numpy is worth its call."""

RowsOf = Callable[[Ids], Mapping[int, Any]]
"""Reads the rows of tiles, by id."""


def assemble(table: TileTable, rows_of: RowsOf, damage: Damage) -> Pixels:
    """The pixels (height, width, channels) of `table`; each tile is checked by its hash.

    In one thread: the calls that release Python's lock are so short (30 µs) that two threads take as long as one, and
    twice the processor's time (measured)."""
    grid = table.grid
    pixels = grid.empty_block(grid.frame)
    for bands in _groups(grid):
        places = range(bands.start * grid.columns, bands.stop * grid.columns)
        rows = rows_of(table.ids[places.start : places.stop])
        _unpack(table, places, rows, pixels, damage)
    return pixels


def _groups(grid: Grid) -> Iterator[range]:
    """Rows of tiles that are unpacked together; the last one, if it is lower, alone."""
    together = max(1, _AT_ONCE // grid.columns)
    whole = grid.height // TILE
    for start in range(0, whole, together):
        yield range(start, min(start + together, whole))
    if whole < grid.rows:
        yield range(whole, grid.rows)


def _unpack(table: TileTable, places: range, rows: Mapping[int, Any], pixels: Pixels, damage: Damage) -> None:
    """Fill rows of tiles of `pixels`, all of one height."""
    grid = table.grid
    tiles = [(rows[tile], grid.box(place)) for place, tile in zip(places, table.ids[places].tolist(), strict=True)]
    for row, box in tiles:
        codec.weave(load(row, box.height, box.width, grid.channels, grid.depth, damage), pixels[box.slices])
    first, last = tiles[0][1], tiles[-1][1]
    codec.undo_rows(pixels[first.y : last.bottom].reshape(-1, first.height, grid.width, grid.channels))
    for place, (row, box) in zip(places, tiles, strict=True):
        if tile_hash(np.ascontiguousarray(pixels[box.slices])) != table.hashes[place].tobytes():
            raise blamed(row, damage, "its pixels do not match their hash")
