"""The store in memory: the same history without a file, for tests."""

from __future__ import annotations

from retouch.store.clock import Clock, utc_now
from retouch.store.history import History
from retouch.store.memory.care import MemoryCare
from retouch.store.memory.content import MemoryContent, locked
from retouch.store.memory.feed import MemoryFeed
from retouch.store.runs import lease


class MemoryStore(MemoryCare, MemoryFeed, History):
    """A history that is gone with its process. Version ids, rules and errors are those of `Store`.

    `beside` is another store whose history this one shares, as two processes share a file: each has its own leases.
    Pictures are kept whole, so it is not for many versions of large ones. Safe to use from several threads.
    """

    def __init__(self, *, beside: MemoryStore | None = None, clock: Clock = utc_now) -> None:
        self._content = MemoryContent() if beside is None else beside._content
        self._clock = clock
        self._owner = lease.new_owner()

    @property
    def place(self) -> str:
        return "memory"

    @locked
    def stats(self) -> dict[str, int]:
        """Counts of documents, versions, different tiles, runs and attempts, and the bytes of all pictures."""
        held = self._content
        return {
            "documents": len(held.documents),
            "versions": len(held.versions),
            "tiles": self._tiles(),
            "runs": len(held.runs),
            "attempts": len(held.attempts),
            "bytes": sum(kept.picture.pixels.nbytes for kept in held.pictures.values()),
        }

    def close(self) -> None:
        self._release()
