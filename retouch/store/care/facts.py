"""Facts: every table whose rows carry a seal, and whether a row is still what was written.

Rows are taken as the database gives them, without conversion, so that no changed bit is rounded away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Boolean, Connection, Table

from retouch.errors import DamagedError, UsageError
from retouch.store.schema import Base, ManifestRow, PatchRow, TileRow
from retouch.store.sealing import check, check_content, table_of

CONTENT: tuple[Table, ...] = tuple(table_of(model) for model in (TileRow, ManifestRow, PatchRow))
"""Tables that hold packed pixels or ids, under a content seal."""

SEALED: tuple[Table, ...] = tuple(
    table for table in Base.metadata.sorted_tables if "seal" in table.columns and table not in CONTENT
)
"""Tables of facts."""

_DECIDING = ("document", "version", "branch", "tag", "move", "run", "step", "attempt", "judgement", "collected")


def check_facts(connection: Connection) -> None:
    """DamagedError if a fact that decides what is reached is damaged."""
    for table in SEALED:
        if table.name not in _DECIDING:
            continue
        for row in rows(connection, table):
            reason = problem(table, row)
            if reason is not None:
                raise DamagedError(f"{reason}; nothing was given back", hint="`retouch fsck` lists all damage")


def rows(connection: Connection, table: Table, where: str = "") -> Iterator[Mapping[str, Any]]:
    """The rows of a table as they are stored, each with its `rowid`."""
    names = columns(table)
    for row in connection.exec_driver_sql(statement(table) + where):
        yield dict(zip(("rowid", *names), row, strict=True))


@cache
def columns(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)


@cache
def statement(table: Table) -> str:
    """A query for all columns of a table."""
    return "SELECT " + ", ".join(["rowid", *(f'"{name}"' for name in columns(table))]) + f' FROM "{table.name}"'


def problem(table: Table, values: Mapping[str, Any]) -> str | None:
    """What is wrong with a row of a table that has seals, None if it is sound."""
    what = named(table, values)
    if table in CONTENT:
        # Tiles of schema 1 have none; the hash of their pixels watches them.
        if table.name == "tile" and values["seal"] is None:
            return None
        seal: Callable[..., object] = check_content
    else:
        seal = check
    row = [_told(table, name, values[name]) for name in columns(table)]
    try:
        seal(table, row, what)
    except DamagedError as error:
        return error.message
    except UsageError:
        return f"{what} holds a value that cannot have been written"
    return None


def named(table: Table, values: Mapping[str, Any]) -> str:
    """How a report calls a row: its table and its key."""
    keys = [str(values[column.name]) for column in table.primary_key.columns]
    return f"{table.name} {' '.join(keys)}"


def _told(table: Table, name: str, value: Any) -> Any:
    """Truth values are numbers in the file, and only 0 and 1 are any."""
    if isinstance(table.columns[name].type, Boolean) and value in (0, 1):
        return bool(value)
    return value
