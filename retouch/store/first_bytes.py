"""The first bytes of a file, read without taking away the locks that SQLite holds on it.

POSIX gives up all locks of a process on a file when it closes any handle of it. A project that is open here would then
look abandoned: the next process to close it takes its log away, and what is written here after that is lost. So as
long as a file is open, handles that were used beside SQLite stay open, too; see "How To Corrupt An SQLite Database",
https://www.sqlite.org/howtocorrupt.html section 2.2.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path

_GUARD = threading.Lock()


@dataclass(slots=True)
class _Held:
    """How often a path is open, and the handles of the files that were read there."""

    count: int = 0
    handles: dict[tuple[int, int], int] = field(default_factory=dict)


_HELD: dict[Path, _Held] = {}


def first_bytes(path: Path, count: int) -> bytes:
    """The first `count` bytes of a file, fewer if it is shorter; OSError if it cannot be read."""
    with _GUARD:
        held = _HELD.get(path.resolve())
        status = path.stat()
        file = status.st_dev, status.st_ino
        known = held.handles.get(file) if held is not None else None
        handle = known if known is not None else os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        if held is not None:
            held.handles[file] = handle
        try:
            os.lseek(handle, 0, os.SEEK_SET)
            return os.read(handle, count)
        finally:
            if held is None:
                os.close(handle)


def hold(path: Path) -> None:
    """SQLite is about to open a file."""
    with _GUARD:
        _HELD.setdefault(path.resolve(), _Held()).count += 1


def let_go(path: Path) -> None:
    """SQLite has closed a file that was held."""
    with _GUARD:
        held = _HELD[path.resolve()]
        held.count -= 1
        if not held.count:
            for handle in held.handles.values():
                os.close(handle)
            del _HELD[path.resolve()]
