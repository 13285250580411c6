"""Backups and snapshots: whole at every moment, of one view of the file, and never over another file by mistake."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from retouch.errors import CancelledError, StoreError, UsageError
from retouch.geometry import Box
from retouch.store import Store
from retouch.store.care import backup
from retouch.store.care.fsck import check_project
from retouch.version import VersionKind


def test_a_backup_has_everything(copy: Path, tmp_path: Path, everything: Callable[[Store], dict[str, Any]]) -> None:
    target = tmp_path / "backup.retouch"
    with Store.open(copy) as store:
        store.backup(target)
        right = everything(store)
    with Store.open(target) as store:
        assert everything(store) == right
    assert check_project(target).ok
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith((".part", "-journal"))] == []


def test_what_is_there_is_left_alone(copy: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.retouch"
    target.write_bytes(b"mine")
    with Store.open(copy) as store:
        with pytest.raises(UsageError, match="is there already"):
            store.backup(target)
        assert target.read_bytes() == b"mine"
        store.backup(target, replace=True)
        for place, message in ((copy, "is there already"), (tmp_path, "folder"), (tmp_path / "no" / "x", "folder")):
            with pytest.raises(UsageError, match=message):
                store.backup(place, replace=True)
    assert check_project(target).ok


def test_a_backup_beside_a_writer_is_one_moment(copy: Path, tmp_path: Path, maker: ModuleType) -> None:
    """The writer commits between any two pages of the copy."""
    target = tmp_path / "backup.retouch"

    class Writing:
        def __init__(self) -> None:
            self.made: list[str] = []

        def progress(self, fraction: float) -> None:
            head = writer.branches(1)["main"]
            patch = maker.patch(Box(2, 2, 90, 90), writer.checkout(head), len(self.made))
            self.made.append(writer.commit(1, "main", expected=head, change=patch, kind=VersionKind.EDIT).id)

        def raise_if_cancelled(self) -> None:
            pass

    with Store.open(copy) as store, Store.open(copy) as writer:
        before, watch = store.branches(1)["main"], Writing()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(backup, "_PAGES", 7)
            store.backup(target, watch=watch)
        assert len(watch.made) > 5
        assert store.branches(1)["main"] == watch.made[-1]
    with Store.open(target) as store:
        assert store.branches(1)["main"] == before
        assert store.fsck().ok


def test_a_backup_can_be_stopped_and_leaves_nothing(copy: Path, tmp_path: Path) -> None:
    class Stopped:
        def progress(self, fraction: float) -> None:
            pass

        def raise_if_cancelled(self) -> None:
            raise CancelledError("stopped")

    with Store.open(copy) as store, pytest.raises(CancelledError):
        store.backup(tmp_path / "backup.retouch", watch=Stopped())
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith("backup")] == []


def test_a_backup_that_cannot_be_finished_leaves_the_earlier_one(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Path(shutil.copy(copy, tmp_path / "backup.retouch"))
    before = target.read_bytes()

    def full(place: Path) -> None:
        raise OSError(28, "No space left on device")

    with Store.open(copy) as store:
        monkeypatch.setattr(backup, "_synchronise", full)
        with pytest.raises(StoreError, match="cannot be written: No space left"):
            store.backup(target, replace=True)
    assert target.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if p.name.endswith(".part")] == []


def test_threads_back_up_side_by_side(copy: Path, tmp_path: Path) -> None:
    with Store.open(copy) as store:
        targets = [tmp_path / f"{number}.retouch" for number in range(3)]
        threads = [threading.Thread(target=store.backup, args=(target,)) for target in targets]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert all(check_project(target).ok for target in targets)
