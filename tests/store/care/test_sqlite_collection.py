"""gc on the project file: beside writers that come between any two of its transactions, and with damage."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from retouch.attempt import StepStatus
from retouch.errors import CancelledError, CollectedError, DamagedError, RetouchError, StoreError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Metadata, Picture
from retouch.store import Store
from retouch.store.care import collection
from retouch.store.care.fsck import check_project
from retouch.version import VersionKind

FULL = np.ones((60, 60), np.bool_)


def _patch(seed: int, x: int = 10, size: int = 60) -> Patch:
    random = np.random.default_rng(seed)
    return Patch(Box(x, 10, size, size), random.integers(0, 256, (size, size, 3)).astype(np.uint8), FULL[:size, :size])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "page.retouch"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """A document of four tiles with six edits, the last four of them rolled back, and three candidates."""
    page = np.random.default_rng(1).integers(0, 256, (200, 200, 3)).astype(np.uint8)
    with Store.open(path, create=True) as opened:
        head = opened.import_picture(Picture(page, Metadata()), name="page", source=None, author="me")
        line = [head]
        for seed in range(6):
            change = _patch(seed, 10 if seed % 2 else 120)
            line.append(opened.commit(1, "main", expected=line[-1].id, change=change, kind=VersionKind.EDIT))
        for seed in range(10, 13):
            opened.candidate(1, parent=line[0].id, patch=_patch(seed))
        opened.move_branch(1, "main", expected=line[-1].id, target=line[2].id, reason="rollback", author="me")
        yield opened


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each transaction of the collection does as little as it can."""
    monkeypatch.setattr(collection, "SLICE", -1.0)
    monkeypatch.setattr(collection, "_BATCH", 1)
    monkeypatch.setattr(collection, "_PAGES", 1)


class Between:
    """A watch that does something between any two transactions."""

    def __init__(self, work: Callable[[int], None]) -> None:
        self.count = 0
        self._work = work

    def progress(self, fraction: float) -> None:
        assert 0 <= fraction <= 1

    def raise_if_cancelled(self) -> None:
        self.count += 1
        self._work(self.count)


def _readable(store: Store) -> dict[str, Picture]:
    """All versions that have pixels, read by a store that has nothing at hand."""
    found = {}
    with Store.open(store.path, readonly=True) as fresh:
        for version in fresh.versions(1):
            try:
                found[version.id] = fresh.checkout(version.id)
            except CollectedError:
                continue
    return found


def test_the_file_shrinks_by_what_is_said(store: Store, path: Path) -> None:
    before, pictures = store.stats(), _readable(store)
    main = [store.resolve(1, f"main~{back}").id for back in range(3)]
    store._database.truncate_log()
    size = path.stat().st_size
    report = store.gc(keep_days=0)
    assert report.versions == before["versions"] - 3 == store.stats()["collected"]
    assert report.tiles == before["tiles"] - store.stats()["tiles"] > 0
    assert report.bytes == size - path.stat().st_size > 0
    assert store.stats()["free"] == 0
    left = _readable(store)
    assert set(left) == set(main)
    assert all(left[version].same_pixels(pictures[version]) for version in main)
    assert check_project(path).ok
    assert store.gc(keep_days=0).model_dump() == dict.fromkeys(("tiles", "bytes", "versions", "patches"), 0)


