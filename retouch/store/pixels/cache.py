"""A small cache that forgets what was not used for longest."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """At most `limit` in total weight; the newest entry stays even if it alone weighs more. Safe between threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._weight = 0
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries.move_to_end(key)
            return entry[0]

    def put(self, key: K, value: V, weight: int = 1) -> None:
        with self._lock:
            self._weight += weight - (self._entries[key][1] if key in self._entries else 0)
            self._entries[key] = value, weight
            self._entries.move_to_end(key)
            while self._weight > self._limit and len(self._entries) > 1:
                self._weight -= self._entries.popitem(last=False)[1][1]

    def values(self) -> list[V]:
        """All entries, the most recently used first."""
        with self._lock:
            return [value for value, _ in reversed(self._entries.values())]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._weight = 0
