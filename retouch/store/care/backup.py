"""Copies of a project file that are whole at every moment: made beside the target, brought to disk, then renamed."""

from __future__ import annotations

import filecmp
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from retouch.errors import StoreError, UsageError
from retouch.protocols import Watch
from retouch.store.translation import translated

_PAGES = 2048
"""Pages (8 MiB) between two reports."""


def copy_project(uri: str, target: Path, watch: Watch | None = None) -> None:
    """Write the database that SQLite opens by `uri` to `target`, as it is now; others may read and write meanwhile.

    A file that is there is replaced in one go. StoreError if it cannot be written; there is then no new file.
    """
    with made_beside(target) as made, translated(target), closing(sqlite3.connect(uri, uri=True)) as source:
        # One view for all of it: without, a commit elsewhere would make the copy begin again.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(made)) as copy:
            source.backup(copy, pages=_PAGES, progress=_reporter(watch))
            # One file that can be read anywhere; whoever opens it for writing chooses the journal anew.
            copy.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def made_beside(target: Path) -> Iterator[Path]:
    """A temporary file that becomes `target`, on disk, if the block ends well, and is removed if it does not."""
    made = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        yield made
        _synchronise(made)
        os.replace(made, target)
        _synchronise(target.parent)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            Path(f"{made}{suffix}").unlink(missing_ok=True)


def refuse_existing(target: Path, source: Path, *, replace: bool) -> None:
    """UsageError if `target` is there and may not be replaced, is the source itself, or has no folder."""
    if target.is_dir():
        raise UsageError(f"{target} is a folder; expected the name of a file")
    if not target.absolute().parent.is_dir():
        raise UsageError(f"cannot make {target}: its folder does not exist")
    if target.exists() and (not replace or target.samefile(source)):
        raise UsageError(f"{target} is there already and was left alone", hint="name another file")


def keep_snapshot(uri: str, path: Path, schema: int) -> Path:
    """A copy of `path` beside it: `page.retouch.schema-1`, where another one has that name `page.retouch.schema-1-2`
    and so on. One with the same bytes, as an upgrade that broke off leaves it, serves as well."""
    first = path.with_name(f"{path.name}.schema-{schema}")
    number, target = 1, first
    earlier: list[Path] = []
    while target.exists():
        earlier.append(target)
        number += 1
        target = first.with_name(f"{first.name}-{number}")
    copy_project(uri, target)
    same = next((kept for kept in earlier if filecmp.cmp(kept, target, shallow=False)), None)
    if same is not None:
        target.unlink()
    return same or target


def _reporter(watch: Watch | None) -> Callable[[int, int, int], None] | None:
    if watch is None:
        return None

    def report(status: int, remaining: int, total: int) -> None:
        watch.raise_if_cancelled()
        watch.progress(1 - remaining / max(total, 1))

    return report


def _synchronise(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
