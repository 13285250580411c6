"""Network file systems: told from the table of mounts, and then another journal, with a word to the person."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Metadata, Picture
from retouch.store import Store
from retouch.store.clock import utc_now
from retouch.store.database import Database
from retouch.store.mounts import network_kind
from retouch.version import VersionKind

LINE = "36 35 98:0 / {place} rw,noatime master:1 - {kind} {device} rw,errors=continue\n"


def _table(tmp_path: Path, *mounts: tuple[str, str]) -> Path:
    table = tmp_path / "mountinfo"
    lines = [LINE.format(place=place.replace(" ", "\\040"), kind=kind, device="dev") for place, kind in mounts]
    table.write_text("".join(lines), encoding="utf-8")
    return table


@pytest.mark.parametrize(
    "kind", ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.rclone", "ceph", "lustre", "virtiofs"]
)
def test_network_kinds_are_known(tmp_path: Path, kind: str) -> None:
    table = _table(tmp_path, ("/", "ext4"), (str(tmp_path), kind))
    assert network_kind(tmp_path / "page.retouch", table) == kind


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "fuseblk", "fuse.portal", "zfs", "vfat"])
def test_local_kinds_are_none(tmp_path: Path, kind: str) -> None:
    assert network_kind(tmp_path / "page.retouch", _table(tmp_path, ("/", "nfs4"), (str(tmp_path), kind))) is None


def test_the_nearest_mount_counts_and_the_last_of_one_place(tmp_path: Path) -> None:
    inner = tmp_path / "a b"
    inner.mkdir()
    table = _table(tmp_path, ("/", "ext4"), (str(inner), "ext4"), (str(inner), "nfs4"), (str(tmp_path / "a"), "xfs"))
    assert network_kind(inner / "x.retouch", table) == "nfs4"
    assert network_kind(tmp_path / "x.retouch", table) is None
    link = tmp_path / "link"
    link.symlink_to(inner)
    assert network_kind(link / "x.retouch", table) == "nfs4"


def test_without_a_table_every_file_is_local(tmp_path: Path) -> None:
    assert network_kind(tmp_path / "x.retouch", tmp_path / "none") is None
    (tmp_path / "odd").write_text("nothing like it\n\n - \n", encoding="utf-8")
    assert network_kind(tmp_path / "x.retouch", tmp_path / "odd") is None


def _journal(path: Path) -> tuple[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    return mode, path.read_bytes()[18]


def test_on_a_network_the_journal_is_another_one_and_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "page.retouch"
    away = _table(tmp_path, (str(tmp_path), "nfs4"))
    page = Picture(np.zeros((40, 40, 3), np.uint8), Metadata())
    patch = Patch(Box(1, 1, 5, 5), np.full((5, 5, 3), 9, np.uint8), np.ones((5, 5), np.bool_))

    def opened(mounts: Path) -> Store:
        return Store(Database.open(path, create=True, readonly=False, mounts=mounts), utc_now)

    with opened(away) as store:
        (said,) = store.warnings
        assert "network file system (nfs4)" in said
        first = store.import_picture(page, name="page", source=None, author="me")
        with opened(away) as other:
            made = other.commit(1, "main", expected=first.id, change=patch, kind=VersionKind.EDIT)
        assert store.checkout(made.id).same_pixels(patch.apply(page))
        with store._database.write() as connection:
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 3
        assert not Path(f"{path}-wal").exists()
        assert store.gc(keep_days=0).versions == 0
        assert store.fsck().ok
    assert _journal(path) == ("delete", 1)
    with opened(_table(tmp_path, (str(tmp_path), "ext4"))) as store:
        assert store.warnings == ()
        store.comment(first.id, "here", "me")
    assert _journal(path) == ("wal", 2)
    with opened(_table(tmp_path, (str(tmp_path), "nfs4"))) as store:
        assert [comment.text for comment in store.comments(first.id)] == ["here"]
    assert _journal(path) == ("delete", 1)


def test_an_old_file_is_upgraded_on_a_network_without_the_log(tmp_path: Path) -> None:
    path = tmp_path / "page.retouch"
    path.write_bytes((Path(__file__).parent.parent / "fixtures" / "schema-1.retouch").read_bytes())
    away = _table(tmp_path, (str(tmp_path), "cifs"))
    with Store(Database.open(path, create=False, readonly=False, mounts=away), utc_now) as store:
        assert ["network" in said for said in store.warnings] == [True, False]
        assert "schema-1" in store.warnings[1]
        assert store.fsck().ok
    assert _journal(path) == ("delete", 1)
    assert _journal(path.with_name("page.retouch.schema-1")) == ("delete", 1)
