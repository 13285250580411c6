"""Seals: every row carries a hash of its own values, so that a changed byte is noticed when the row is read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Row, Table

from retouch.errors import DamagedError
from retouch.store.canonical import seal
from retouch.store.schema import Base


def table_of(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


@cache
def sealed_columns(model: type[Base]) -> tuple[str, ...]:
    """The columns that a row's seal covers: all but itself, blobs with a hash of their own, and a number that the
    database gives."""
    table = table_of(model)
    given = table.autoincrement_column
    return tuple(
        c.name for c in table.columns if c.name != "seal" and c is not given and c.info.get("sealed", True) is True
    )


def sealed(model: type[Base], **values: Any) -> dict[str, Any]:
    """`values` of a new row of `model` with its seal; every sealed column must be there."""
    return values | {"seal": seal(table_of(model).name, *(values[name] for name in sealed_columns(model)))}


def check(model: type[Base], row: Row[Any] | Mapping[str, Any], what: str) -> Mapping[str, Any]:
    """The row as a mapping; DamagedError, saying `what` it is, if its values do not match its seal."""
    values = row._mapping if isinstance(row, Row) else row
    if seal(table_of(model).name, *(values[name] for name in sealed_columns(model))) != values["seal"]:
        raise DamagedError(f"the stored facts of {what} do not match their hash", hint="run `retouch fsck` on the file")
    return values  # type: ignore[return-value]
