"""Schema 1 to 2: marks, versions whose pixels were given back, and seals on the rows that had none."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    bindparam,
    delete,
    select,
    update,
)

from retouch.store.sealing import content_seal

_BATCH = 100
_SEAL = 32

_tables = MetaData()
_LEASE = Table("lease", _tables, Column("run_id", String(64), primary_key=True))
_MANIFEST = Table(
    "manifest",
    _tables,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("key", Integer),
    Column("since_key", SmallInteger),
    Column("data", LargeBinary),
    Column("seal", LargeBinary(_SEAL)),
)
_PATCH = Table(
    "patch",
    _tables,
    Column("attempt_id", String(255), primary_key=True),
    Column("mask", LargeBinary),
    Column("pixels", LargeBinary),
    Column("collected", String(32)),
    Column("seal", LargeBinary(_SEAL)),
)


def upgrade(connection: Connection) -> None:
    """The tiles themselves are left alone; those of schema 1 have no seal."""
    # Loaded here because hardly any start needs it.
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    operations = Operations(MigrationContext.configure(connection))
    for table in ("tile", "manifest", "lease", "patch"):
        operations.add_column(table, Column("seal", LargeBinary(_SEAL)))
    operations.add_column("patch", Column("collected", String(32)))
    operations.create_table("collected", *_collected())
    operations.create_table("mark", *_mark())
    operations.create_index("ix_mark_version", "mark", ["version"])
    # Nobody is at work, or the upgrade would not have come so far.
    connection.execute(delete(_LEASE))
    for rows in (_MANIFEST, _PATCH):
        _fill(connection, rows)


def _collected() -> list[Column[Any]]:
    return [
        Column("version", Integer, ForeignKey("version.number"), primary_key=True, autoincrement=False),
        Column("created", String(32), nullable=False),
        Column("seal", LargeBinary(_SEAL), nullable=False),
    ]


def _mark() -> list[Column[Any]]:
    return [
        Column("id", Integer, primary_key=True),
        Column("version", String(64), ForeignKey("version.id"), nullable=False),
        Column("opinion", String(16), nullable=False),
        Column("reason", Text, nullable=False),
        Column("author", Text, nullable=False),
        Column("created", String(32), nullable=False),
        Column("seal", LargeBinary(_SEAL), nullable=False),
    ]


def _fill(connection: Connection, table: Table) -> None:
    """Seal the rows of `table`, some at a time lest all of them are in memory."""
    key = next(iter(table.primary_key.columns))
    change = update(table).where(key == bindparam("which")).values(seal=bindparam("made"))
    keys = list(connection.execute(select(key)).scalars())
    for start in range(0, len(keys), _BATCH):
        part = connection.execute(select(table).where(key.in_(keys[start : start + _BATCH]))).mappings().all()
        connection.execute(change, [{"which": row[key.name], "made": content_seal(table, dict(row))} for row in part])
