"""Upgrades: a file of the first schema opens with all that was in it, and is kept as it was beside itself."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from retouch.errors import CollectedError, DamagedError, LeaseError, StoreError
from retouch.geometry import Box
from retouch.store import Store, migrations
from retouch.store.care import backup
from retouch.store.care.fsck import check_project
from retouch.store.migrations import schema_2
from retouch.store.runs.lease import new_owner
from retouch.store.schema import SCHEMA_VERSION, Base
from retouch.version import VersionKind

FIXTURES = Path(__file__).parent.parent / "fixtures"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return Path(shutil.copy(FIXTURES / "schema-1.retouch", tmp_path / "page.retouch"))


@pytest.fixture(scope="module")
def facts() -> Any:
    return json.loads((FIXTURES / "schema-1.json").read_text(encoding="utf-8"))


def _described(maker: ModuleType, store: Store) -> Any:
    return json.loads(json.dumps(maker.described(store)))


def _schema(path: Path) -> int:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_every_fact_and_pixel_survives(old: Path, maker: ModuleType, facts: Any) -> None:
    assert (_schema(old), SCHEMA_VERSION) == (1, 2)
    with Store.open(old) as store:
        assert _described(maker, store) == facts
        assert store.fsck().ok
        (said,) = store.warnings
        assert "page.retouch.schema-1" in said
    assert _schema(old) == SCHEMA_VERSION
    with Store.open(old) as store:
        assert store.warnings == ()


def test_an_upgraded_file_has_the_tables_of_a_new_one(old: Path, tmp_path: Path) -> None:
    Store.open(old).close()
    Store.open(tmp_path / "new.retouch", create=True).close()
    with closing(sqlite3.connect(old)) as upgraded, closing(sqlite3.connect(tmp_path / "new.retouch")) as new:
        for table in Base.metadata.sorted_tables:
            columns = [
                {row[1:] for row in file.execute(f"PRAGMA table_info({table.name})")} for file in (upgraded, new)
            ]
            # The place of a column may differ: upgrades add at the end.
            assert columns[0] == columns[1], table.name
            keys = [file.execute(f"PRAGMA foreign_key_list({table.name})").fetchall() for file in (upgraded, new)]
            assert keys[0] == keys[1], table.name
        indexes = [
            set(file.execute("SELECT name FROM sqlite_master WHERE type='index'").fetchall())
            for file in (upgraded, new)
        ]
        assert indexes[0] == indexes[1]


def test_the_file_as_it_was_lies_beside_it(old: Path, maker: ModuleType, facts: Any) -> None:
    Store.open(old).close()
    kept = old.with_name("page.retouch.schema-1")
    assert _schema(kept) == 1
    assert sorted(p.name for p in old.parent.iterdir()) == ["page.retouch", "page.retouch.schema-1"]
    again = Path(shutil.copy(kept, old.with_name("again.retouch")))
    with Store.open(again) as store:
        assert _described(maker, store) == facts


def test_an_earlier_copy_is_never_written_over(old: Path) -> None:
    earlier = old.with_name("page.retouch.schema-1")
    earlier.write_bytes(b"of another day")
    Store.open(old).close()
    assert earlier.read_bytes() == b"of another day"
    assert _schema(old.with_name("page.retouch.schema-1-2")) == 1


def test_an_upgraded_file_is_worked_with(old: Path, maker: ModuleType) -> None:
    with Store.open(old) as store:
        document = store.document("page").id
        head = store.branches(document)["main"]
        patch = maker.patch(Box(120, 120, 20, 20), store.checkout(head), 5)
        made = store.commit(document, "main", expected=head, change=patch, kind=VersionKind.EDIT)
        store.mark(made.id, "accepted", author="me")
        assert store.claim(store.runs()[0].id).alive
        collected = store.gc(keep_days=0)
        assert collected.versions > 0 and collected.tiles > 0
        assert store.fsck().ok
        gone = [v.id for v in store.versions(document) if _is_gone(store, v.id)]
        assert len(gone) == collected.versions == store.stats()["collected"]
    assert check_project(old).ok


def _is_gone(store: Store, version: str) -> bool:
    try:
        store.checkout(version)
    except CollectedError:
        return True
    return False


def test_an_upgrade_that_breaks_off_leaves_the_old_file(
    old: Path, monkeypatch: pytest.MonkeyPatch, maker: ModuleType, facts: Any
) -> None:
    def broken(connection: Any, table: Any) -> None:
        raise OSError("the power is gone")

    for _ in range(3):
        with monkeypatch.context() as patched:
            patched.setattr(schema_2, "_fill", broken)
            with pytest.raises(OSError, match="power"):
                Store.open(old)
        assert _schema(old) == 1
        # The copy of the first try serves the next ones.
        assert [p.name for p in old.parent.iterdir() if "schema" in p.name] == ["page.retouch.schema-1"]
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name='mark'").fetchone() == (0,)
    with Store.open(old) as store:
        assert _described(maker, store) == facts


def test_without_a_copy_there_is_no_upgrade(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(place: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_synchronise", full)
    with pytest.raises(StoreError, match="No space left"):
        Store.open(old)
    assert _schema(old) == 1
    assert [p.name for p in old.parent.iterdir() if "schema" in p.name or "part" in p.name] == []


def test_an_old_file_that_may_not_be_written_is_read(
    old: Path, maker: ModuleType, facts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda place, mode: mode != os.W_OK or "retouch-" in str(place))
    before = {p.name: p.read_bytes() for p in old.parent.iterdir()}
    with Store.open(old) as store:
        assert store.readonly and store.path == old
        assert "temporary copy" in store.warnings[0]
        assert _described(maker, store) == facts
        assert store._database._copy is not None
        place = Path(store._database._copy.name)
        with pytest.raises(StoreError, match="can only be read"):
            store.comment(store.versions(1)[0].id, "x", "y")
    assert {p.name: p.read_bytes() for p in old.parent.iterdir()} == before
    assert not place.exists()


def test_a_run_of_an_older_retouch_that_is_at_work_is_left_alone(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        (run,) = connection.execute("SELECT id FROM run").fetchone()
        connection.execute("INSERT INTO lease VALUES (?, ?, ?)", (run, new_owner(), time.time() + 60))
        connection.commit()
    with pytest.raises(LeaseError, match=run):
        Store.open(old)
    assert _schema(old) == 1


def test_a_schema_that_never_was_is_damage(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("PRAGMA user_version=0")
    with pytest.raises(DamagedError, match="schema 0"):
        Store.open(old)
    assert not check_project(old).ok


def test_every_schema_there_was_has_its_step() -> None:
    assert sorted(migrations.STEPS) == list(range(1, SCHEMA_VERSION))


def test_an_old_file_is_checked_without_being_changed(old: Path) -> None:
    before = old.read_bytes()
    report = check_project(old)
    assert report.ok and report.checked == {"tiles": 44, "versions": 41}
    assert old.read_bytes() == before
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("UPDATE tile SET data=zeroblob(9) WHERE id=3")
        connection.commit()
    (damage,) = check_project(old).damaged
    assert damage.what.startswith("tile 3:") and damage.versions


def test_one_of_many_upgrades_and_the_others_wait_for_it(old: Path, facts: Any) -> None:
    said: list[tuple[str, ...]] = []
    errors: list[BaseException] = []

    def open_it() -> None:
        try:
            with Store.open(old) as store:
                assert len(store.versions(1)) == len(facts["documents"][0]["versions"])
                said.append(store.warnings)
        except BaseException as error:  # a thread's assertion must reach the test
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(len(warnings) for warnings in said) == [0, 0, 0, 0, 1]
    assert [p.name for p in old.parent.iterdir() if "schema" in p.name] == ["page.retouch.schema-1"]
