"""Several processes on one file: no commit is lost, none refused but by a conflict, and nobody reads half of one.

With `-s` the longest wait for a commit is printed.
"""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.store import Store
from retouch.store.care.fsck import check_project
from retouch.version import VersionKind, VersionRecord

DRIVER = Path(__file__).with_name("driver.py")
Rounds = Callable[[int, int], int]


class Driver:
    """The process that starts the others."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def order(self, path: Path, *each: tuple[object, ...]) -> None:
        """Let one process for each list of work and arguments begin."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"path": str(path), "each": each}) + "\n")
        self._process.stdin.flush()

    @property
    def busy(self) -> bool:
        """Whether the answer is still to come."""
        assert self._process.stdout is not None
        return not select.select([self._process.stdout], [], [], 0)[0]

    def answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def written(self) -> list[dict[str, Any]]:
        """The answer to `write`."""
        results: list[dict[str, Any]] = self.answer()
        waits = ", ".join(f"{result['worst'] * 1000:.0f}" for result in results)
        print(f"\nlongest wait of each process: {waits} ms; conflicts: {sum(r['conflicts'] for r in results)}")
        return results


@pytest.fixture(scope="module")
def driver() -> Iterator[Driver]:
    command = [sys.executable, str(DRIVER)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Driver(process)
        process.kill()


def _line_of(store: Store, branch: str) -> list[str]:
    """The versions of a branch, newest first, without the import."""
    return [ancestor.id for ancestor in store.lineage(store.branches(1)[branch])][:-1]


def test_processes_on_branches_of_their_own(
    store: Store, imported: VersionRecord, path: Path, driver: Driver, rounds: Rounds
) -> None:
    count, branches = rounds(10, 100), [f"b{number}" for number in range(rounds(3, 6))]
    for branch in branches:
        store.create_branch(1, branch, imported.id, author="a")
    driver.order(path, *(("write", branch, count, seed) for seed, branch in enumerate(branches)))
    results = driver.written()
    for branch, result in zip(branches, results, strict=True):
        assert result["conflicts"] == 0
        assert _line_of(store, branch) == result["made"][::-1]
    assert len(store.versions(1)) == 1 + count * len(branches)
    assert store.fsck().ok


def test_processes_on_one_branch(
    store: Store, imported: VersionRecord, path: Path, driver: Driver, rounds: Rounds
) -> None:
    count, processes = rounds(8, 100), rounds(3, 6)
    driver.order(path, *(("write", "main", count, seed) for seed in range(processes)))
    results = driver.written()
    line = _line_of(store, "main")
    assert Counter(line) == Counter(version for result in results for version in result["made"])
    assert len(line) == count * processes
    for result in results:
        order = [line.index(version) for version in result["made"]]
        assert order == sorted(order, reverse=True)
    moves = [(move.origin, move.target) for move in store.moves(1)][1:]
    assert moves == list(zip([imported.id, *line[:0:-1]], line[::-1], strict=True))
    assert store.fsck().ok


def test_readers_while_others_write(
    store: Store, path: Path, imported: VersionRecord, driver: Driver, rounds: Rounds, page: Picture
) -> None:
    """Whatever a reader sees is whole: a head has its version, its pixels and its move, and they stay as they are."""
    driver.order(path, *(("write", "main", rounds(10, 200), seed) for seed in range(2)))
    seen: dict[str, Picture] = {}
    with Store.open(path, readonly=True) as reader:
        while driver.busy:
            head = reader.branches(1)["main"]
            picture = reader.checkout(head)
            assert seen.setdefault(head, picture).same_pixels(picture)
            assert head in {version.id for version in reader.versions(1)}
            assert head in {move.target for move in reader.moves(1)}
    driver.written()
    for version, picture in seen.items():
        record = store.version(version)
        change = store.change(record.parents[0], version) if record.parents else None
        assert change is None or change.box == record.box
        assert store.checkout(version).same_pixels(picture)
        assert np.array_equal(picture.pixels[-1, -1], page.pixels[-1, -1])


def test_a_file_that_is_open_here_stays_so_for_others(
    store: Store, path: Path, imported: VersionRecord, driver: Driver, patch_of: Callable[..., Patch], page: Picture
) -> None:
    """Opening and checking it once more must not give up SQLite's locks, or the others would take the log away."""
    with Store.open(path) as second:
        assert second.fsck().ok
    assert check_project(path).ok
    driver.order(path, ("write", "main", 2, 0))
    theirs = driver.written()[0]["made"]
    assert Path(f"{path}-wal").exists()
    ours = store.commit(
        1, "main", expected=theirs[-1], change=patch_of(page, Box(5, 5, 9, 9)), kind=VersionKind.EDIT
    ).id
    driver.order(path, ("write", "main", 1, 1))
    last = driver.written()[0]["made"]
    assert _line_of(store, "main") == [*last, ours, *theirs[::-1]]


def test_gc_beside_others(
    store: Store, path: Path, imported: VersionRecord, driver: Driver, rounds: Rounds, page: Picture
) -> None:
    """What one process makes again is whole, though another takes it away in between."""
    count = rounds(20, 400)
    store.create_branch(1, "side", imported.id, author="a")
    driver.order(path, ("churn", "main", count, 1), ("churn", "side", count, 2), ("collect", count))
    *made, collected = driver.answer()
    assert collected > 0 and all(number > 3 for number in made), (made, collected)
    assert store.fsck().ok
    assert store.checkout(imported.id).same_pixels(page)
    for head in store.branches(1).values():
        store.checkout(head)


def test_a_run_is_claimed_by_one_of_two_processes(
    store: Store, run: str, path: Path, driver: Driver, rounds: Rounds
) -> None:
    for _ in range(rounds(1, 20)):
        store.finish_run(run, "interrupted", {})
        driver.order(path, ("claim", run), ("claim", run))
        assert sorted(driver.answer()) == ["LeaseError", "running"]
        assert not store.run(run).alive
        store.claim(run)
