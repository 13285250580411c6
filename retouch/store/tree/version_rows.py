"""Version rows: written with their hashes and checked against them when read."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, select

from retouch.errors import DamagedError, StoreError
from retouch.store.pixels.merkle import version_id
from retouch.store.schema import CollectedRow, VersionRow
from retouch.store.sealing import check, check_all, sealed, table_of
from retouch.store.statement import Statement, insert_row
from retouch.store.tree import refusals
from retouch.store.tree.draft import Draft
from retouch.store.tree.version_facts import RECORDED, facts_of, parents_of, record_from, step_record
from retouch.version import VersionRecord

VERSION = table_of(VersionRow)
_COLLECTED = table_of(CollectedRow)

_BY_ID = Statement(select(VERSION).where(VERSION.c.id == bindparam("version")))
_DOCUMENT = Statement(
    select(VERSION.c.document_id, _COLLECTED.c.created)
    .outerjoin(_COLLECTED, _COLLECTED.c.version == VERSION.c.number)
    .where(VERSION.c.id == bindparam("version"))
)
_OF_DOCUMENT = Statement(
    select(VERSION)
    .where(VERSION.c.document_id == bindparam("document"), VERSION.c.number > bindparam("after"))
    .order_by(VERSION.c.number)
)
_NUMBER = VERSION.columns.keys().index("number")
_RECORDED = itemgetter(*(VERSION.columns.keys().index(name) for name in RECORDED))


def load(connection: Connection, version: str) -> Mapping[str, Any]:
    """The checked facts of a version; UnknownNameError if there is no such id."""
    values = _find(connection, version)
    if values is None:
        raise refusals.unknown_version(version)
    return values


def of_document(
    connection: Connection, document_id: int, document: str, after: int = 0
) -> tuple[int, list[VersionRecord]]:
    """The checked records of all versions of a document of that name whose number is above `after`, oldest first, and
    the number of the last one."""
    rows, records = _OF_DOCUMENT.tuples(connection, document=document_id, after=after), []
    with _collector_resting():
        for row in check_all(VERSION, rows, "version", "id"):
            records.append(record_from(document, *_RECORDED(row)))
            after = row[_NUMBER]
    return after, records


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Python's collector of cycles looks through all that lives, again and again, while 10,000 records are made of
    which none is garbage: a third of the time (measured)."""
    working = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if working:
            gc.enable()


def require(connection: Connection, document_id: int, version: str) -> None:
    """UnknownNameError if there is no such version, UsageError if it belongs to another document, CollectedError if its
    pixels were given back: nothing can then be built on it."""
    found = _DOCUMENT.first(connection, version=version)
    if found is None:
        raise refusals.unknown_version(version)
    if found.document_id != document_id:
        raise refusals.foreign_version(version)
    if found.created is not None:
        raise refusals.collected(f"version {version[:12]}", found.created)


def insert_version(connection: Connection, draft: Draft, pixels: Mapping[str, Any], created: str) -> tuple[Any, bool]:
    """Write a version and read it back: its facts, and whether it is new (the very same one may be there already).

    `pixels` are the columns width, height, channels, depth, pixels, root and metadata_id.
    """
    values = facts_of(draft) | dict(pixels) | {"created": created}
    values["id"] = version_id(draft.parents, values["root"], step_record(values))
    there = _find(connection, values["id"])
    if there is not None:
        return there, False
    insert_row(connection, VERSION, sealed(VERSION, **values))
    there = _find(connection, values["id"])
    if there is None:
        raise StoreError(f"version {values['id']} was not read back as it was written; nothing was changed")
    return there, True


def _find(connection: Connection, version: str) -> Mapping[str, Any] | None:
    row = _BY_ID.first(connection, version=version)
    if row is None:
        return None
    values = check(VERSION, row, f"version {version}")
    if version_id(parents_of(values), values["root"], step_record(values)) != version:
        raise DamagedError(f"the stored facts of version {version} do not match its id")
    return values
