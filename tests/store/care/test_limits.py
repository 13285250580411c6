"""Where a disk, a quota or rights end: a clear error, nothing half done, all that was there readable."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from retouch.errors import StoreError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.store import Store
from retouch.store.care.fsck import check_project
from retouch.store.translation import translate
from retouch.version import VersionKind

# Commits noise under a limit on the size of files until that is refused; says the ids, then the error.
UNDER_QUOTA = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from retouch.errors import RetouchError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.store import Store
from retouch.version import VersionKind
path = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Store.open(path) as store:
    limit = path.stat().st_size + 400_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    random = np.random.default_rng(1)
    for _ in range(500):
        head = store.branches(1)["main"]
        noise = random.integers(0, 256, (120, 120, 3)).astype(np.uint8)
        patch = Patch(Box(0, 0, 120, 120), noise, np.ones((120, 120), bool))
        try:
            print(store.commit(1, "main", expected=head, change=patch, kind=VersionKind.EDIT).id, flush=True)
        except RetouchError as error:
            print(type(error).__name__, error.message.replace(chr(10), " "), flush=True)
            break
"""


def test_a_quota_is_said_and_what_was_acknowledged_is_there(copy: Path) -> None:
    done = subprocess.run([sys.executable, "-c", UNDER_QUOTA, str(copy)], capture_output=True, text=True, timeout=120)
    *ids, said = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert said.startswith("StoreError") and str(copy) in said and "nothing was changed" in said
    assert len(ids) > 2
    with Store.open(copy) as store:
        assert [version.id for version in store.versions(1)][-len(ids) :] == ids
        assert store.branches(1)["main"] == ids[-1]
        for version in ids:
            store.checkout(version)
    assert check_project(copy).ok


@pytest.mark.parametrize("operation", ["commit", "gc", "import", "comment"])
def test_a_full_disk_during_any_operation_changes_nothing(copy: Path, small: Path, operation: str) -> None:
    with Store.open(copy) as store:
        before = store.branches(1), len(store.versions(1))
        with store._database.write() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        # Every connection that the store has open, or opens, gets the limit.
        creator = store._database._creator

        def limited(*arguments: object, **named: object) -> Callable[[], object]:
            connect = creator(*arguments, **named)  # type: ignore[arg-type]

            def connected() -> object:
                connection = connect()
                connection.execute(f"PRAGMA max_page_count={pages}")
                return connection

            return connected

        store._database._creator = limited  # type: ignore[method-assign, assignment]
        for name, begin in (("_writer", "BEGIN IMMEDIATE"), ("_sweeper", "BEGIN IMMEDIATE")):
            getattr(store._database, name).dispose()
            setattr(store._database, name, store._database._engine(begin, "FULL"))
        noise = np.random.default_rng(2).integers(0, 256, (120, 120, 3)).astype(np.uint8)
        patch = Patch(Box(0, 0, 120, 120), noise, np.ones((120, 120), np.bool_))
        work: dict[str, Callable[[], object]] = {
            "commit": lambda: store.commit(1, "main", expected=before[0]["main"], change=patch, kind=VersionKind.EDIT),
            "gc": lambda: store.gc(keep_days=0),
            "import": lambda: store.import_picture(
                patch.apply(store.checkout(before[0]["main"])), name="new", source=None, author="me"
            ),
            "comment": lambda: store.comment(before[0]["main"], "long " * 5000, "me"),
        }
        if operation == "gc":
            # Giving back needs no new pages: it works on a full disk.
            work[operation]()
        else:
            with pytest.raises(StoreError, match="disk is full; nothing was changed"):
                work[operation]()
        assert (store.branches(1), len(store.versions(1))) == before
    assert check_project(copy).ok


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere; told by os.access below")
def test_rights_that_the_system_keeps(copy: Path) -> None:
    copy.chmod(stat.S_IRUSR)
    copy.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with Store.open(copy) as store:
            assert store.readonly and store.fsck().ok
    finally:
        copy.parent.chmod(stat.S_IRWXU)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_may_not_be_written_is_read_and_says_so(copy: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    barred = copy if what == "file" else copy.parent
    monkeypatch.setattr(os, "access", lambda place, mode: mode != os.W_OK or Path(place) != barred)
    with Store.open(copy) as store:
        version = store.versions(1)[0].id
        asked: list[Callable[[], object]] = [
            lambda: store.comment(version, "x", "me"),
            lambda: store.mark(version, "accepted", author="me"),
            lambda: store.create_branch(1, "x", version, author="me"),
            lambda: store.gc(),
            lambda: store.import_bundle(copy),
        ]
        for ask in asked:
            with pytest.raises(StoreError, match="can only be read here"):
                ask()
        assert store.checkout(version).pixels.shape == (130, 140, 3)
        assert store.fsck().ok


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("database is locked", "kept busy by another program"),
        ("database or disk is full", "the disk is full"),
        ("disk I/O error", "cannot be written"),
        ("attempt to write a readonly database", "may not be written"),
        ("database disk image is malformed", "is damaged"),
        ("unable to open database file", "cannot be opened"),
        ("something else", "something else"),
    ],
)
def test_the_errors_of_the_database_are_told_in_our_words(tmp_path: Path, reason: str, said: str) -> None:
    error = translate(tmp_path / "page.retouch", OSError(reason))
    assert said in error.message and "page.retouch" in error.message
