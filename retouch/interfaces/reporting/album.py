"""The album of a report: its pictures, each once, as good as the room for them allows."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from enum import Enum
from io import BytesIO

import numpy as np
from blake3 import blake3
from numpy.typing import NDArray
from PIL import Image

from retouch.orchestrator.thumbnail import reduced

View = NDArray[np.uint8]
"""8-bit sRGB (height, width, 3), or with alpha (height, width, 4)."""
ROOM = 9_000_000
"""Bytes for all pictures, before base64 makes four of three: a report of 200 steps stays below 15 MB (measured)."""


class Use(Enum):
    """What a picture is for; each has its sizes and qualities, the best first. Quality None is lossless."""

    COVER = ((2048, 82), (2048, 82), (2048, 75), (1600, 65), (1200, 50))
    """Of the document as it began and as it stands."""
    WHOLE = ((1400, 82), (1200, 75), (1024, 65), (768, 55), (384, 40))
    """Of a version that differs nearly everywhere from the one before it."""
    PLACE = ((1024, None), (1024, 90), (1024, 80), (768, 60), (240, 40))
    """Round the box of a step, at full size: what is judged are the version's own pixels, while there is room."""
    THUMBNAIL = ((128, 75), (128, 70), (96, 60), (64, 50), (64, 40))
    MAP = ((1400, None), (1200, None), (1024, None), (768, None), (256, None))
    """Of differences."""


LARGEST_PLACE = 1024
"""Pixels of the longer side up to which a step's place is shown at full size."""
_LAST = min(len(use.value) for use in Use) - 1


class Album:
    """Pictures under numbers, in the order in which they came. The same pixels for the same use have one number."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._rung = 0
        self._numbers: dict[bytes, int] = {}
        self._makers: list[tuple[Use, Callable[[], View]]] = []
        self._encoded: list[bytes] = []

    def add(self, use: Use, make: Callable[[], View]) -> int:
        """The number of the picture that `make` gives; it is called again where the room turns out to be short.
        A place that is too large for full size is kept as a whole picture is."""
        view = make()
        if use is Use.PLACE and max(view.shape[:2]) > LARGEST_PLACE:
            use = Use.WHOLE
        name = blake3(use.name.encode() + repr(view.shape).encode() + view.tobytes()).digest()
        known = self._numbers.get(name)
        if known is not None:
            return known
        self._numbers[name] = len(self._encoded)
        self._makers.append((use, make))
        self._encoded.append(encoded(view, *use.value[self._rung]))
        self._make_room()
        return self._numbers[name]

    @property
    def size(self) -> int:
        """Bytes of all pictures."""
        return sum(map(len, self._encoded))

    def __len__(self) -> int:
        return len(self._encoded)

    def uri(self, number: int) -> str:
        """A picture as a data URI."""
        return "data:image/webp;base64," + base64.b64encode(self._encoded[number]).decode("ascii")

    def uris(self, numbers: Sequence[int]) -> dict[int, str]:
        """Several of them by number."""
        return {number: self.uri(number) for number in numbers}

    def _make_room(self) -> None:
        while self.size > self._room and self._rung < _LAST:
            self._rung += 1
            for number, (use, make) in enumerate(self._makers):
                if use.value[self._rung] != use.value[self._rung - 1]:
                    self._encoded[number] = encoded(make(), *use.value[self._rung])


def encoded(view: View, side: int, quality: int | None) -> bytes:
    """WebP of a view, its longer side at most `side`; lossless without a `quality` (1 to 100)."""
    small = reduced(view, side)
    out = BytesIO()
    options = {"lossless": True, "quality": 0, "exact": True} if quality is None else {"quality": quality}
    Image.fromarray(np.ascontiguousarray(small)).save(out, "WebP", method=2, **options)
    return out.getvalue()


def on_white(view: View) -> View:
    """Without alpha: where the picture is transparent, white."""
    if view.shape[2] == 3:
        return view
    share = view[:, :, 3:].astype(np.float32) / 255
    return np.asarray(np.rint(view[:, :, :3] * share + 255 * (1 - share)), dtype=np.uint8)
