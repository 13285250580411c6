"""Tile tables of versions, read from their manifests and checked against their roots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from retouch.errors import DamagedError
from retouch.store import manifest, tiles, version_rows
from retouch.store.grid import Grid
from retouch.store.manifest import Ids, StoredMetadata, TileTable
from retouch.store.merkle import pixels_hash, root_hash
from retouch.store.metadata import metadata_hash
from retouch.store.schema import MetadataRow, VersionRow


def load_table(connection: Connection, version: str) -> TileTable:
    """The table of a version; DamagedError if its tiles or metadata are not those of its root."""
    facts = version_rows.load(connection, version)
    grid = Grid(facts["width"], facts["height"], facts["channels"], facts["depth"])
    ids, key_ids = _ids(connection, facts, grid)
    table = TileTable(
        id=version,
        number=facts["number"],
        grid=grid,
        ids=ids,
        hashes=tiles.hashes(connection, ids),
        key=facts["key"] or facts["number"],
        key_ids=key_ids,
        since_key=facts["since_key"],
        metadata=_load_metadata(connection, facts["metadata_id"]),
        root=facts["root"],
    )
    if root_hash(pixels_hash(grid, table.hashes), table.metadata.hash) != table.root:
        raise DamagedError(f"the tile table of version {version} does not match its hash")
    return table


def versions_with(connection: Connection, tile: int) -> tuple[str, ...]:
    """The ids of all versions that contain a tile, oldest first; reads every manifest."""
    query = select(VersionRow.number, VersionRow.id, VersionRow.key, VersionRow.manifest).order_by(VersionRow.number)
    keys: dict[int, Ids] = {}
    found: list[str] = []
    for row in connection.execute(query):
        if row.key is None:
            keys[row.number] = ids = np.frombuffer(row.manifest, "<u4").astype(np.uint32)
        else:
            ids = manifest.apply(row.manifest, keys[row.key])
        if (ids == tile).any():
            found.append(row.id)
    return tuple(found)


def _ids(connection: Connection, facts: Mapping[str, Any], grid: Grid) -> tuple[Ids, Ids]:
    data = _manifest(connection, facts["number"])
    if facts["key"] is None:
        ids = manifest.whole(data, grid)
        return ids, ids
    key = manifest.whole(_manifest(connection, facts["key"]), grid)
    return manifest.apply(data, key), key


def _manifest(connection: Connection, number: int) -> bytes:
    data = connection.execute(select(VersionRow.manifest).where(VersionRow.number == number)).scalar_one_or_none()
    if data is None:
        raise DamagedError(f"the tile table of version number {number} is missing")
    return data


def _load_metadata(connection: Connection, number: int) -> StoredMetadata:
    query = select(MetadataRow.hash, MetadataRow.data).where(MetadataRow.id == number)
    row = connection.execute(query).one_or_none()
    if row is None or metadata_hash(row.data) != row.hash:
        raise DamagedError(f"stored metadata {number} is missing or does not match its hash")
    return StoredMetadata(number, row.data, row.hash)
