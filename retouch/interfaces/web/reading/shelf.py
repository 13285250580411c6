"""The shelf: small levels of the versions that were looked at last, so that the next tile of one is quick."""

from __future__ import annotations

from retouch.errors import RetouchError
from retouch.geometry import Box, Size
from retouch.interfaces.web.reading.pyramid import Coarse, coarse, renewed, touched
from retouch.interfaces.web.reading.turns import Turns
from retouch.store import History
from retouch.store.pixels.cache import LruCache

_BYTES = 96 << 20
"""In all: 15 versions of 25 MP in RGB, 90 of 4 MP."""
_NEIGHBOURS = 4
"""Versions on the shelf that another one is made from, if it differs little from them; the last used come first."""
_LITTLE = 0.25
"""Of the picture: up to here only what differs is read again."""

_Key = tuple[int, str]


class Shelf:
    """Small levels by project and version. Safe between threads; what two of them ask for is made once."""

    def __init__(self, limit: int = _BYTES) -> None:
        self._kept: LruCache[_Key, tuple[_Key, Coarse]] = LruCache(limit)
        self._turns = Turns()

    def coarse(self, store: History, version: str) -> Coarse:
        """The small levels of a version; errors are those of `History.checkout`."""
        key = (id(store), version)
        found = self._kept.get(key)
        if found is not None:
            return found[1]
        with self._turns.alone(key):
            found = self._kept.get(key)
            return found[1] if found is not None else self._made(store, key)

    def _made(self, store: History, key: _Key) -> Coarse:
        made = self._from_neighbour(store, key[1]) or coarse(store.checkout(key[1]).pixels)
        self._kept.put(key, (key, made), made.weight)
        return made

    def _from_neighbour(self, store: History, version: str) -> Coarse | None:
        """Those of a version at hand with what differs exchanged; None where that would be most of the picture."""
        grid = store.grid(version)
        size = Size(grid.width, grid.height)
        near = [(key[1], kept) for key, kept in self._kept.values() if key[0] == id(store) and kept.size == size]
        for other, kept in near[:_NEIGHBOURS]:
            box = _differing(store, other, version)
            if box is not None and box.area <= _LITTLE * size.area:
                box = touched(box, size)
                return kept if box.empty else renewed(kept, store.crop(version, box), box)
        return None


def _differing(store: History, a: str, b: str) -> Box | None:
    """Where two versions differ; None if they cannot be compared, as one was damaged or given back meanwhile."""
    try:
        return store.change(a, b).box
    except RetouchError:
        return None
