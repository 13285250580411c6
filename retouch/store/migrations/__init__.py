"""Migrations: one module for each step from a schema to the next, run inside the caller's write transaction.

A step only adds tables and columns: to make a table anew would copy gigabytes of pixels. It names columns itself
instead of importing them from the schema, which moves on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from retouch.store.migrations import schema_2
from retouch.store.schema import SCHEMA_VERSION

STEPS: Mapping[int, Callable[[Connection], None]] = {1: schema_2.upgrade}
"""The step that leads on from each schema there was."""


def migrate(connection: Connection, found: int) -> None:
    """Bring a file of schema `found` to the present one; all of it happens in the transaction, or nothing."""
    for version in range(found, SCHEMA_VERSION):
        STEPS[version](connection)
    connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")
