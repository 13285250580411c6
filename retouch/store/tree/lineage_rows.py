"""Lineages in the database, read in pages of version rows from the newest down."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, bindparam, select

from retouch.errors import DamagedError
from retouch.store.database import Database
from retouch.store.schema import VersionRow
from retouch.store.sealing import table_of
from retouch.store.tree import refusals
from retouch.store.tree.lineage import Ancestor

_FIRST, _LARGEST = 64, 4096
"""Rows of the first page, and of the largest: each page is twice the one before, so that near is cheap and far few."""

_VERSION = table_of(VersionRow)
_PLACES = select(_VERSION.c.id, _VERSION.c.number, _VERSION.c.document_id).where(
    _VERSION.c.id.in_(bindparam("ids", expanding=True))
)
_PAGE = (
    select(_VERSION.c.number, _VERSION.c.id, _VERSION.c.parent, _VERSION.c.other_parent)
    .where(_VERSION.c.document_id == bindparam("document"), _VERSION.c.number <= bindparam("number"))
    .order_by(_VERSION.c.number.desc())
    .limit(bindparam("limit"))
)


def walk(database: Database, heads: tuple[str, ...]) -> Iterator[Ancestor]:
    """See `Versions.lineage`. A version is always written after its parents, so numbers fall along every line.

    The seals of these rows are left to `fsck`, and to whoever reads the version itself.
    """
    document, number = _start(database, heads)
    wanted, limit = set(heads), _FIRST
    while wanted:
        rows = _page(database, document, number, limit)
        if not rows:
            missing = ", ".join(sorted(version[:12] for version in wanted))
            raise DamagedError(f"{database.path}: {missing} should be in document {document}, but is not there")
        for row in rows:
            if row.id in wanted:
                wanted.remove(row.id)
                parents = tuple(p for p in (row.parent, row.other_parent) if p is not None)
                wanted.update(parents)
                yield Ancestor(row.id, parents)
        number, limit = rows[-1].number - 1, min(2 * limit, _LARGEST)


def _start(database: Database, heads: tuple[str, ...]) -> tuple[int, int]:
    """The document of `heads` and the largest number among them."""
    with database.read() as connection:
        found = {row.id: row for row in connection.execute(_PLACES, {"ids": list(heads)})}
    for head in heads:
        if head not in found:
            raise refusals.unknown_version(head)
    documents = {row.document_id for row in found.values()}
    if len(documents) != 1:
        raise refusals.not_together(heads)
    return documents.pop(), max(row.number for row in found.values())


def _page(database: Database, document: int, number: int, limit: int) -> list[Row[Any]]:
    with database.read() as connection:
        keys = {"document": document, "number": number, "limit": limit}
        return list(connection.execute(_PAGE, keys))
