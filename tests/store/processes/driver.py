"""Lets several processes work on a project file at once; forked from this one, so that modules are read once.

Reads one order a line, JSON: `{"path", "each": [[work, arguments …], …]}`, a list for each process. `write BRANCH COUNT
SEED` commits, again after each conflict; `claim RUN` claims a run and holds it until all have tried; others are told
of below. When every process is ready all begin; what they did is printed as one line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from retouch.errors import ConflictError, RetouchError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.store import Store
from retouch.version import VersionKind

CONTEXT = get_context("fork")
SECONDS = 60.0
"""For a process that hangs."""


def write(store: Store, barrier: Any, branch: str, count: int, seed: int) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    made: list[str] = []
    waits: list[float] = []
    conflicts = 0
    while len(made) < count:
        head, patch = store.branches(1)[branch], _patch(random)
        begun = time.perf_counter()
        try:
            made.append(store.commit(1, branch, expected=head, change=patch, kind=VersionKind.EDIT).id)
        except ConflictError:
            conflicts += 1
        waits.append(time.perf_counter() - begun)
    return {"made": made, "conflicts": conflicts, "worst": max(waits)}


def churn(store: Store, barrier: Any, branch: str, count: int, seed: int) -> int:
    """Makes few different versions again and again on a branch of its own, which `collect` takes away in between; how
    many were made. Each is compared with an array that nothing was stored of."""
    random = np.random.default_rng(seed)
    first = store.resolve(1, f"{branch}~0").id
    pixels = {first: store.checkout(first).pixels}
    patches = [_patch(random) for _ in range(3)]
    for _ in range(count):
        head = store.branches(1)[branch]
        patch = patches[int(random.integers(0, 3))]
        made = store.commit(1, branch, expected=head, change=patch, kind=VersionKind.EDIT).id
        pixels[made] = patch.apply(Picture(pixels[head])).pixels
        assert np.array_equal(store.checkout(made).pixels, pixels[made])
        assert np.array_equal(store.crop(made, patch.box), pixels[made][patch.box.slices])
        if random.random() < 0.5:
            store.move_branch(1, branch, expected=made, target=first, reason="rollback", author="a")
    return len(pixels)


def collect(store: Store, barrier: Any, count: int) -> int:
    """Gives back all that nothing reaches, time and again; how many versions that were."""
    return sum(store.gc(keep_days=0).versions for _ in range(count))


def claim(store: Store, barrier: Any, run: str) -> str:
    try:
        told: str = store.claim(run).state
    except RetouchError as error:
        told = type(error).__name__
    barrier.wait(SECONDS)
    return told


def _patch(random: np.random.Generator) -> Patch:
    box = Box(int(random.integers(0, 200)), int(random.integers(0, 100)), 90, 90)
    return Patch(box, random.integers(0, 256, (90, 90, 3)).astype(np.uint8), np.ones((90, 90), np.bool_))


WORK: dict[str, Callable[..., Any]] = {"write": write, "churn": churn, "collect": collect, "claim": claim}


def process(order: dict[str, Any], number: int, barrier: Any, results: Any) -> None:
    with Store.open(Path(order["path"])) as store:
        barrier.wait(SECONDS)
        work, *arguments = order["each"][number]
        results.put((number, WORK[work](store, barrier, *arguments)))


def together(order: dict[str, Any]) -> list[Any]:
    """What each process did, in the order of their arguments."""
    count = len(order["each"])
    barrier, results = CONTEXT.Barrier(count), CONTEXT.Queue()
    processes = [CONTEXT.Process(target=partial(process, order, n, barrier, results)) for n in range(count)]
    for each in processes:
        each.start()
    done = dict(results.get(timeout=SECONDS) for _ in processes)
    for each in processes:
        each.join()
    return [done[number] for number in range(count)]


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(together(json.loads(line))), flush=True)
