"""The file: what is refused, what can be read, and that nothing acknowledged is lost."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from retouch.errors import NewerSchemaError, StoreError, UnknownNameError, UsageError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.store import Store
from retouch.store.schema import APPLICATION_ID, SCHEMA_VERSION
from retouch.version import VersionKind, VersionRecord

# Commits edits to a branch for ever (or N of them) and says each one's id when it is acknowledged.
WRITER = """
import sys
from pathlib import Path
import numpy as np
from retouch.errors import ConflictError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.store import Store
from retouch.version import VersionKind
path, branch, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
random = np.random.default_rng(seed)
store = Store.open(Path(path))
done = 0
while done != count:
    head = store.branches(1)[branch]
    box = Box(int(random.integers(0, 200)), int(random.integers(0, 100)), 90, 90)
    patch = Patch(box, random.integers(0, 256, (90, 90, 3)).astype(np.uint8), np.ones((90, 90), np.bool_))
    try:
        made = store.commit(1, branch, expected=head, change=patch, kind=VersionKind.EDIT)
    except ConflictError:
        continue
    done += 1
    print(made.id, flush=True)
store.close()
"""


def _writer(path: Path, branch: str, count: int, seed: int) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", WRITER, str(path), branch, str(count), str(seed)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def _identity(path: Path) -> tuple[int, int, str]:
    with closing(sqlite3.connect(path)) as connection:
        pragmas = ("application_id", "user_version", "journal_mode")
        found = [connection.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in pragmas]
        return found[0], found[1], found[2]


def test_a_new_project_says_what_it_is(store: Store, path: Path) -> None:
    assert _identity(path) == (APPLICATION_ID, SCHEMA_VERSION, "wal")
    assert store.documents() == ()
    with pytest.raises(UnknownNameError, match="documents: none"):
        store.document()


def test_a_project_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="there is no project file"):
        Store.open(tmp_path / "nothing.retouch")
    with pytest.raises(UsageError, match="folder"):
        Store.open(tmp_path / "no" / "such.retouch", create=True)
    with pytest.raises(UsageError, match="is a folder"):
        Store.open(tmp_path, create=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("create", [False, True])
@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + bytes(200), b"text", b"SQLite format 3\0"])
def test_another_file_is_refused_and_left_alone(path: Path, content: bytes, create: bool) -> None:
    path.write_bytes(content)
    with pytest.raises(UsageError, match="is not a Retouch project file"):
        Store.open(path, create=create)
    assert path.read_bytes() == content
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("create", [False, True])
def test_a_foreign_database_is_refused_and_left_alone(path: Path, create: bool) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    content = path.read_bytes()
    with pytest.raises(UsageError, match="is not a Retouch project file"):
        Store.open(path, create=create)
    assert path.read_bytes() == content


def test_a_newer_file_is_refused_and_left_alone(path: Path) -> None:
    Store.open(path, create=True).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    content = path.read_bytes()
    with pytest.raises(NewerSchemaError, match="newer Retouch"):
        Store.open(path)
    assert path.read_bytes() == content


def test_a_project_can_be_opened_for_reading(store: Store, path: Path, imported: VersionRecord, page: Picture) -> None:
    with Store.open(path, readonly=True) as reader:
        assert reader.readonly
        assert reader.checkout(imported.id).same_pixels(page)
        with pytest.raises(StoreError, match="can only be read"):
            reader.comment(imported.id, "x", "y")


def test_a_folder_that_may_not_be_written_is_read(
    path: Path, store: Store, imported: VersionRecord, page: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    # What os.access says is all that decides; root could write anywhere, so it is told here.
    monkeypatch.setattr(os, "access", lambda place, mode: mode != os.W_OK)
    before = sorted(p.name for p in path.parent.iterdir())
    with Store.open(path) as reader:
        assert reader.readonly
        assert reader.checkout(imported.id).same_pixels(page)
        assert sorted(p.name for p in path.parent.iterdir()) == before


def test_a_reader_sees_a_whole_commit_or_none(store: Store, path: Path, imported: VersionRecord, document: int) -> None:
    patch = Patch(Box(0, 0, 9, 9), np.zeros((9, 9, 3), np.uint8), np.ones((9, 9), np.bool_))
    with Store.open(path, readonly=True) as reader, reader._database.read() as view:
        before = view.exec_driver_sql("SELECT count(*) FROM version").scalar()
        made = store.commit(document, "main", expected=imported.id, change=patch, kind=VersionKind.EDIT)
        assert view.exec_driver_sql("SELECT count(*) FROM version").scalar() == before
        assert store.branches(document) == {"main": made.id}
    with Store.open(path) as fresh:
        assert fresh.branches(document) == {"main": made.id}


def test_a_transaction_that_fails_leaves_nothing(store: Store, imported: VersionRecord) -> None:
    before = store.stats()["versions"]
    with pytest.raises(ZeroDivisionError), store._database.write() as connection:
        connection.exec_driver_sql("UPDATE branch SET name='lost'")
        raise ZeroDivisionError
    assert store.branches(1) == {"main": imported.id}
    assert store.stats()["versions"] == before


def test_a_full_disk_is_said_and_loses_nothing(
    store: Store, path: Path, imported: VersionRecord, page: Picture
) -> None:
    with store._database.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 4}")
    random = np.random.default_rng(5)
    large = Patch(
        Box(0, 0, 300, 200), random.integers(0, 256, (200, 300, 3)).astype(np.uint8), np.ones((200, 300), bool)
    )
    with pytest.raises(StoreError, match="disk is full"):
        store.commit(1, "main", expected=imported.id, change=large, kind=VersionKind.EDIT)
    with Store.open(path) as fresh:
        assert fresh.branches(1) == {"main": imported.id}
        assert fresh.checkout(imported.id).same_pixels(page)
        fresh.commit(1, "main", expected=imported.id, change=large, kind=VersionKind.EDIT)


@pytest.mark.parametrize("acknowledged", [1, 4, 9])
def test_a_killed_process_loses_no_acknowledged_commit(
    store: Store, path: Path, imported: VersionRecord, document: int, acknowledged: int
) -> None:
    writer = _writer(path, "main", -1, acknowledged)
    assert writer.stdout is not None
    ids = [writer.stdout.readline().strip() for _ in range(acknowledged)]
    writer.send_signal(signal.SIGKILL)
    ids += writer.communicate(timeout=60)[0].split()
    with Store.open(path) as fresh:
        known = [version.id for version in fresh.versions(document)]
        assert set(ids) <= set(known)
        for version in known:
            fresh.checkout(version)
        assert fresh.branches(document)["main"] == known[-1]
        assert len(known) <= len(ids) + 2
