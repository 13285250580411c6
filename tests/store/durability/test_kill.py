"""Kills: a process that is killed at any moment loses nothing that it has told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

from retouch.store import Store
from tests.store.durability.recording import ROOT
from tests.store.durability.workload import FILE, page


def test_what_was_told_before_a_kill_is_there(tmp_path: Path, rounds: Callable[[int, int], int]) -> None:
    """`make test` kills 4 times, `make test-full` 100 times."""
    file, random = tmp_path / FILE, Random(0)
    with Store.open(file, create=True) as store:
        store.import_picture(page(), name="page", source=None, author="someone")
    acknowledged: list[str] = []
    for _ in range(rounds(4, 100)):
        acknowledged += _commit_until_killed(file, random.randint(1, 20))
        with Store.open(file) as store:
            known = [version.id for version in store.versions(store.document().id)]
            assert set(acknowledged) <= set(known)
            assert store.branches(store.document().id)["main"] == known[-1]
            store.checkout(known[-1])
    assert len(acknowledged) >= 4


def _commit_until_killed(file: Path, count: int) -> list[str]:
    """The versions that the process told, at least `count`; it is killed while it works on the next one."""
    command = [sys.executable, "-m", "tests.store.durability.killed", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(count)]
        process.kill()
        lines += process.stdout.readlines()
    return [line.strip() for line in lines if line.endswith("\n")]
