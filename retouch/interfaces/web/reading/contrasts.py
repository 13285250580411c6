"""Contrasts at hand: those of the versions that were compared last, so that the next tile of one is quick."""

from __future__ import annotations

from retouch.geometry import Box
from retouch.interfaces.web.reading.contrast import Contrast, Relief, contrast, relief
from retouch.interfaces.web.reading.turns import Turns
from retouch.store import History
from retouch.store.pixels.cache import LruCache

_BYTES = 96 << 20
"""Of each kind: three comparisons at 25 MP, twenty at 4 MP."""

_Key = tuple[int, str, str]


class Contrasts:
    """Contrasts and their reliefs by project and versions. Safe between threads; each is made once."""

    def __init__(self, limit: int = _BYTES) -> None:
        self._contrasts: LruCache[_Key, Contrast] = LruCache(limit)
        self._reliefs: LruCache[tuple[_Key, Box | None], Relief] = LruCache(limit)
        self._turns = Turns()

    def contrast(self, store: History, a: str, b: str) -> Contrast:
        """What differs from `a` to `b`; PictureError if size, mode or depth differ."""
        key = (id(store), a, b)
        with self._turns.alone(key):
            found = self._contrasts.get(key)
            if found is None:
                found = contrast(store, store.diff(a, b))
                self._contrasts.put(key, found, found.apart.nbytes)
            return found

    def relief(self, store: History, a: str, b: str, hidden: Box | None) -> Relief:
        """The map of it, without what lies in `hidden`."""
        key = ((id(store), a, b), hidden)
        with self._turns.alone(key):
            found = self._reliefs.get(key)
            if found is None:
                whole = self.contrast(store, a, b)
                found = relief(whole if hidden is None else whole.beyond(hidden))
                self._reliefs.put(key, found, found.weight)
            return found
