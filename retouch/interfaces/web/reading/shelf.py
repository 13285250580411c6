"""The shelf: small levels of the versions that were looked at last, so that the next tile of one is quick."""

from __future__ import annotations

import threading
from collections import OrderedDict

from retouch.errors import RetouchError
from retouch.geometry import Box, Size
from retouch.interfaces.web.reading.pyramid import Coarse, coarse, renewed, touched
from retouch.store import History

_BYTES = 96 << 20
"""In all: 15 versions of 25 MP in RGB, 90 of 4 MP."""
_NEIGHBOURS = 4
"""Versions on the shelf that another one is made from, if it differs little from them; the last used come first."""
_LITTLE = 0.25
"""Of the picture: up to here only what differs is read again."""

_Key = tuple[int, str]


class Shelf:
    """Small levels by project and version. Safe between threads; what two of them ask for is made once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, Coarse] = OrderedDict()
        self._weight = 0
        self._making: dict[_Key, threading.Lock] = {}
        self._lock = threading.Lock()

    def coarse(self, store: History, version: str) -> Coarse:
        """The small levels of a version; errors are those of `History.checkout`."""
        key = (id(store), version)
        with self._lock:
            found = self._known(key)
            making = self._making.setdefault(key, threading.Lock())
        if found is not None:
            return found
        with making:
            with self._lock:
                found = self._known(key)
            return found or self._made(store, key)

    def _known(self, key: _Key) -> Coarse | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def _made(self, store: History, key: _Key) -> Coarse:
        try:
            made = self._from_neighbour(store, key[1]) or coarse(store.checkout(key[1]).pixels)
        finally:
            with self._lock:
                self._making.pop(key, None)
        with self._lock:
            self._kept[key] = made
            self._weight += made.weight
            while self._weight > _BYTES and len(self._kept) > 1:
                self._weight -= self._kept.popitem(last=False)[1].weight
        return made

    def _from_neighbour(self, store: History, version: str) -> Coarse | None:
        """Those of a version at hand with what differs exchanged; None where that would be most of the picture."""
        grid = store.grid(version)
        size = Size(grid.width, grid.height)
        with self._lock:
            near = [(key[1], kept) for key, kept in reversed(self._kept.items()) if key[0] == id(store)]
        for other, kept in [one for one in near if one[1].size == size][:_NEIGHBOURS]:
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
