"""Crash images: every disk that a kill or a power cut could leave opens, whole, with all that was acknowledged.

The process is recorded at its system calls; the disk is rebuilt as it could look right before each of them. `make test`
tries a part of them, `make test-full` all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from shutil import rmtree

import pytest

from retouch.store import Store
from tests.store.durability import recording
from tests.store.durability.disk import STOPS, Stop, build, told
from tests.store.durability.recording import Operation, record
from tests.store.durability.workload import FILE, state

pytestmark = pytest.mark.skipif(bool(recording.unavailable()), reason=recording.unavailable() or "recorded by strace")

Rounds = Callable[[int, int], int]

_PART = 40
"""Images of each kind of stop in `make test`."""


@pytest.fixture(scope="module")
def commits(tmp_path_factory: pytest.TempPathFactory) -> tuple[Operation, ...]:
    return record(tmp_path_factory.mktemp("commits"), "tests.store.durability.workload", "commits")


@pytest.mark.parametrize("stop", STOPS)
def test_commits_survive_a_kill_and_a_power_cut(
    commits: tuple[Operation, ...], stop: Stop, tmp_path: Path, rounds: Rounds
) -> None:
    assert len(told(commits, len(commits))) == 10
    for position, image in _images(commits, stop, tmp_path, rounds):
        _require_whole(commits, position, image)


def test_a_lost_sync_would_be_noticed(commits: tuple[Operation, ...], tmp_path: Path, rounds: Rounds) -> None:
    """The control: without their syncs the same writes do lose commits, so the images are worth something."""
    careless = [operation for operation in commits if operation.kind not in ("sync", "sync-folder")]
    for _, image in _images(careless, "lost", tmp_path, rounds):
        assert not any(image.iterdir())


def _images(operations: Sequence[Operation], stop: Stop, folder: Path, rounds: Rounds) -> Iterator[tuple[int, Path]]:
    """Disks after every operation, or after some of them, spread evenly and always with the last."""
    random = Random(stop)
    step = max(1, len(operations) // rounds(_PART, len(operations)))
    for position in range(len(operations), 0, -step):
        image = folder / str(position)
        image.mkdir()
        build(operations, position, stop, random, image)
        yield position, image
        rmtree(image)


def _require_whole(operations: Sequence[Operation], position: int, image: Path) -> None:
    """The state is the last one that was told, or the one that was on its way; every version's pixels are there."""
    before, everything = told(operations, position), told(operations, len(operations))
    allowed = {before[-1] if before else "[]", everything[min(len(before), len(everything) - 1)]}
    with Store.open(image / FILE, create=not before) as store:
        assert state(store) in allowed, f"after operation {position}"
        for document in store.documents():
            for version in store.versions(document.id):
                store.checkout(version.id)
