"""Bundles: a document travels with its whole history, is checked on the way, and is never there twice."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from retouch.errors import CollectedError, DamagedError, UnknownNameError, UsageError
from retouch.geometry import Box
from retouch.store import Store
from retouch.version import VersionKind


@pytest.fixture
def two(tmp_path: Path, maker: ModuleType) -> Path:
    """A project with two documents, branches, runs and 41 versions."""
    path = tmp_path / "two.retouch"
    with Store.open(path, create=True, clock=maker.Clock()) as store:
        maker.fill(store)
        store.mark(store.versions(1)[0].id, "rejected", author="me", reason="blurred")
    return path


def _told(maker: ModuleType, store: Store) -> Any:
    """All that a project tells but numbers of rows, documents and runs by name."""
    told = json.loads(json.dumps(maker.described(store)))
    for document in told["documents"]:
        document["marks"] = sorted(str(mark) for mark in store.standing_marks(document["record"].pop("id")).values())
    for run in told["runs"]:
        run["record"].pop("document_id")
        run["events"] = [event for _, event in run["events"]]
    told["documents"].sort(key=lambda document: document["record"]["name"])
    return told


def test_all_documents_go_over_one_by_one(two: Path, tmp_path: Path, maker: ModuleType) -> None:
    with Store.open(two) as store:
        right = _told(maker, store)
        store.export_bundle(tmp_path / "page.retouch", 1)
        store.export_bundle(tmp_path / "alpha.retouch", 2)
    with Store.open(tmp_path / "other.retouch", create=True) as other:
        assert [d.name for d in other.import_bundle(tmp_path / "alpha.retouch")] == ["alpha"]
        assert [d.name for d in other.import_bundle(tmp_path / "page.retouch")] == ["page"]
        assert _told(maker, other) == right
        assert other.fsck().ok
        stats = other.stats()
        for name in ("page", "alpha"):
            other.import_bundle(tmp_path / f"{name}.retouch")
        assert other.stats() == stats
        assert _told(maker, other) == right


def test_a_bundle_is_a_project(two: Path, tmp_path: Path, maker: ModuleType) -> None:
    with Store.open(two) as store:
        right = _told(maker, store)
        store.export_bundle(tmp_path / "all.retouch")
        with pytest.raises(UsageError, match="is there already"):
            store.export_bundle(tmp_path / "all.retouch")
        with pytest.raises(UnknownNameError, match="number 9"):
            store.export_bundle(tmp_path / "none.retouch", 9)
        store.export_bundle(tmp_path / "alpha.retouch", 2)
    with Store.open(tmp_path / "all.retouch") as bundle:
        assert _told(maker, bundle) == right
        assert bundle.fsck().ok
        partial = bundle.stats()["partial"]
    with Store.open(two) as store:
        assert store.stats()["partial"] == partial > 0
    with Store.open(tmp_path / "alpha.retouch") as bundle:
        assert [d.name for d in bundle.documents()] == ["alpha"]
        assert bundle.stats()["tiles"] == 2
    assert not (tmp_path / "none.retouch").exists()


def test_taken_names_get_a_number(two: Path, tmp_path: Path, maker: ModuleType) -> None:
    with Store.open(two) as store:
        store.export_bundle(tmp_path / "all.retouch")
    with Store.open(tmp_path / "other.retouch", create=True) as other:
        mine = other.import_picture(maker.picture(9, 9, 3, 8, maker.Metadata()), name="page", source=None, author="me")
        names = {document.name for document in other.import_bundle(tmp_path / "all.retouch")}
        assert names == {"page-2", "alpha"}
        assert other.branches(1) == {"main": mine.id}
        assert other.document("page-2").source == "page.png"


def test_two_lines_of_one_document_come_together(two: Path, tmp_path: Path, maker: ModuleType) -> None:
    with Store.open(two) as store:
        store.export_bundle(tmp_path / "away.retouch", 1)
        start = store.branches(1)["main"]

    def edit(path: Path, seed: int) -> str:
        with Store.open(path) as store:
            patch = maker.patch(Box(20, 20, 30, 30), store.checkout(start), seed)
            made = store.commit(1, "main", expected=start, change=patch, kind=VersionKind.EDIT, message=str(seed))
            store.create_tag(1, "latest", made.id, author="me")
            return made.id

    here, there = edit(two, 1), edit(tmp_path / "away.retouch", 2)
    with Store.open(tmp_path / "away.retouch") as store:
        right = store.checkout(there)
    with Store.open(two) as store:
        count = len(store.versions(1))
        (document,) = store.import_bundle(tmp_path / "away.retouch")
        assert (document.id, document.name) == (1, "page")
        assert len(store.versions(1)) == count + 1
        assert store.branches(1) | {} == store.branches(1) | {"main": here, "main-2": there}
        assert store.tags(1)["latest"] == here and store.tags(1)["latest-2"] == there
        assert store.moves(1)[-1].reason == "import"
        assert store.checkout(there).same_pixels(right)
        assert store.fsck().ok


def test_a_bundle_brings_back_what_was_given_back(two: Path, tmp_path: Path) -> None:
    with Store.open(two) as store:
        pictures = {version.id: store.checkout(version.id) for version in store.versions(1)}
        store.export_bundle(tmp_path / "page.retouch", 1)
        assert store.gc(keep_days=0).versions > 0
        gone = [version for version in pictures if _is_gone(store, version)]
        assert gone
        store.import_bundle(tmp_path / "page.retouch")
        for version, picture in pictures.items():
            assert store.checkout(version).same_pixels(picture)
        assert store.fsck().ok
        assert store.stats()["collected"] == 0


def _is_gone(store: Store, version: str) -> bool:
    try:
        store.checkout(version)
    except CollectedError:
        return True
    return False


def test_what_was_given_back_is_not_there_after_the_journey_either(two: Path, tmp_path: Path) -> None:
    with Store.open(two) as store:
        store.gc(keep_days=0)
        gone = [version.id for version in store.versions(1) if _is_gone(store, version.id)]
        store.export_bundle(tmp_path / "page.retouch", 1)
    with Store.open(tmp_path / "page.retouch") as bundle:
        assert [version.id for version in bundle.versions(1) if _is_gone(bundle, version.id)] == gone != []
        assert bundle.fsck().ok


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE tile SET data=zeroblob(length(data)) WHERE id=2",
        "UPDATE version SET message='other' WHERE number=3",
        "UPDATE metadata SET data='{}' WHERE id=1",
        "UPDATE comment SET text='other'",
        "DELETE FROM move WHERE id=4",
    ],
)
def test_a_damaged_bundle_changes_nothing(two: Path, tmp_path: Path, damage: str) -> None:
    with Store.open(two) as store:
        store.export_bundle(tmp_path / "page.retouch", 1)
    with closing(sqlite3.connect(tmp_path / "page.retouch")) as connection:
        connection.execute(damage)
        connection.commit()
    with Store.open(tmp_path / "other.retouch", create=True) as other:
        before = {name: count for name, count in other.stats().items() if name != "bytes"}
        with pytest.raises(DamagedError, match="nothing was taken from it"):
            other.import_bundle(tmp_path / "page.retouch")
        assert {name: count for name, count in other.stats().items() if name != "bytes"} == before


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE tile SET data=zeroblob(length(data)) WHERE id=2",
        "UPDATE version SET message='other' WHERE number=3",
        "UPDATE branch SET version=(SELECT id FROM version WHERE number=1) WHERE name='main'",
        "UPDATE reply SET cost='{}'",
    ],
)
def test_damage_is_not_exported(two: Path, tmp_path: Path, damage: str) -> None:
    with closing(sqlite3.connect(two)) as connection:
        connection.execute(damage)
        connection.commit()
    with Store.open(two) as store, pytest.raises(DamagedError):
        store.export_bundle(tmp_path / "page.retouch", 1)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith("page")] == []
