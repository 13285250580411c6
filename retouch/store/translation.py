"""The database's own errors, turned into ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from retouch.errors import DamagedError, StoreError

BUSY_SECONDS = 10.0
"""How long a writer waits for another one before it gives up."""


_HINT = "`retouch fsck` says what; restore a backup"

UNREADABLE = (DBAPIError, sqlite3.Error, UnicodeDecodeError)
"""What a read of a damaged file can raise; the last where the driver cannot even tell the database's own words."""


def told(error: BaseException) -> str:
    """What the database said, in words that can be printed."""
    if isinstance(error, UnicodeDecodeError):
        return error.object.decode("utf-8", "replace") if isinstance(error.object, bytes) else str(error)
    return str(error.orig) if isinstance(error, DBAPIError) else str(error)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the database's own errors into ours, each saying what can be done."""
    try:
        yield
    except DBAPIError as error:
        raise translate(path, error.orig) from error
    except sqlite3.Error as error:
        raise translate(path, error) from error
    except UnicodeDecodeError as error:
        raise DamagedError(f"{path} is damaged: {told(error)}", hint=_HINT) from error


def translate(path: Path, error: BaseException | None) -> StoreError:
    reason = str(error)
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
        return DamagedError(f"{path} is damaged: {reason}", hint=_HINT)
    if "i/o error" in lowered:
        return StoreError(
            f"{path} cannot be written: {reason}; nothing was changed",
            hint="the disk or a quota may be full, or a file be too large for its file system",
        )
    if "readonly" in lowered:
        return StoreError(f"{path} may not be written: {reason}", hint="copy it to a place where you may write")
    return StoreError(f"{path} cannot be used: {reason}; nothing was changed")
