"""Work that is spread over a few threads: packing, unpacking and hashing release Python's lock."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_THREADS = min(4, os.cpu_count() or 1)
"""More threads wait for each other: between the calls that release the lock there is Python."""


def worker_pool() -> ThreadPoolExecutor:
    """As many threads as are worth it; leaving its `with` block waits for them."""
    return ThreadPoolExecutor(_THREADS)


def in_parallel(work: Callable[[T], R], items: Sequence[T], worth: bool = True) -> list[R]:
    """`work` of each item, in order; the first error is raised. `worth` is False where threads would cost more."""
    if len(items) < 2 or _THREADS == 1 or not worth:
        return [work(item) for item in items]
    with worker_pool() as pool:
        return list(pool.map(work, items))