@pytest.mark.usefixtures("one_by_one")
def test_whatever_is_written_between_two_transactions_is_kept(store: Store, path: Path) -> None:
    """Another process makes again what is being given back: the same pixels, the same candidates, new branches."""
    pictures = _readable(store)
    doomed = [version for version in store.versions(1) if version.kind is VersionKind.CANDIDATE]
    edits = [version.id for version in store.versions(1) if version.kind is VersionKind.EDIT][2:]
    made: dict[str, Picture] = {}
    refused: list[RetouchError] = []

    with Store.open(path) as other:
        for version in pictures:  # all is at hand in the other process, as it would be in one at work
            other.checkout(version)

        def work(count: int) -> None:
            try:
                if count % 4 == 0:
                    version = other.candidate(1, parent=other.branches(1)["main"], patch=_patch(count % 13))
                elif count % 4 == 1:
                    head = other.branches(1)["main"]
                    change = _patch(count % 6, 10 if count % 2 else 120)
                    version = other.commit(1, "main", expected=head, change=change, kind=VersionKind.EDIT)
                elif count % 4 == 2:
                    name = f"kept-{count}"
                    target = edits[count // 4 % len(edits)]
                    other.create_branch(1, name, target, author="me")
                    version = other.version(target)
                else:
                    version = other.candidate(1, parent=doomed[0].parents[0], patch=_patch(10 + count % 3))
            except RetouchError as error:
                refused.append(error)
                return
            made[version.id] = other.checkout(version.id)

        watch = Between(work)
        store.gc(keep_days=0, watch=watch)
        assert watch.count > 12 and len(made) > 6
        assert {type(error) for error in refused} <= {CollectedError}
        for line in other.branches(1).values():
            assert line in _readable(store)
    left = _readable(store)
    for version, picture in left.items():
        assert picture.same_pixels(made.get(version) or pictures[version])
    report = check_project(path)
    assert report.ok, report.damaged


@pytest.mark.usefixtures("one_by_one")
def test_two_collections_at_once_do_no_harm(store: Store, path: Path) -> None:
    kept = {version: _readable(store)[version] for version in (store.resolve(1, f"main~{n}").id for n in range(3))}
    with Store.open(path) as other:
        reports = []

        def work(count: int) -> None:
            if count == 3:
                reports.append(other.gc(keep_days=0))

        mine = store.gc(keep_days=0, watch=Between(work))
        assert mine.versions + reports[0].versions == other.stats()["collected"] == 7
    assert {version: True for version in kept} == {v: kept[v].same_pixels(p) for v, p in _readable(store).items()}
    assert check_project(path).ok


@pytest.mark.usefixtures("one_by_one")
def test_a_collection_that_is_stopped_leaves_a_sound_file(store: Store, path: Path) -> None:
    main = store.branches(1)["main"]
    right = store.checkout(main)
    for after in range(1, 60, 4):

        def stop(count: int, after: int = after) -> None:
            if count > after:
                raise CancelledError("stopped")

        watch = Between(stop)
        try:
            store.gc(keep_days=0, watch=watch)
        except CancelledError:
            assert check_project(path).ok
            assert _readable(store)[main].same_pixels(right)
            continue
        break
    else:
        pytest.fail("the collection never came to its end")
    assert store.stats()["collected"] == 7


def test_a_reader_that_was_there_before_sees_its_view_to_the_end(store: Store, path: Path) -> None:
    with Store.open(path, readonly=True) as reader, reader._database.read() as view:
        tiles = view.exec_driver_sql("SELECT count(*) FROM tile").scalar()
        assert store.gc(keep_days=0).tiles > 0
        assert view.exec_driver_sql("SELECT count(*) FROM tile").scalar() == tiles


def test_nothing_is_built_on_what_is_gone(store: Store) -> None:
    gone = [version for version in store.versions(1) if version.kind is VersionKind.CANDIDATE][0].id
    store.gc(keep_days=0)
    asked: list[Callable[[], object]] = [
        lambda: store.checkout(gone),
        lambda: store.crop(gone, Box(0, 0, 9, 9)),
        lambda: store.create_branch(1, "again", gone, author="me"),
        lambda: store.create_tag(1, "again", gone, author="me"),
        lambda: store.candidate(1, parent=gone, patch=_patch(3)),
        lambda: store.move_branch(
            1, "main", expected=store.branches(1)["main"], target=gone, reason="rollback", author="me"
        ),
    ]
    for ask in asked:
        with pytest.raises(CollectedError, match="given back by `gc` at 2"):
            ask()
    assert store.version(gone).id == gone
    assert store.fsck().ok


def test_a_table_that_others_are_kept_against_stays_with_its_key_tiles(path: Path) -> None:
    """A commit may be made of another version than its parent; then only the table refers to that one."""
    page = np.random.default_rng(1).integers(0, 256, (300, 300, 3)).astype(np.uint8)
    with Store.open(path, create=True) as store:
        first = store.import_picture(Picture(page, Metadata()), name="page", source=None, author="me")
        other = store.import_picture(Picture(255 - page, Metadata()), name="other", source=None, author="me")
        away = store.candidate(2, parent=other.id, patch=_patch(2))
        store.create_branch(2, "away", away.id, author="me")
        for seed in range(40):
            # Past 32 versions a table of the branch is whole, and the next ones are kept against that.
            head = store.branches(2)["away"]
            store.commit(2, "away", expected=head, change=_patch(seed, 180), kind=VersionKind.EDIT)
        line = [store.resolve(2, f"away~{back}").id for back in range(41)]
        with closing(sqlite3.connect(path)) as connection:
            (key,) = connection.execute(
                "SELECT manifest.key FROM manifest JOIN version ON number = version WHERE id=?", (line[0],)
            ).fetchone()
            (name,) = connection.execute("SELECT id FROM version WHERE number=?", (key,)).fetchone()
        right = store.checkout(line[0])
        merged = store.commit(2, "main", expected=other.id, change=right, kind=VersionKind.MANUAL, parents=(other.id,))
        store.delete_branch(2, "away", expected=line[0], author="me")
        assert name in line
        assert store.gc(keep_days=0).versions == 41
        assert store.checkout(merged.id).same_pixels(right)
        assert store.checkout(first.id).same_pixels(Picture(page))
        assert store.fsck().ok


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE version SET parent=NULL WHERE number=3",
        "UPDATE branch SET version=(SELECT id FROM version WHERE number=1)",
        "UPDATE move SET target=NULL WHERE id=4",
        "UPDATE manifest SET data=zeroblob(length(data)) WHERE version=2",
    ],
)
def test_nothing_is_given_back_on_the_word_of_damaged_facts(store: Store, path: Path, damage: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(damage)
        connection.commit()
    tiles = store.stats()["tiles"]
    with Store.open(path) as fresh, pytest.raises(DamagedError):
        fresh.gc(keep_days=0)
    assert store.stats()["tiles"] == tiles


def test_patches_that_nobody_needs_are_given_back(copy: Path) -> None:
    with Store.open(copy) as store:
        (waiting,) = [a for run in store.runs() for a in store.attempts(run.id) if a.state == "returned"]
        assert store.gc(keep_days=0).patches == 0
        assert store.attempt_patch(waiting.id) is not None
        store.claim(waiting.run)
        store.save_step(waiting.run, waiting.step, StepStatus.UNFIXED)
        store.finish_run(waiting.run, "ended", {})
        assert store.gc(keep_days=0).patches == 1
        with pytest.raises(CollectedError, match="attempt"):
            store.attempt_patch(waiting.id)
        assert store.attempt(waiting.id).state == "returned"
        assert store.fsck().ok


def test_days_below_zero_and_readers_are_refused(copy: Path) -> None:
    with Store.open(copy, readonly=True) as store:
        with pytest.raises(StoreError, match="can only be read"):
            store.gc()
        for days in (-1, float("nan")):
            with pytest.raises(RetouchError, match="keep_days"):
                store.gc(keep_days=days)


def test_tiles_of_the_first_schema_are_given_back_too(tmp_path: Path) -> None:
    path = tmp_path / "page.retouch"
    path.write_bytes((Path(__file__).parent.parent / "fixtures" / "schema-1.retouch").read_bytes())
    with Store.open(path) as store:
        right = {version.id: store.checkout(version.id) for version in store.versions(1)}
        assert store.gc(keep_days=0).tiles > 0
    left = _readable(store)
    assert left and all(picture.same_pixels(right[version]) for version, picture in left.items())
