"""Parallel work: OpenCV and the networks let other threads run while they compute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

WORKERS = 2

Item = TypeVar("Item")
Result = TypeVar("Result")
Other = TypeVar("Other")


def in_parallel(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """`work` on each item, in order, two at a time (OpenCV lets other threads run)."""
    if len(items) < 4:
        return [work(item) for item in items]
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, items))


def both(work: Callable[[], Result], other: Callable[[], Other]) -> tuple[Result, Other]:
    """What two pieces of work give, done side by side."""
    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(work)
        found = other()
        return beside.result(), found
