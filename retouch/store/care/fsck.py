"""fsck: every byte of a project file that matters is read and compared with its hash; damage is named with the versions
that it touches.

It never writes, and looks at one view of the file while others go on writing.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection

from retouch.errors import NewerSchemaError, StoreError, UnknownNameError, UsageError
from retouch.protocols import Watch
from retouch.store.care.care import Damage, FsckReport
from retouch.store.care.fact_check import FactCheck
from retouch.store.care.pixel_check import PixelCheck
from retouch.store.care.structure_check import header, structure
from retouch.store.database import Database
from retouch.store.first_bytes import first_bytes
from retouch.store.project_file import MAGIC, admit


def check_project(path: Path, watch: Watch | None = None) -> FsckReport:
    """Check the file at `path`, also one that cannot be opened any more.

    UsageError if it is no project file at all, NewerSchemaError if a newer Retouch wrote it. A file of an older schema
    is not changed: a temporary copy is upgraded and checked.
    """
    try:
        admit(path, create=False)
    except (NewerSchemaError, UnknownNameError):
        raise
    except UsageError as error:
        if not _was_project(path):
            raise
        return _report([Damage(what=f"the first bytes of the file are damaged: {error.message}")], 0, 0)
    try:
        database = Database.open(path, create=False, readonly=True)
    except (NewerSchemaError, UsageError):
        raise
    except StoreError as error:
        return _report([Damage(what=error.message)], 0, 0)
    with closing(database):
        return check_database(database, watch)


def check_database(database: Database, watch: Watch | None = None) -> FsckReport:
    """Check a file that is open."""
    try:
        with database.read() as connection:
            return _checked(database.path, connection, watch)
    except StoreError as error:
        return _report([Damage(what=error.message)], 0, 0)


def _checked(path: Path, connection: Connection, watch: Watch | None) -> FsckReport:
    facts = FactCheck(connection)
    damaged = [*header(path), *structure(connection), *facts.run()]
    pixels = PixelCheck(connection, facts.versions, facts.collected, watch)
    damaged += pixels.run()
    return _report(damaged, pixels.tiles, len(facts.versions))


def _report(damaged: list[Damage], tiles: int, versions: int) -> FsckReport:
    return FsckReport(ok=not damaged, checked={"tiles": tiles, "versions": versions}, damaged=tuple(damaged))


def _was_project(path: Path) -> bool:
    """Whether a file that is refused by its first bytes was a project once: nearly the right ones, or our tables."""
    if not path.is_file():
        return False
    start = first_bytes(path, len(MAGIC))
    if start != MAGIC:
        return len(start) == len(MAGIC) and sum(a != b for a, b in zip(start, MAGIC, strict=True)) <= 2
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    except sqlite3.Error:
        return False
    return {"tile", "manifest", "version", "branch"} <= tables
