"""Handles on a file that is open stay open; others are closed at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from retouch.store.first_bytes import first_bytes, hold, let_go


def _handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="handles are counted in /proc")


def test_a_file_that_nobody_holds_is_closed(path: Path) -> None:
    path.write_bytes(b"0123456789")
    before = _handles()
    assert [first_bytes(path, 4), first_bytes(path, 99)] == [b"0123", b"0123456789"]
    assert _handles() == before


def test_handles_on_a_held_file_are_few_and_closed_at_the_end(path: Path) -> None:
    before = _handles()
    hold(path)
    hold(path)
    path.write_bytes(b"0123")
    assert [first_bytes(path, 4) for _ in range(5)] == [b"0123"] * 5
    assert _handles() == before + 1
    let_go(path)
    assert _handles() == before + 1
    let_go(path)
    assert _handles() == before


def test_a_file_that_was_replaced_is_read_anew(path: Path) -> None:
    path.write_bytes(b"old")
    hold(path)
    assert first_bytes(path, 3) == b"old"
    other = path.with_name("other")
    other.write_bytes(b"new")
    os.replace(other, path)
    assert first_bytes(path, 3) == b"new"
    let_go(path)


def test_a_file_that_is_not_there_is_an_error(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        first_bytes(path, 3)
