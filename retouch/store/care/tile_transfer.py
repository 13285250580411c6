"""Tiles on their way from one project file to another: as they are packed, where their key is a full tile there too."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, insert

from retouch.errors import DamagedError
from retouch.store.pixels import tiles
from retouch.store.pixels.manifest import Ids
from retouch.store.schema import TileRow
from retouch.store.sealing import content_seal, table_of

_TILE = table_of(TileRow)
_TOGETHER = 64
_COPIED = tuple(column.name for column in _TILE.columns if column.name not in ("id", "key_id", "seal"))


class TileTransfer:
    """Knows the id that each tile has in the target; every tile is unpacked and hashed on the way."""

    def __init__(self, source: Connection, target: Connection) -> None:
        self._source = source
        self._target = target
        self._ids: dict[int, int] = {}

    def moved(self, ids: Ids) -> Ids:
        """The same table with the ids of the target, where missing tiles are written."""
        missing = sorted(set(ids.tolist()) - self._ids.keys())
        for start in range(0, len(missing), _TOGETHER):
            self._move(missing[start : start + _TOGETHER])
        return np.array([self._ids[i] for i in ids.tolist()], np.uint32)

    def _move(self, ids: list[int]) -> None:
        rows = tiles.rows(self._source, ids)
        unpacked = tiles.unpack(list(rows.values()), lambda tile, reason: DamagedError(f"tile {tile}: {reason}"))
        keys = sorted({row.key_id for row in rows.values() if row.key_id is not None} - self._ids.keys() - set(ids))
        if keys:
            self._move(keys)
        there = tiles.find(self._target, [row.hash for row in rows.values()])
        # Full tiles first: parts among them may be kept against them.
        for row in sorted(rows.values(), key=lambda row: row.key_id is not None):
            if row.hash in there:
                self._ids[row.id] = there[row.hash]
            else:
                self._ids[row.id] = self._write(row, unpacked[row.id])

    def _write(self, row: Row[Any], tile: tiles.Tile) -> int:
        key = None if row.key_id is None else self._ids[row.key_id]
        if key is not None and not self._is_full(key):
            packed = tiles.pack({row.hash: (tile.pixels, None)})
            return tiles.write(self._target, packed)[0][row.hash]
        values = {
            column.name: getattr(row, column.name) for column in _TILE.columns if column.name not in ("id", "seal")
        }
        values["key_id"] = key
        self._target.execute(insert(_TILE), values | {"seal": content_seal(_TILE, values)})
        return tiles.find(self._target, [row.hash])[row.hash]

    def _is_full(self, tile: int) -> bool:
        return bool(tiles.rows(self._target, [tile])[tile].key_id is None)
