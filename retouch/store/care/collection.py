"""Collection: the pixels that nothing reaches any more are given back, and the file shrinks. Facts always stay.

It works in short write transactions beside other writers. Each of them works out anew what is reached, so that nothing
that was written meanwhile is lost: a commit looks up its tiles and names them in the same transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, delete, select, text, update

from retouch.protocols import Watch
from retouch.store.care.care import GcReport
from retouch.store.care.collected import collected_row
from retouch.store.care.facts import check_facts
from retouch.store.care.reachability import reachable, unneeded_patches
from retouch.store.care.used_tiles import UsedTiles
from retouch.store.clock import Clock, second
from retouch.store.database import Database
from retouch.store.schema import CollectedRow, ManifestRow, PatchRow, TileRow, VersionRow
from retouch.store.sealing import content_seal, table_of
from retouch.store.tree import refusals

T = TypeVar("T")

SLICE = 0.05
"""Seconds after which a transaction ends, so that no other writer waits for long (one more batch may pass)."""

_BATCH = 64
_PAGES = 128
_COLLECTED = table_of(CollectedRow)
_MANIFEST = table_of(ManifestRow)
_PATCH = table_of(PatchRow)
_TILE = table_of(TileRow)

_NOT_COLLECTED = select(VersionRow.number).where(VersionRow.number.not_in(select(_COLLECTED.c.version)))
# A collected version's table stays only while a kept version is stored against it.
_KEYS = select(_MANIFEST.c.key).where(
    _MANIFEST.c.key.is_not(None), _MANIFEST.c.version.not_in(select(_COLLECTED.c.version))
)
_DROP_MANIFESTS = delete(_MANIFEST).where(
    _MANIFEST.c.version.in_(select(_COLLECTED.c.version)), _MANIFEST.c.version.not_in(_KEYS)
)
_DROP_TILES = delete(_TILE).where(_TILE.c.id.in_(bindparam("ids", expanding=True)))
_DROP_PIXELS = (
    update(_PATCH)
    .where(_PATCH.c.attempt_id == bindparam("which"))
    .values(pixels=None, collected=bindparam("now"), seal=bindparam("made"))
)


class Collection:
    """One run of `gc` on a project file; `keep_days` protects what is younger, 0 nothing but what is reached."""

    def __init__(self, database: Database, clock: Clock, keep_days: float, watch: Watch | None) -> None:
        if not keep_days >= 0:
            raise refusals.negative_days(keep_days)
        self._database = database
        self._now = second(clock())
        self._since = second(clock() - timedelta(days=keep_days)) if keep_days else None
        self._watch = watch
        self._seen: tuple[object, int] | None = None
        self._doomed: list[int] = []
        self._counts = {"tiles": 0, "bytes": 0, "versions": 0, "patches": 0}

    def run(self) -> GcReport:
        """DamagedError, before anything is given back, if the facts that decide about it are damaged; CancelledError
        between two transactions if `watch` says so, what was given back till then stays so."""
        with self._database.read() as connection:
            check_facts(connection)
        for share, stage in enumerate((self._versions, self._tiles, self._patches, self._shrink)):
            if self._watch is not None:
                self._watch.progress(share / 4)
            stage()
        self._database.truncate_log()
        return GcReport(**self._counts)

    def _slices(self, work: Callable[[Connection, float], bool]) -> None:
        """Call `work` in transactions, each with the moment when it should end, until it says that all is done."""
        done = False
        while not done:
            if self._watch is not None:
                self._watch.raise_if_cancelled()
            with self._database.sweep() as connection:
                done = work(connection, time.monotonic() + SLICE)

    def _versions(self) -> None:
        self._slices(self._collect_versions)

    def _collect_versions(self, connection: Connection, end: float) -> bool:
        self._work_out(connection)
        for some in _batches(self._doomed, end):
            connection.execute(_COLLECTED.insert(), [collected_row(number, self._now) for number in some])
            self._counts["versions"] += len(some)
            self._doomed = self._doomed[len(some) :]
        connection.execute(_DROP_MANIFESTS)
        return not self._doomed

    def _work_out(self, connection: Connection) -> None:
        """Which versions can go. The same as in the transaction before if no other connection has written since."""
        seen = connection.connection.driver_connection, _pragma(connection, "data_version")
        if seen != self._seen:
            kept = reachable(connection, self._since)
            # The newest first: what is not collected yet always has its whole line.
            numbers = connection.execute(_NOT_COLLECTED.order_by(VersionRow.number.desc())).scalars()
            self._seen, self._doomed = seen, [number for number in numbers if number not in kept]

    def _tiles(self) -> None:
        used = UsedTiles()
        with self._database.read() as connection:
            used.update(connection)
            victims = used.without(_tiles_parts_first(connection))

        def drop(connection: Connection, end: float) -> bool:
            nonlocal victims
            used.update(connection)
            victims = used.without(victims)
            for some in _batches(victims.tolist(), end):
                self._counts["tiles"] += connection.execute(_DROP_TILES, {"ids": some}).rowcount
                victims = victims[len(some) :]
            return not victims.size

        self._slices(drop)

    def _patches(self) -> None:
        self._slices(self._drop_patches)

    def _drop_patches(self, connection: Connection, end: float) -> bool:
        names = connection.execute(unneeded_patches(self._since)).scalars().all()
        left = len(names)
        for some in _batches(names, end):
            rows = connection.execute(select(_PATCH).where(_PATCH.c.attempt_id.in_(some))).mappings().all()
            connection.execute(_DROP_PIXELS, [self._without_pixels(dict(row)) for row in rows])
            self._counts["patches"] += len(rows)
            left -= len(some)
        return not left

    def _without_pixels(self, row: dict[str, Any]) -> dict[str, Any]:
        left = row | {"pixels": None, "collected": self._now}
        return {"which": row["attempt_id"], "now": self._now, "made": content_seal(_PATCH, left)}

    def _shrink(self) -> None:
        self._slices(self._give_back_pages)

    def _give_back_pages(self, connection: Connection, end: float) -> bool:
        size, before = _pragma(connection, "page_size"), _pragma(connection, "page_count")
        count, free = before, _pragma(connection, "freelist_count")
        while free:
            # It takes one step for each page, and only the driver's own cursor takes them all.
            connection.connection.cursor().execute(f"PRAGMA incremental_vacuum({_PAGES})").fetchall()
            last, count, free = count, _pragma(connection, "page_count"), _pragma(connection, "freelist_count")
            # A file that something else made may not be able to give pages back.
            if last == count or time.monotonic() >= end:
                break
        self._counts["bytes"] += (before - count) * size
        return not free or before == count


def _batches(values: Sequence[T], end: float) -> Iterator[Sequence[T]]:
    """The first batch, whatever the time, and more until `end`: some is done every time."""
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]
        if time.monotonic() >= end:
            return


def _tiles_parts_first(connection: Connection) -> NDArray[np.int64]:
    """All tiles, parts before full ones: a part whose key has gone must never be found by its hash."""
    rows = connection.execute(text("SELECT id FROM tile ORDER BY key_id IS NULL, id")).scalars().all()
    return np.array(rows, np.int64)


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
