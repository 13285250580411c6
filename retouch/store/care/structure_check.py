"""What the database itself can tell about its file: pages, indexes, references, and that all tables are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Table

from retouch.store.care.care import Damage
from retouch.store.first_bytes import first_bytes
from retouch.store.project_file import HEADER
from retouch.store.schema import Base
from retouch.store.translation import UNREADABLE, told

_LISTED = 100


def header(path: Path) -> Iterator[Damage]:
    """The bytes at the beginning that never change: https://www.sqlite.org/fileformat2.html section 1.3."""
    start = first_bytes(path, HEADER)
    sound = {18: (1, 2), 19: (1, 2), 21: (64,), 22: (32,), 23: (32,), 47: (4,), 59: (1,)}
    sound |= {place: (0,) for place in (*range(44, 47), *range(56, 59), *range(72, 92))}
    for place, right in sound.items():
        if len(start) < HEADER or start[place] not in right:
            yield Damage(what=f"the file's header: byte {place} is not one of {right}")


def structure(connection: Connection) -> Iterator[Damage]:
    """Damage that the database finds, without the versions; the hashes tell those."""
    for check in (_pages, _references, _tables, _numbering):
        try:
            yield from check(connection)
        except UNREADABLE as error:
            yield Damage(what=f"the file's structure: {told(error)}")


def _pages(connection: Connection) -> Iterator[Damage]:
    for (line,) in connection.exec_driver_sql(f"PRAGMA integrity_check({_LISTED})"):
        if line != "ok":
            yield Damage(what=f"the file's structure: {' '.join(str(line).split())}")


def _references(connection: Connection) -> Iterator[Damage]:
    for table, rowid, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield Damage(what=f"row {rowid} of table {table} refers to a row of table {parent} that is not there")


def _tables(connection: Connection) -> Iterator[Damage]:
    for table in Base.metadata.sorted_tables:
        there = {name: bool(key) for _, name, _, _, _, key, *_ in _columns(connection, table)}
        wanted = {column.name: column.primary_key for column in table.columns}
        if there != wanted:
            yield Damage(what=f"table {table.name} has the columns {list(there)}, expected {list(wanted)}")


def _columns(connection: Connection, table: Table) -> list[tuple[object, str, object, object, object, int]]:
    return [tuple(row) for row in connection.exec_driver_sql(f'PRAGMA table_info("{table.name}")')]


def _numbering(connection: Connection) -> Iterator[Damage]:
    """Numbers that must never be given twice are kept by the database in a table of its own."""
    kept = dict(tuple(row) for row in connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence"))
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None or not table.dialect_options["sqlite"]["autoincrement"]:
            continue
        last = connection.exec_driver_sql(f'SELECT max("{column.name}") FROM "{table.name}"').scalar()
        if last is not None and not (isinstance(kept.get(table.name), int) and kept[table.name] >= last):
            yield Damage(what=f"the last number of table {table.name} is {last}, noted is {kept.get(table.name)}")
