"""The reference log of one branch, read in pages from its newest move back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from retouch.store.database import Database
from retouch.store.schema import MoveRow
from retouch.store.sealing import check, table_of
from retouch.version import Move

_FIRST, _LARGEST = 16, 1024
"""Moves of the first page, and of the largest; each page is twice the one before."""

_MOVE = table_of(MoveRow)
_PAGE = (
    select(_MOVE)
    .where(
        _MOVE.c.document_id == bindparam("document"),
        _MOVE.c.branch == bindparam("branch"),
        _MOVE.c.id < bindparam("before"),
    )
    .order_by(_MOVE.c.id.desc())
    .limit(bindparam("limit"))
)


def newest_first(database: Database, document: int, branch: str) -> Iterator[Move]:
    """See `Versions.branch_moves`."""
    before, limit = 2**62, _FIRST
    while rows := _page(database, {"document": document, "branch": branch, "before": before, "limit": limit}):
        yield from (Move(**{name: row[name] for name in Move.model_fields}) for row in rows)
        before, limit = rows[-1]["id"], min(2 * limit, _LARGEST)


def _page(database: Database, keys: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    with database.read() as connection:
        return [check(_MOVE, row, f"move {row.id}") for row in connection.execute(_PAGE, keys)]
