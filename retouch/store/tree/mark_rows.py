"""Rows of marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select

from retouch.store.schema import MarkRow, VersionRow
from retouch.store.sealing import check, sealed, table_of
from retouch.store.tree.mark import Mark

_MARK = table_of(MarkRow)
_VERSION = table_of(VersionRow)
_OF_VERSION = select(_MARK).where(_MARK.c.version == bindparam("version")).order_by(_MARK.c.id)
_OF_DOCUMENT = (
    select(_MARK)
    .join(_VERSION, _VERSION.c.id == _MARK.c.version)
    .where(_VERSION.c.document_id == bindparam("document"))
    .order_by(_MARK.c.id)
)


def insert_mark(connection: Connection, mark: Mark) -> None:
    connection.execute(insert(_MARK), sealed(_MARK, **mark.model_dump()))


def marks(connection: Connection, version: str) -> tuple[Mark, ...]:
    """The marks of a version, oldest first."""
    return _records(connection.execute(_OF_VERSION, {"version": version}).all())


def standing(connection: Connection, document_id: int) -> dict[str, Mark]:
    """The mark that counts, by version, of all versions of a document that have one."""
    return {mark.version: mark for mark in _records(connection.execute(_OF_DOCUMENT, {"document": document_id}).all())}


def _records(rows: Sequence[Row[Any]]) -> tuple[Mark, ...]:
    checked = [check(_MARK, row, f"mark {row.id}") for row in rows]
    return tuple(Mark(**{name: row[name] for name in Mark.model_fields}) for row in checked)
