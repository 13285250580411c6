"""Tile tables of versions in the database, checked against their roots."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, bindparam, select

from retouch.errors import DamagedError
from retouch.store.care.collected import require_kept
from retouch.store.pixels import manifest, tiles
from retouch.store.pixels.grid import Grid
from retouch.store.pixels.manifest import Ids, Manifest, StoredMetadata, TileTable
from retouch.store.pixels.merkle import pixels_hash, root_hash
from retouch.store.pixels.metadata import metadata_hash
from retouch.store.schema import CollectedRow, ManifestRow, MetadataRow, TileRow, VersionRow
from retouch.store.sealing import check_content, content_seal, table_of
from retouch.store.statement import Statement, insert_row
from retouch.store.tree import refusals, version_rows

_MANIFEST = table_of(ManifestRow)
_METADATA = table_of(MetadataRow)
_COLLECTED = table_of(CollectedRow)
_TILE = table_of(TileRow)
_VERSION = table_of(VersionRow)

_ONE = Statement(select(_MANIFEST).where(_MANIFEST.c.version == bindparam("number")))
_SEAL = Statement(select(_MANIFEST.c.seal).where(_MANIFEST.c.version == bindparam("number")))
_ALL = (
    select(_VERSION.c.id, _COLLECTED.c.version.label("gone"), _MANIFEST)
    .join(_MANIFEST, _MANIFEST.c.version == _VERSION.c.number)
    .outerjoin(_COLLECTED, _COLLECTED.c.version == _VERSION.c.number)
    .order_by(_VERSION.c.number)
)
_PARTS = select(_TILE.c.id).where(_TILE.c.key_id == bindparam("key"))
_METADATA_BY_ID = Statement(select(_METADATA).where(_METADATA.c.id == bindparam("number")))
_METADATA_BY_HASH = Statement(select(_METADATA.c.id).where(_METADATA.c.hash == bindparam("hash")))


def load_table(connection: Connection, version: str, near: TileTable | None = None) -> TileTable:
    """The table of a version; DamagedError if its tiles or metadata are not those of its root, CollectedError if its
    pixels were given back. What `near`, a table read before, has in common with it need not be looked up again."""
    facts = version_rows.load(connection, version)
    require_kept(connection, facts["number"], version)
    grid = Grid(facts["width"], facts["height"], facts["channels"], facts["depth"])
    row = _manifest(connection, facts["number"])
    key_ids = manifest.whole((row if row.key is None else _manifest(connection, row.key)).data, grid)
    ids = key_ids if row.key is None else manifest.apply(row.data, key_ids)
    known = (near.ids, near.hashes) if near is not None and near.grid == grid else None
    table = TileTable(
        id=version,
        number=facts["number"],
        grid=grid,
        ids=ids,
        hashes=tiles.hashes(connection, ids, known),
        key=facts["number"] if row.key is None else row.key,
        key_ids=key_ids,
        since_key=row.since_key,
        metadata=_load_metadata(connection, facts["metadata_id"]),
        root=facts["root"],
        seal=row.seal,
    )
    if root_hash(pixels_hash(grid, table.hashes), table.metadata.hash) != table.root:
        raise DamagedError(f"the tile table of version {version} does not match its hash")
    return table


def require_current(connection: Connection, table: TileTable) -> None:
    """CollectedError if a version was given back and came back with other tiles since its table was read."""
    if _SEAL.scalar(connection, number=table.number) != table.seal:
        raise refusals.collected("a version that was just read")


def insert_manifest(connection: Connection, number: int, packed: Manifest) -> None:
    insert_row(connection, _MANIFEST, manifest_row(number, packed))


def manifest_row(number: int, packed: Manifest) -> dict[str, Any]:
    """The sealed row that holds `packed` for the version of that number."""
    values = {"version": number, "key": packed.key, "since_key": packed.since_key, "data": packed.data}
    return values | {"seal": content_seal(_MANIFEST, values)}


def insert_metadata(connection: Connection, text: str) -> StoredMetadata:
    """Write metadata, unless the same is there already."""
    hash_ = metadata_hash(text)
    there = _METADATA_BY_HASH.scalar(connection, hash=hash_)
    if there is None:
        insert_row(connection, _METADATA, {"hash": hash_, "data": text})
        there = _METADATA_BY_HASH.scalar(connection, hash=hash_)
    return StoredMetadata(int(there or 0), text, hash_)


def versions_with(connection: Connection, tile: int) -> tuple[str, ...]:
    """The ids of all versions that need a tile, for itself or as the key of another, oldest first; reads every
    manifest, and passes over those that are damaged themselves."""
    touched = [tile, *connection.execute(_PARTS, {"key": tile}).scalars()]
    keys: dict[int, Ids] = {}
    found: list[str] = []
    for row in connection.execute(_ALL):
        ids = _readable(row, keys)
        if ids is not None and row.gone is None and np.isin(ids, touched).any():
            found.append(row.id)
    return tuple(found)


def _readable(row: Row[Any], keys: dict[int, Ids]) -> Ids | None:
    """The table of a row of `_ALL`, None if it makes no sense; `keys` gathers the whole ones."""
    try:
        if row.key is None:
            keys[row.version] = np.frombuffer(row.data, "<u4").astype(np.uint32)
            return keys[row.version]
        return manifest.apply(row.data, keys[row.key]) if row.key in keys else None
    except (DamagedError, ValueError):
        return None


def _manifest(connection: Connection, number: int) -> Any:
    row = _ONE.first(connection, number=number)
    if row is None:
        raise DamagedError(f"the tile table of version number {number} is missing")
    check_content(_MANIFEST, row, f"the tile table of version number {number}")
    return row


def _load_metadata(connection: Connection, number: int) -> StoredMetadata:
    row = _METADATA_BY_ID.first(connection, number=number)
    if row is None or metadata_hash(row.data) != row.hash:
        raise DamagedError(f"stored metadata {number} is missing or does not match its hash")
    return StoredMetadata(number, row.data, row.hash)
