"""Upgrades: an older file is brought to the present schema, after a copy of it was laid beside it."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import Connection, text

from retouch.errors import DamagedError
from retouch.store.care.backup import keep_snapshot
from retouch.store.migrations import STEPS, migrate
from retouch.store.runs import lease
from retouch.store.schema import SCHEMA_VERSION
from retouch.store.tree.refusals import busy


def upgrade(connection: Connection, path: Path, uri: str | None) -> tuple[str, ...]:
    """Inside a write transaction, so that nobody adds to the file between the copy and the change.

    `uri` is what the copy is made from; without it none is made. Sentences that a person should see come back; none if
    another process was faster. LeaseError if a run of an older Retouch is at work on the file.
    """
    found = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    if found >= SCHEMA_VERSION:
        return ()
    if found not in STEPS:
        raise DamagedError(f"{path} says that it is of schema {found}, which never was", hint="restore a backup")
    _refuse_live_runs(connection)
    kept = None if uri is None else keep_snapshot(uri, path, found)
    migrate(connection, found)
    if kept is None:
        return ()
    return (f"{path} was brought from schema {found} to {SCHEMA_VERSION}; as it was it is kept in {kept}",)


def _refuse_live_runs(connection: Connection) -> None:
    """The columns by name: this is the lease as every schema had it."""
    now = time.time()
    for row in connection.execute(text("SELECT run_id, owner, until FROM lease")):
        if lease.believed(row.owner, row.until, now):
            raise busy(row.run_id, row.owner, lease.SECONDS)
