"""Crash images: every disk that a kill or a power cut could leave opens, whole, with all that was acknowledged.

The process is recorded at its system calls; the disk is rebuilt as it could look right before each of them. `make test`
tries a part of them, `make test-full` all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random
from shutil import copyfile, rmtree

import pytest

from retouch.store import Store
from tests.store.durability import recording
from tests.store.durability.disk import STOPS, Stop, build, told
from tests.store.durability.recording import Operation, record
from tests.store.durability.workload import FILE, WORKLOADS, state

pytestmark = pytest.mark.skipif(bool(recording.unavailable()), reason=recording.unavailable() or "recorded by strace")

Rounds = Callable[[int, int], int]

OLD = Path(__file__).parents[1] / "fixtures" / "schema-1.retouch"

_PART = 12
"""Images of each workload and kind of stop in `make test`."""


Made = Callable[[str], tuple[Operation, ...]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Records a workload, once for all tests."""

    @cache
    def recorded(name: str) -> tuple[Operation, ...]:
        folder = tmp_path_factory.mktemp(name)
        if name == "upgrade":
            copyfile(OLD, folder / FILE)
        elif name not in ("commits", "network"):
            with Store.open(folder / FILE, create=True) as store:
                WORKLOADS["commits"](store)
        return record(folder, "tests.store.durability.workload", name)

    return recorded


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("work", WORKLOADS)
def test_a_kill_or_a_power_cut_loses_nothing_told(
    made: Made, work: str, stop: Stop, tmp_path: Path, rounds: Rounds
) -> None:
    operations = made(work)
    for position, image in _images(operations, stop, tmp_path, rounds):
        _require_whole(operations, position, image)


@pytest.mark.parametrize("stop", STOPS)
def test_a_copy_is_whole_or_not_there(made: Made, stop: Stop, tmp_path: Path, rounds: Rounds) -> None:
    operations, found = made("backup"), 0
    for _, image in _images(operations, stop, tmp_path, rounds):
        copy = image / "copy.retouch"
        if copy.exists():
            found += 1
            with Store.open(copy) as store:
                assert store.fsck().ok
    assert found > 0


def test_a_lost_sync_would_be_noticed(made: Made, tmp_path: Path, rounds: Rounds) -> None:
    """The control: without their syncs the same writes do lose commits, so the images are worth something."""
    careless = [operation for operation in made("commits") if operation.kind not in ("sync", "sync-folder")]
    for _, image in _images(careless, "lost", tmp_path, rounds):
        assert not any(image.iterdir())


def _images(operations: Sequence[Operation], stop: Stop, folder: Path, rounds: Rounds) -> Iterator[tuple[int, Path]]:
    """Disks after every operation of the process, or after some of them, spread evenly and always with the last."""
    random = Random(stop)
    start = [operation.kind for operation in operations].index("start")
    step = max(1, (len(operations) - start) // rounds(_PART, len(operations)))
    for position in range(len(operations), start, -step):
        image = folder / str(position)
        image.mkdir()
        build(operations, position, stop, random, image)
        yield position, image
        rmtree(image)


def _require_whole(operations: Sequence[Operation], position: int, image: Path) -> None:
    """The state is the last one that was told, or the one that was on its way; all that is live is sound."""
    before, everything = told(operations, position), told(operations, len(operations))
    allowed = {before[-1] if before else "[]", everything[min(len(before), len(everything) - 1)]}
    with Store.open(image / FILE, create=not before) as store:
        assert state(store) in allowed, f"after operation {position}"
        assert store.fsck().ok, f"after operation {position}"
