"""The project file before it is opened: is it one, may it be written, and by which address SQLite is to open it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from retouch.errors import NewerSchemaError, UnknownNameError, UsageError
from retouch.store.first_bytes import first_bytes
from retouch.store.schema import APPLICATION_ID, SCHEMA_VERSION

MAGIC = b"SQLite format 3\0"
HEADER = 100
# Offsets in SQLite's file header, big-endian 32-bit: https://www.sqlite.org/fileformat2.html section 1.3
_PAGES, _USER_VERSION, _APPLICATION_ID = 28, 60, 68


@dataclass(frozen=True, slots=True)
class Access:
    """`uri` for SQLite; `readonly` if nothing can be written."""

    uri: str
    readonly: bool


def admit(path: Path, *, create: bool) -> None:
    """Refuse what is no project, or a newer one, by its first bytes alone, so that it is not touched in any way."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder; expected a project file such as page.retouch")
    if not path.exists():
        if create:
            return
        raise UnknownNameError(f"there is no project file {path}", hint="`retouch run PICTURE …` makes one")
    header = _header(path)
    if not header and create:
        return
    if header[: len(MAGIC)] != MAGIC:
        raise not_a_project(path)
    # One page holds no table: a creation that was broken off before its first commit, to be done again.
    if create and len(header) == HEADER and _number(header, _PAGES) <= 1 and _number(header, _APPLICATION_ID) == 0:
        return
    # A half-written header is SQLite's to put right when the journal of a broken-off creation lies beside it.
    if not Path(f"{path}-journal").exists() and _number(header, _APPLICATION_ID) != APPLICATION_ID:
        raise not_a_project(path)
    if _number(header, _USER_VERSION) > SCHEMA_VERSION:
        raise newer(path, _number(header, _USER_VERSION))


def find_access(path: Path, *, create: bool, readonly: bool) -> Access:
    """How to open `path`; a file or folder that may not be written is opened for reading."""
    address = path.absolute().as_uri()
    folder = os.access(path.absolute().parent, os.W_OK)
    if not readonly and folder and (os.access(path, os.W_OK) if path.exists() else create):
        return Access(f"{address}?mode={'rwc' if create else 'rw'}", readonly=False)
    if not path.exists():
        raise UsageError(f"cannot make {path}: its folder does not exist or may not be written")
    # Where SQLite cannot put its lock files it needs to be told that nobody writes; if a log lies there, it can.
    log = Path(f"{path}-wal")
    untouchable = not folder and not (log.exists() and log.stat().st_size)
    return Access(f"{address}?mode=ro{'&immutable=1' if untouchable else ''}", readonly=True)


def not_a_project(path: Path) -> UsageError:
    return UsageError(f"{path} is not a Retouch project file", hint="name the .retouch file that a run made")


def newer(path: Path, version: int) -> NewerSchemaError:
    return NewerSchemaError(
        f"{path} was written by a newer Retouch (schema {version}, this one knows {SCHEMA_VERSION}); "
        "it was not touched",
        hint="upgrade Retouch",
    )


def _header(path: Path) -> bytes:
    try:
        return first_bytes(path, HEADER)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error


def _number(header: bytes, offset: int) -> int:
    return int.from_bytes(header[offset : offset + 4], "big")
