"""The project file: how it is opened, and its read and write transactions."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError

from retouch.errors import DamagedError, StoreError
from retouch.store.project_file import Access, admit, find_access, newer, not_a_project
from retouch.store.schema import APPLICATION_ID, SCHEMA_VERSION, Base

BUSY_SECONDS = 10.0
"""How long a writer waits for another one before it gives up."""


class Database:
    """Transactions on one project file: `write` (durable), `relaxed` (survives a kill, not a power cut), `read`.

    Safe to use from several threads; within a process writers queue on a lock, between processes on SQLite's.
    """

    def __init__(self, path: Path, access: Access) -> None:
        self.path = path
        self.readonly = access.readonly
        self._access = access
        self._writing = threading.Lock()
        self._reader = self._engine("BEGIN", "FULL", query_only=True)
        self._writer = self._engine("BEGIN IMMEDIATE", "FULL")
        self._relaxed = self._engine("BEGIN IMMEDIATE", "NORMAL")

    @classmethod
    def open(cls, path: Path, *, create: bool, readonly: bool) -> Database:
        """Open the project at `path`, or make one there where `create` allows it.

        UsageError if there is none or the file is something else, NewerSchemaError if a newer Retouch wrote it; in
        both cases the file is not touched.
        """
        admit(path, create=create)
        database = cls(path, find_access(path, create=create, readonly=readonly))
        try:
            database._prepare(create)
        except BaseException:
            database.close()
            raise
        return database

    def close(self) -> None:
        for engine in (self._reader, self._relaxed, self._writer):
            engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view; it never blocks a writer. Keep it short: a long one keeps the log from shrinking."""
        with translated(self.path), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is on disk when the block ends, or not at all if it raises."""
        with self._writing_with(self._writer) as connection:
            yield connection

    @contextmanager
    def relaxed(self) -> Iterator[Connection]:
        """Like `write` without waiting for the disk; for heartbeats and progress, which a power cut may take."""
        with self._writing_with(self._relaxed) as connection:
            yield connection

    @contextmanager
    def _writing_with(self, engine: Engine) -> Iterator[Connection]:
        if self.readonly:
            raise StoreError(
                f"{self.path} can only be read here", hint="copy it to a place where you may write, or open it there"
            )
        with self._writing, translated(self.path), engine.begin() as connection:
            yield connection

    def _engine(self, begin: str, synchronous: str, query_only: bool = False) -> Engine:
        engine = create_engine("sqlite://", creator=self._creator(synchronous, query_only), poolclass=QueuePool)

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            # The driver would put off BEGIN until the first change, and such a reader cannot wait to become a writer.
            connection.exec_driver_sql(begin)

        return engine

    def _creator(self, synchronous: str, query_only: bool) -> Callable[[], sqlite3.Connection]:
        cache = 16 if query_only else 64

        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(
                self._access.uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.execute(f"PRAGMA synchronous={synchronous}")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.execute(f"PRAGMA cache_size=-{cache * 1024}")
            connection.execute(f"PRAGMA query_only={int(query_only)}")
            if not query_only and not self.readonly:
                # Only a file that is being made takes it; giving space back later would mean rewriting everything.
                connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
            return connection

        return connect

    def _prepare(self, create: bool) -> None:
        with translated(self.path), self._reader.connect() as connection:
            application, version = _identity(connection)
            blank = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one() == 0
        if blank and create:
            self._create()
        elif application != APPLICATION_ID:
            raise not_a_project(self.path)
        elif version > SCHEMA_VERSION:
            raise newer(self.path, version)
        if not self.readonly:
            self._switch_to_wal()

    def _create(self) -> None:
        """Make all tables in one transaction, before WAL is on: a reader of the bare file sees all of it or nothing."""
        with self.write() as connection:
            if _identity(connection)[0] == APPLICATION_ID:
                return
            Base.metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")

    def _switch_to_wal(self) -> None:
        """Readers then never wait for a writer. SQLite does not queue for this switch, so it is asked again."""
        deadline = time.monotonic() + BUSY_SECONDS
        connection = self._creator("FULL", False)()
        try:
            while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                if _try_wal(connection) or time.monotonic() < deadline:
                    continue
                raise StoreError(f"{self.path} is kept busy by another program; close it and try again")
        finally:
            connection.close()


def _try_wal(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError:
        time.sleep(0.01)
        return False
    return True


def _identity(connection: Connection) -> tuple[int, int]:
    application = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    return int(application), int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the database's own errors into ours, each saying what can be done."""
    try:
        yield
    except DBAPIError as error:
        raise _translate(path, str(error.orig)) from error
    except sqlite3.Error as error:
        raise _translate(path, str(error)) from error


def _translate(path: Path, reason: str) -> StoreError:
    lowered = reason.lower()
    if "locked" in lowered or "busy" in lowered:
        return StoreError(f"{path} was kept busy by another program for {BUSY_SECONDS:.0f} s; nothing was changed")
    if "full" in lowered:
        return StoreError(f"{path}: the disk is full; nothing was changed", hint="free some space and repeat")
    if "unable to open" in lowered:
        return StoreError(
            f"{path} cannot be opened: {reason}", hint="copy it and its -wal file to a place you may write"
        )
    if "malformed" in lowered or "not a database" in lowered:
        return DamagedError(f"{path} is damaged: {reason}", hint="restore a backup of the file")
    return StoreError(f"{path} cannot be used: {reason}; nothing was changed")
