"""Leases: a run is worked on by one owner at a time, who shows by a heartbeat that it lives."""

from __future__ import annotations

import os
import platform
import secrets
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from retouch.store.schema import LeaseRow
from retouch.store.sealing import check, sealed, table_of
from retouch.store.statement import Statement
from retouch.store.tree.refusals import busy

_LEASE = table_of(LeaseRow)
_OWNER = Statement(select(_LEASE).where(_LEASE.c.run_id == bindparam("run")))
_BEAT = update(_LEASE).where(_LEASE.c.run_id == bindparam("run"), _LEASE.c.owner == bindparam("who"))

SECONDS = 60.0
"""How long an owner is believed alive after its last heartbeat."""


def new_owner() -> str:
    """A name for this store in this process: host and process space, process number, a random part."""
    return f"{_place()} {os.getpid()} {secrets.token_hex(4)}"


def alive(connection: Connection, run: str, now: float) -> str | None:
    """The owner of a run that is believed alive, else None."""
    row = _OWNER.first(connection, run=run)
    if row is None:
        return None
    lease = check(_LEASE, row, f"the lease of run {run}")
    return lease["owner"] if believed(lease["owner"], lease["until"], now) else None


def believed(owner: str, until: float, now: float) -> bool:
    """Whether the owner of a lease that runs `until` is believed alive."""
    return until > now and _process_lives(owner)


def take(connection: Connection, run: str, owner: str, now: float) -> None:
    """Make `owner` the run's; LeaseError if another one is alive."""
    require(connection, run, owner, now)
    connection.execute(delete(_LEASE).where(_LEASE.c.run_id == run))
    connection.execute(insert(_LEASE), _row(run, owner, now))


def beat(connection: Connection, run: str, owner: str, now: float) -> None:
    """Stay the owner for another while; LeaseError if another one has taken the run."""
    row = _row(run, owner, now)
    renewed = connection.execute(_BEAT.values(until=row["until"], seal=row["seal"]), {"run": run, "who": owner})
    if renewed.rowcount == 0:
        take(connection, run, owner, now)


def require(connection: Connection, run: str, owner: str, now: float) -> None:
    """LeaseError if somebody else than `owner` is at work on the run."""
    other = alive(connection, run, now)
    if other is not None and other != owner:
        raise busy(run, other, SECONDS)


def release(connection: Connection, owner: str, run: str | None = None) -> None:
    """Give back one run, or all that `owner` holds."""
    query = delete(_LEASE).where(_LEASE.c.owner == owner)
    connection.execute(query if run is None else query.where(_LEASE.c.run_id == run))


def _row(run: str, owner: str, now: float) -> dict[str, Any]:
    return sealed(_LEASE, run_id=run, owner=owner, until=now + SECONDS)


def _place() -> str:
    """Where process numbers mean the same processes as here."""
    space = Path("/proc/self/ns/pid")
    host = platform.node().replace(" ", "-") or "unknown"
    return f"{host}:{os.readlink(space)}" if space.is_symlink() else host


def _process_lives(owner: str) -> bool:
    """False only if the owner's process is known to be gone, so that a killed run can be resumed at once."""
    place, process, _ = owner.rsplit(" ", 2)
    if place != _place() or os.name != "posix":
        return True
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
