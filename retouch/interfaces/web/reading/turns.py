"""Turns: of several threads that want to make the same thing, one makes it while the others wait."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Turn:
    lock: threading.Lock = field(default_factory=threading.Lock)
    wanted: int = 0


class Turns:
    """A lock for each thing that is being made now; no trace is left of what is done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: dict[Hashable, _Turn] = {}

    @contextmanager
    def alone(self, thing: Hashable) -> Iterator[None]:
        """While the block runs no other thread is in one for the same thing."""
        with self._lock:
            turn = self._turns.setdefault(thing, _Turn())
            turn.wanted += 1
        try:
            with turn.lock:
                yield
        finally:
            with self._lock:
                turn.wanted -= 1
                if not turn.wanted:
                    del self._turns[thing]
