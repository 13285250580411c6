"""All stored pixels compared with their hashes: tiles, what travels with pictures, and the tables of versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row

from retouch.errors import DamagedError
from retouch.protocols import Watch
from retouch.store.care.care import Damage
from retouch.store.care.fact_check import readable_rows
from retouch.store.care.facts import problem
from retouch.store.pixels import manifest, tiles
from retouch.store.pixels.grid import Grid
from retouch.store.pixels.manifest import Ids
from retouch.store.pixels.merkle import HASH, pixels_hash, root_hash
from retouch.store.pixels.metadata import metadata_hash
from retouch.store.schema import ManifestRow, MetadataRow, TileRow
from retouch.store.sealing import table_of
from retouch.store.translation import UNREADABLE, told

_TILE = table_of(TileRow)
_MANIFEST = table_of(ManifestRow)
_METADATA = table_of(MetadataRow)

_TOGETHER = 64
"""Tiles that are unpacked at a time."""


class PixelCheck:
    """`versions` are the rows of the versions by number, `collected` the numbers of those without pixels; `tiles` then
    counts the tiles that were checked."""

    def __init__(
        self,
        connection: Connection,
        versions: Mapping[int, Mapping[str, Any]],
        collected: set[int],
        watch: Watch | None,
    ) -> None:
        self._connection = connection
        self._versions = versions
        self._collected = collected
        self._watch = watch
        self._hashes: dict[int, bytes] = {}
        self._parts: dict[int, set[int]] = defaultdict(set)
        self._bad: dict[int, str] = {}
        self._users: dict[int, list[str]] = defaultdict(list)
        self._damaged: list[Damage] = []
        self.tiles = 0

    def run(self) -> list[Damage]:
        self._check_tiles()
        metadata = self._check_metadata()
        self._check_tables(metadata)
        for tile, reason in sorted(self._bad.items()):
            self._damaged.append(Damage(what=f"tile {tile}: {reason}", versions=tuple(self._users[tile])))
        return self._damaged

    # tiles

    def _check_tiles(self) -> None:
        try:
            ids = list(self._connection.exec_driver_sql("SELECT id FROM tile NOT INDEXED ORDER BY id").scalars())
        except UNREADABLE as error:
            self._damaged.append(Damage(what=f"table tile: {told(error)}"))
            return
        self.tiles = len(ids)
        for start in range(0, len(ids), _TOGETHER):
            if self._watch is not None:
                self._watch.raise_if_cancelled()
                self._watch.progress(start / len(ids))
            some = ids[start : start + _TOGETHER]
            if not self._sound(some):
                for one in some:
                    self._sound([one])

    def _sound(self, ids: list[int]) -> bool:
        """Check some tiles; what is wrong is kept where it is one alone."""
        found: list[tuple[int, str]] = []

        def damage(tile: int, reason: str) -> DamagedError:
            found.append((tile, reason))
            return DamagedError(reason)

        try:
            rows = tiles.rows(self._connection, ids)
            self._note(rows)
            # First the bytes: a tile that says that it is huge must not be unpacked.
            sealed = {i: problem(_TILE, row._asdict()) for i, row in rows.items()}
            found += [(i, reason) for i, reason in sealed.items() if reason is not None]
            tiles.unpack([row for i, row in rows.items() if sealed[i] is None], damage)
        except DamagedError as error:
            # Where the codec itself gave up, it did not say on which tile.
            found = found or [(ids[0], error.message)]
        except UNREADABLE as error:
            found.append((ids[0], told(error)))
        if len(ids) == 1:
            for tile, reason in found:
                self._bad.setdefault(tile, reason)
        return not found

    def _note(self, rows: Mapping[int, Row[Any]]) -> None:
        for i, row in rows.items():
            self._hashes[i] = row.hash
            if row.key_id is not None:
                self._parts[row.key_id].add(i)

    # metadata

    def _check_metadata(self) -> dict[int, bytes]:
        """The hash of each row that is sound."""
        sound: dict[int, bytes] = {}
        for values in readable_rows(self._connection, _METADATA, self._say):
            try:
                fits = metadata_hash(values["data"]) == values["hash"]
            except (UnicodeEncodeError, AttributeError):
                fits = False
            if fits:
                sound[values["id"]] = values["hash"]
                continue
            touched = tuple(row["id"] for row in self._versions.values() if row["metadata_id"] == values["id"])
            self._damaged.append(Damage(what=f"metadata {values['id']} does not match its hash", versions=touched))
        return sound

    # tables of versions

    def _check_tables(self, metadata: Mapping[int, bytes]) -> None:
        keys: dict[int, Ids] = {}
        there: set[int] = set()
        for values in sorted(
            readable_rows(self._connection, _MANIFEST, self._say), key=lambda row: int(row["version"])
        ):
            number = values["version"]
            there.add(number)
            try:
                ids = self._ids(values, keys)
            except DamagedError as error:
                self._damaged.append(Damage(what=error.message, versions=self._named(number)))
                continue
            if number in self._versions and number not in self._collected:
                self._check_version(self._versions[number], ids, metadata)
        for number in sorted(set(self._versions) - self._collected - there):
            self._damaged.append(
                Damage(what=f"the tile table of version number {number} is missing", versions=self._named(number))
            )

    def _ids(self, values: Mapping[str, Any], keys: dict[int, Ids]) -> Ids:
        reason = problem(_MANIFEST, values)
        if reason is not None:
            raise DamagedError(reason)
        if values["key"] is None:
            keys[values["version"]] = ids = np.frombuffer(values["data"], "<u4").astype(np.uint32)
            return ids
        if values["key"] not in keys:
            whole = f"the whole one of version number {values['key']}, which is not sound"
            raise DamagedError(f"the tile table of version number {values['version']} is kept against {whole}")
        return manifest.apply(values["data"], keys[values["key"]])

    def _check_version(self, facts: Mapping[str, Any], ids: Ids, metadata: Mapping[int, bytes]) -> None:
        wanted = set(ids.tolist())
        for tile in wanted - self._hashes.keys() - self._bad.keys():
            self._bad[tile] = "it is missing"
        spoilt = {tile for tile in self._bad if tile in wanted or not wanted.isdisjoint(self._parts[tile])}
        for tile in spoilt:
            self._users[tile].append(facts["id"])
        if spoilt or facts["metadata_id"] not in metadata:
            return
        grid = Grid(facts["width"], facts["height"], facts["channels"], facts["depth"])
        hashes = np.frombuffer(b"".join(self._hashes[i] for i in ids.tolist()), np.uint8).reshape(-1, HASH)
        if root_hash(pixels_hash(grid, hashes), metadata[facts["metadata_id"]]) != facts["root"]:
            what = f"the tile table of version {facts['id']} does not match its hash"
            self._damaged.append(Damage(what=what, versions=(facts["id"],)))

    def _named(self, number: int) -> tuple[str, ...]:
        return (self._versions[number]["id"],) if number in self._versions else ()

    def _say(self, what: str) -> None:
        self._damaged.append(Damage(what=what))
