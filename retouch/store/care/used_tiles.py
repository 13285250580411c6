"""Which tiles the versions that are kept need, brought up to date as others write meanwhile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, bindparam, select

from retouch.errors import DamagedError
from retouch.store.pixels import manifest
from retouch.store.pixels.manifest import Ids
from retouch.store.schema import CollectedRow, ManifestRow, TileRow
from retouch.store.sealing import check_content, table_of

_MANIFEST = table_of(ManifestRow)
_COLLECTED = table_of(CollectedRow)
_TILE = table_of(TileRow)

_BATCH = 500
_KEPT = select(_MANIFEST.c.version).where(_MANIFEST.c.version.not_in(select(_COLLECTED.c.version)))
_ROWS = select(_MANIFEST).where(_MANIFEST.c.version.in_(bindparam("numbers", expanding=True)))
_KEYS = select(_TILE.c.key_id).where(_TILE.c.id.in_(bindparam("ids", expanding=True)), _TILE.c.key_id.is_not(None))


class UsedTiles:
    """The tiles of all versions seen so far that have pixels, and the keys of those."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._used = np.zeros(0, np.bool_)
        self._tables: dict[int, Ids] = {}

    def update(self, connection: Connection) -> None:
        """Take in the versions that are new; DamagedError if the table of one cannot be trusted."""
        new = sorted(set(connection.execute(_KEPT).scalars()) - self._seen)
        for start in range(0, len(new), _BATCH):
            some = new[start : start + _BATCH]
            rows = connection.execute(_ROWS, {"numbers": some}).all()
            if rows:
                self._mark(connection, np.unique(np.concatenate([self._ids(connection, row) for row in rows])))
        self._seen.update(new)
        # Whole tables are needed while their versions are read; later there are few new ones.
        self._tables.clear()

    def without(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of `ids` that no version needs."""
        unknown = ids >= self._used.size
        return ids[unknown | ~self._used[np.where(unknown, 0, ids)]] if self._used.size else ids

    def _ids(self, connection: Connection, row: Row[tuple[int, int | None, int, bytes, bytes]]) -> Ids:
        check_content(_MANIFEST, row, f"the tile table of version number {row.version}")
        if row.key is None:
            return np.frombuffer(row.data, "<u4").astype(np.uint32)
        return manifest.apply(row.data, self._whole(connection, row.key))

    def _whole(self, connection: Connection, number: int) -> Ids:
        if number not in self._tables:
            row = connection.execute(_ROWS, {"numbers": [number]}).one_or_none()
            if row is None or row.key is not None:
                raise DamagedError(f"the whole tile table of version number {number} is missing")
            self._tables[number] = self._ids(connection, row)
        return self._tables[number]

    def _mark(self, connection: Connection, ids: Ids) -> None:
        fresh = self.without(ids.astype(np.int64))
        if not fresh.size:
            return
        self._set(fresh)
        for start in range(0, fresh.size, _BATCH):
            keys = connection.execute(_KEYS, {"ids": fresh[start : start + _BATCH].tolist()}).scalars().all()
            self._set(np.array(keys, np.int64))

    def _set(self, ids: NDArray[np.int64]) -> None:
        if ids.size and int(ids.max()) >= self._used.size:
            grown = np.zeros(2 * int(ids.max()) + 1, np.bool_)
            grown[: self._used.size] = self._used
            self._used = grown
        self._used[ids] = True
