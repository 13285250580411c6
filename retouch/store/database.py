"""The project file: how it is opened, and its read and write transactions."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

from retouch.errors import StoreError
from retouch.store.care.backup import copy_project
from retouch.store.care.upgrade import upgrade
from retouch.store.first_bytes import hold, let_go
from retouch.store.mounts import MOUNT_TABLE, network_kind
from retouch.store.project_file import Access, admit, find_access, newer, not_a_project
from retouch.store.schema import APPLICATION_ID, SCHEMA_VERSION, Base
from retouch.store.translation import BUSY_SECONDS, translated


class Database:
    """Transactions on one project file: `write` (durable), `relaxed` (survives a kill, not a power cut), `read`.

    Safe to use from several threads; within a process writers queue on a lock, between processes on SQLite's.
    `warnings` are sentences about how the file was opened that a person should see.
    """

    def __init__(self, path: Path, access: Access, network: str | None = None) -> None:
        self.path = path
        self.readonly = access.readonly
        self.warnings: tuple[str, ...] = ()
        self._access = access
        self._network = network
        self._copy: TemporaryDirectory[str] | None = None
        self._writing = threading.Lock()
        self._looking = threading.Lock()
        self._onlooker: sqlite3.Connection | None = None
        self._held = path.resolve()
        hold(self._held)
        self._closed = False
        # Where a journal is removed to commit, only EXTRA waits until its removal, too, is on disk.
        durable = "FULL" if network is None else "EXTRA"
        self._reader = self._engine("BEGIN", "FULL", query_only=True)
        self._writer = self._engine("BEGIN IMMEDIATE", durable)
        self._relaxed = self._engine("BEGIN IMMEDIATE", "NORMAL")
        # For every row that goes, the database would look through all tiles for one that refers to it.
        self._sweeper = self._engine("BEGIN IMMEDIATE", durable, foreign_keys=False)

    @classmethod
    def open(cls, path: Path, *, create: bool, readonly: bool, mounts: Path = MOUNT_TABLE) -> Database:
        """Open the project at `path`, or make one there where `create` allows it.

        A file of an older schema is brought to the present one, after a copy of it was laid beside it; where it may
        not be written, a temporary copy is brought there and read. UsageError if there is no file or it is something
        else, NewerSchemaError if a newer Retouch wrote it; in both cases it is not touched.
        """
        admit(path, create=create)
        database = cls(path, find_access(path, create=create, readonly=readonly), network_kind(path, mounts))
        try:
            database._prepare(create)
        except BaseException:
            database.close()
            raise
        return database

    @property
    def uri(self) -> str:
        """The address by which SQLite opens the file."""
        return self._access.uri

    def close(self) -> None:
        for engine in (self._reader, self._relaxed, self._sweeper, self._writer):
            engine.dispose()
        with self._looking:
            if self._onlooker is not None:
                self._onlooker.close()
                self._onlooker = None
        if not self._closed:
            self._closed = True
            let_go(self._held)
        if self._copy is not None:
            self._copy.cleanup()

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
    def sweep(self) -> Iterator[Connection]:
        """Like `write` without the database's check of references; for the collection, which makes its own."""
        with self._writing_with(self._sweeper) as connection:
            yield connection

    def pulse(self) -> int:
        """A number that is another one after any transaction of anyone, in this process or another, has ended.

        SQLite tells it of what other connections wrote, so the one that is asked never writes. StoreError once the
        file is closed.
        """
        with self._looking, translated(self.path):
            if self._closed:
                raise StoreError(f"{self.path} is closed")
            if self._onlooker is None:
                self._onlooker = self._creator("FULL", True)()
            return int(self._onlooker.execute("PRAGMA data_version").fetchone()[0])

    def truncate_log(self) -> None:
        """Bring the log into the file and empty it, if no reader is in the way; the file then has its size."""
        with translated(self.path), closing(self._creator("FULL", False)()) as connection:
            connection.execute("PRAGMA busy_timeout=0")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def _writing_with(self, engine: Engine) -> Iterator[Connection]:
        if self.readonly:
            raise StoreError(
                f"{self.path} can only be read here", hint="copy it to a place where you may write, or open it there"
            )
        with self._writing, translated(self.path), engine.begin() as connection:
            yield connection

    def _engine(self, begin: str, synchronous: str, query_only: bool = False, foreign_keys: bool = True) -> Engine:
        creator = self._creator(synchronous, query_only, foreign_keys)
        engine = create_engine("sqlite://", creator=creator, poolclass=QueuePool)

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            # The driver would put off BEGIN until the first change, and such a reader cannot wait to become a writer.
            driver = connection.connection.dbapi_connection
            if driver is not None:
                driver.cursor().execute(begin)

        return engine

    def _creator(
        self, synchronous: str, query_only: bool, foreign_keys: bool = True
    ) -> Callable[[], sqlite3.Connection]:
        # What is read is read once, and memory that is touched for the first time costs as much as reading again.
        cache = 2 if query_only else 64

        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(
                self._access.uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.execute(f"PRAGMA synchronous={synchronous}")
            connection.execute(f"PRAGMA foreign_keys={int(foreign_keys)}")
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
            self._choose_journal()
        if not blank and version < SCHEMA_VERSION:
            self._bring_up()

    def _bring_up(self) -> None:
        if self.readonly:
            self._read_upgraded_copy()
            return
        with self.write() as connection:
            said = upgrade(connection, self.path, self.uri)
        # Connections that prepared statements for the old tables are let go.
        self._reader.dispose()
        self.warnings += said

    def _read_upgraded_copy(self) -> None:
        """An old file that may not be written is read from a temporary copy that was brought to this schema."""
        self._copy = TemporaryDirectory(prefix="retouch-")
        place = Path(self._copy.name) / "copy.retouch"
        copy_project(self.uri, place)
        own = Database(place, find_access(place, create=False, readonly=False))
        try:
            with own.write() as connection:
                upgrade(connection, place, None)
        finally:
            own.close()
        self._reader.dispose()
        self._access = find_access(place, create=False, readonly=True)
        self.warnings += (f"{self.path} is of an older Retouch and may not be written: a temporary copy is read",)

    def _create(self) -> None:
        """Make all tables in one transaction, before WAL is on: a reader of the bare file sees all of it or nothing."""
        with self.write() as connection:
            if _identity(connection)[0] == APPLICATION_ID:
                return
            Base.metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
            connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")

    def _choose_journal(self) -> None:
        """WAL, so that readers never wait for a writer; on a network file system a journal that is safe there."""
        wanted = "wal" if self._network is None else "delete"
        if self._network is not None:
            self.warnings += (
                f"{self.path} lies on a network file system ({self._network}): it is kept safe by a slower journal, "
                "and readers and writers wait for each other",
            )
        # A change of the journal needs the file for itself, so the connections of the start are let go.
        self._reader.dispose()
        self._writer.dispose()
        deadline = time.monotonic() + BUSY_SECONDS
        with translated(self.path), closing(self._creator("FULL", False)()) as connection:
            # SQLite does not queue for the change, so it is asked again.
            while connection.execute("PRAGMA journal_mode").fetchone()[0] != wanted:
                if not _try_journal(connection, wanted) and time.monotonic() >= deadline:
                    raise StoreError(f"{self.path} is kept busy by another program; close it and try again")


def _try_journal(connection: sqlite3.Connection, wanted: str) -> bool:
    try:
        connection.execute(f"PRAGMA journal_mode={wanted}")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error) and "busy" not in str(error):
            raise
        time.sleep(0.01)
        return False
    return True


def _identity(connection: Connection) -> tuple[int, int]:
    application = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    return int(application), int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
