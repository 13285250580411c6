"""Transfer: a document with its whole history, from one project file to another, in the other's transaction.

Numbers of rows are given anew, ids of versions and runs stay. A version that is there already is not written again;
where only its pixels were given back they come back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, insert, select, text

from retouch.errors import DamagedError
from retouch.store.care import collected
from retouch.store.care.facts import CONTENT
from retouch.store.care.tile_transfer import TileTransfer
from retouch.store.pixels import manifest, tables
from retouch.store.pixels.manifest import Ids, Manifest
from retouch.store.pixels.metadata import metadata_hash
from retouch.store.schema import (
    AttemptRow,
    BranchRow,
    CollectedRow,
    CommentRow,
    DocumentRow,
    EventRow,
    JudgementRow,
    ManifestRow,
    MarkRow,
    MetadataRow,
    MoveRow,
    PatchRow,
    PlanRow,
    ReplyRow,
    RunRow,
    StepRow,
    TagRow,
    VerdictRow,
    VersionRow,
)
from retouch.store.sealing import check, check_content, content_seal, sealed, table_of
from retouch.store.tree import references
from retouch.store.tree.naming import free_name
from retouch.version import Move

_COLLECTED = table_of(CollectedRow)
_DOCUMENT = table_of(DocumentRow)
_MANIFEST = table_of(ManifestRow)
_METADATA = table_of(MetadataRow)
_MOVE = table_of(MoveRow)
_PATCH = table_of(PatchRow)
_RUN = table_of(RunRow)
_VERSION = table_of(VersionRow)
_BESIDE = (table_of(CommentRow), table_of(MarkRow))
_OF_RUN = (table_of(PlanRow), table_of(StepRow), table_of(AttemptRow), table_of(EventRow))
_OF_ATTEMPT = (table_of(ReplyRow), _PATCH, table_of(JudgementRow), table_of(VerdictRow))

Values = dict[str, Any]


def transfer(source: Connection, target: Connection, document_id: int, created: str) -> int:
    """Copy a document; the number that it has in the target. Everything in `source` must have been checked."""
    return _Transfer(source, target, document_id, created).run()


class _Transfer:
    def __init__(self, source: Connection, target: Connection, document_id: int, created: str) -> None:
        self._source = source
        self._target = target
        self._from = document_id
        self._created = created
        self._versions = _rows(source, _VERSION, _VERSION.c.document_id == document_id)
        self._there = self._known_versions()
        self._tiles = TileTransfer(source, target)
        self._keys: dict[int, tuple[int, Ids, int]] = {}

    def run(self) -> int:
        document, new = self._document()
        gone = {row["version"]: row["created"] for row in _rows(self._source, _COLLECTED)}
        for facts in self._versions:
            self._version(document, facts, gone.get(facts["number"]))
        self._references(document, new)
        self._beside()
        self._runs(document)
        return document

    def _known_versions(self) -> dict[str, Any]:
        query = select(_VERSION.c.id, _VERSION.c.number, _VERSION.c.document_id)
        ids = {facts["id"] for facts in self._versions}
        return {row.id: row for row in self._target.execute(query) if row.id in ids}

    def _document(self) -> tuple[int, bool]:
        """The document in the target, and whether it is new there: one that has a version of this one is the same."""
        for row in self._there.values():
            return int(row.document_id), False
        (facts,) = _rows(self._source, _DOCUMENT, _DOCUMENT.c.id == self._from)
        taken = {document.name for document in references.documents(self._target)}
        name = free_name(facts["name"], taken)
        return references.insert_document(self._target, name, facts["source"], facts["created"]), True

    def _version(self, document: int, facts: Values, gone: str | None) -> None:
        known = self._there.get(facts["id"])
        number = known.number if known is not None else self._insert(document, facts)
        if gone is not None:
            if known is None:
                self._target.execute(insert(_COLLECTED), collected.collected_row(number, gone))
            return
        if known is not None and not collected.is_collected(self._target, number):
            return
        key, table = self._table(facts["number"])
        ids = self._tiles.moved(table)
        if known is not None:
            collected.revive(self._target, number, ids)
        else:
            tables.insert_manifest(self._target, number, self._packed(key, number, ids))

    def _insert(self, document: int, facts: Values) -> int:
        (metadata,) = _rows(self._source, _METADATA, _METADATA.c.id == facts["metadata_id"])
        if metadata_hash(metadata["data"]) != metadata["hash"]:
            raise DamagedError(f"what travels with version {facts['id']} does not match its hash")
        values = {name: value for name, value in facts.items() if name not in ("number", "seal")}
        values |= {"document_id": document, "metadata_id": tables.insert_metadata(self._target, metadata["data"]).id}
        self._target.execute(insert(_VERSION), sealed(_VERSION, **values))
        query = select(_VERSION.c.number).where(_VERSION.c.id == facts["id"])
        return int(self._target.execute(query).scalar_one())

    def _table(self, number: int) -> tuple[int, Ids]:
        """The number of the version whose whole table a version is kept against, and its own table."""
        (row,) = _rows(self._source, _MANIFEST, _MANIFEST.c.version == number)
        if row["key"] is None:
            return number, np.frombuffer(row["data"], "<u4").astype(np.uint32)
        return row["key"], manifest.apply(row["data"], self._table(row["key"])[1])

    def _packed(self, key: int, number: int, ids: Ids) -> Manifest:
        """Against the same key version as in the source, or the first that came over of those that share it."""
        packed = manifest.pack_whole(ids)
        if key in self._keys:
            place, whole, since = self._keys[key]
            packed = manifest.pack_against(ids, place, whole, since + 1)
        self._keys[key] = (number, ids, 0) if packed.key is None else (place, whole, packed.since_key)
        return packed

    def _references(self, document: int, new: bool) -> None:
        if new:
            for row in _rows(self._source, _MOVE, _MOVE.c.document_id == self._from):
                self._copy(_MOVE, row | {"document_id": document}, without="id")
        heads, tags = references.branches(self._target, document), references.tags(self._target, document)
        for name, version in references.branches(self._source, self._from).items():
            if new:
                row = sealed(table_of(BranchRow), document_id=document, name=name, version=version)
                self._target.execute(insert(table_of(BranchRow)), row)
            elif heads.get(name) != version:
                self._branch(document, free_name(name, {*heads, *tags}), version)
        for row in _rows(self._source, table_of(TagRow), table_of(TagRow).c.document_id == self._from):
            if tags.get(row["name"]) != row["version"]:
                name = free_name(row["name"], {*references.branches(self._target, document), *tags})
                self._copy(table_of(TagRow), row | {"document_id": document, "name": name})

    def _branch(self, document: int, name: str, version: str) -> None:
        move = Move(branch=name, origin=None, target=version, reason="import", author="import", created=self._created)
        references.create_branch(self._target, document, move)

    def _beside(self) -> None:
        """Comments and marks that are not there yet."""
        ids = [facts["id"] for facts in self._versions]
        for table in _BESIDE:
            there = {_told(row) for row in _rows(self._target, table)}
            for row in _chosen(self._source, table, "version", ids):
                if _told(row) not in there:
                    self._copy(table, row, without="id")

    def _runs(self, document: int) -> None:
        there = set(self._target.execute(select(_RUN.c.id)).scalars())
        for run in _rows(self._source, _RUN, _RUN.c.document_id == self._from):
            if run["id"] in there:
                continue
            self._copy(_RUN, run | {"document_id": document})
            for table in _OF_RUN:
                for row in _rows(self._source, table, table.c.run_id == run["id"]):
                    self._copy(table, row, without="id" if table.name == "event" else None)
            attempts = select(AttemptRow.id).where(AttemptRow.run_id == run["id"])
            for table in _OF_ATTEMPT:
                for row in _rows(self._source, table, table.c.attempt_id.in_(attempts)):
                    self._copy(table, row)

    def _copy(self, table: Table, row: Values, without: str | None = None) -> None:
        values = {name: value for name, value in row.items() if name not in (without, "seal")}
        seal = {"seal": content_seal(table, values)} if table is _PATCH else {}
        self._target.execute(insert(table), values | seal if seal else sealed(table, **values))


def _rows(connection: Connection, table: Table, *where: Any) -> list[Values]:
    """In the order in which they were written, as a row may refer to an earlier one; DamagedError if one is damaged."""
    query = select(table).where(*where).order_by(text(f"{table.name}.rowid"))
    rows = connection.execute(query).all()
    for row in rows:
        if table in CONTENT:
            check_content(table, row, f"a row of table {table.name}")
        elif "seal" in table.columns:
            check(table, row, f"a row of table {table.name}")
    return [dict(row._mapping) for row in rows]


def _chosen(connection: Connection, table: Table, column: str, values: list[str]) -> Iterable[Values]:
    wanted = set(values)
    return (row for row in _rows(connection, table) if row[column] in wanted)


def _told(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a row says, whatever its number."""
    return tuple(value for name, value in row.items() if name not in ("id", "seal"))
