"""Statements that are written once and used often: compiled once in a process, then given to the driver as they are.

What SQLAlchemy does for each statement it executes costs more than what SQLite does for most of ours: a commit needs
fourteen, and they took a fifth of its time (measured). The text still comes from SQLAlchemy's own compiler; what is
executed here once in a while goes its ordinary way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple

from sqlalchemy import Connection, Delete, Insert, Select, Table, Update, insert
from sqlalchemy.dialects.sqlite import dialect

_DIALECT = dialect(paramstyle="qmark")


class Statement:
    """One statement with bound values by name; where one is an expanding `IN`, a list is given for it.

    Rows are named tuples of what the driver gives: columns of numbers, text and bytes need no more. Errors are the
    driver's, see `translation`."""

    def __init__(self, clause: Select[Any] | Insert | Update | Delete, columns: Sequence[str] | None = None) -> None:
        """`columns` are those that an insert fills."""
        self._clause = clause
        self._columns = columns

    def all(self, connection: Connection, **values: Any) -> list[Any]:
        """All rows."""
        return list(map(self._row, self._execute(connection, values)))

    def tuples(self, connection: Connection, **values: Any) -> Iterator[tuple[Any, ...]]:
        """All rows, one after the other and without names, which counts where there are 10,000."""
        return self._execute(connection, values)

    def first(self, connection: Connection, **values: Any) -> Any | None:
        """The first row, None if there is none."""
        row = self._execute(connection, values).fetchone()
        return None if row is None else self._row(row)

    def scalar(self, connection: Connection, **values: Any) -> Any | None:
        """The first column of the first row, None if there is none."""
        row = self._execute(connection, values).fetchone()
        return None if row is None else row[0]

    def run(self, connection: Connection, **values: Any) -> int:
        """How many rows were changed."""
        return self._execute(connection, values).rowcount

    def run_many(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Once for each of `rows`."""
        text, names, _ = self._compiled
        _driver(connection).executemany(text, [[row[name] for name in names] for row in rows])

    def _execute(self, connection: Connection, values: Mapping[str, Any]) -> sqlite3.Cursor:
        text, names, many = self._compiled
        if many is None:
            return _driver(connection).execute(text, [values[name] for name in names])
        return _driver(connection).execute(text.replace(many, ",".join("?" * len(values[names[0]]))), values[names[0]])

    @cached_property
    def _compiled(self) -> tuple[str, list[str], str | None]:
        """The text, the names of its values in order, and what stands for the values of an `IN`."""
        compiled = self._clause.compile(dialect=_DIALECT, column_keys=self._columns)
        names = list(compiled.positiontup or ())
        many = next((name for name in names if compiled.binds[name].expanding), None)
        if many is not None and len(names) > 1:
            raise TypeError(f"an IN must be the only value of a statement, found {names}")
        return str(compiled), names, None if many is None else f"__[POSTCOMPILE_{many}]"

    @cached_property
    def _row(self) -> Callable[[Iterable[Any]], Any]:
        names = self._clause.selected_columns.keys() if isinstance(self._clause, Select) else ()
        return _named(*names)


def insert_row(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Write a row of all columns but a number that the database gives."""
    insertion(table).run(connection, **row)


@cache
def insertion(table: Table) -> Statement:
    """The insert of a row as `insert_row` takes it."""
    given = table.autoincrement_column
    return Statement(insert(table), [column.name for column in table.columns if column is not given])


def _named(*names: str) -> Callable[[Iterable[Any]], Any]:
    """Makes named tuples with these names."""
    kind: Any = NamedTuple("Row", [(name, Any) for name in names])  # type: ignore[misc]
    make: Callable[[Iterable[Any]], Any] = kind._make
    return make


def _driver(connection: Connection) -> sqlite3.Connection:
    driver = connection.connection.dbapi_connection
    if not isinstance(driver, sqlite3.Connection):
        raise TypeError(f"the connection is {type(driver)}, expected SQLite's")
    return driver
