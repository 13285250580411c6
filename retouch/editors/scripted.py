"""An editor that returns what it is told to: for tests, benchmarks and rehearsals."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import ImageColor

from retouch.edit import RGB, Cost, EditRequest, EditResult, NativeCanvas, Traits
from retouch.errors import EditorError, SpecError
from retouch.patch import Patch
from retouch.protocols import Watch

Reply = RGB | Patch | EditResult | Exception
"""A picture of the canvas's or the box's size, a patch in canvas pixels, a whole result, or an error to raise."""


class ScriptedEditor:
    """Replies from `script`: a function of the request, or a sequence given out one reply a call, in order.

    From a SPEC: `scripted` returns the canvas as it is, `scripted?colour=red` fills the mask, `scripted:picture.png`
    lays that picture, scaled, on the step's box. `calls` counts the calls, `requests` keeps them.
    """

    def __init__(
        self,
        script: Callable[[EditRequest], Reply] | Sequence[Reply] | None = None,
        *,
        target: str | None = None,
        colour: str | None = None,
        rungs: str | Sequence[str] = ("first",),
        parallel: int = 1,
    ) -> None:
        self._script = script
        self._picture = _read(target) if target is not None else None
        self._colour = _colour(colour) if colour is not None else None
        self._rungs = tuple(rungs.split(",")) if isinstance(rungs, str) else tuple(rungs)
        self._parallel = parallel
        self._lock = threading.Lock()
        self.requests: list[EditRequest] = []

    @property
    def traits(self) -> Traits:
        return Traits(
            canvas=NativeCanvas(), modes=("crop", "marked", "mask", "whole"), rungs=self._rungs, parallel=self._parallel
        )

    @property
    def calls(self) -> int:
        return len(self.requests)

    def edit(self, request: EditRequest, watch: Watch) -> EditResult:
        """The next reply; EditorError when the script has ended."""
        watch.raise_if_cancelled()
        with self._lock:
            number = len(self.requests)
            self.requests.append(request)
        reply = self._reply(request, number)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, EditResult):
            return reply
        return EditResult(_on_canvas(reply, request), cost=Cost())

    def _reply(self, request: EditRequest, number: int) -> Reply:
        if self._script is None:
            return self._plain(request)
        if callable(self._script):
            return self._script(request)
        if number >= len(self._script):
            raise EditorError(f"scripted: call {number + 1}, but the script has only {len(self._script)} replies")
        return self._script[number]

    def _plain(self, request: EditRequest) -> RGB:
        out = request.canvas.copy()
        if self._colour is not None:
            out[request.mask] = self._colour
        if self._picture is not None:
            size = (request.box.width, request.box.height)
            return np.asarray(cv2.resize(self._picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        return out


def _on_canvas(reply: RGB | Patch, request: EditRequest) -> RGB:
    """A reply laid on the canvas; a picture of any other size is returned as it is, for the caller to refuse."""
    out = request.canvas.copy()
    if isinstance(reply, Patch):
        reply.apply_to(out)
        return out
    if reply.shape[:2] == (request.box.height, request.box.width) and request.canvas.shape != reply.shape:
        out[request.box.slices] = reply
        return out
    return reply


def _read(path: str) -> RGB:
    raw = np.fromfile(path, np.uint8) if Path(path).is_file() else np.zeros(0, np.uint8)
    picture = cv2.imdecode(raw, cv2.IMREAD_COLOR) if raw.size else None
    if picture is None:
        raise SpecError(f"scripted: {path!r} is no picture that can be read; give a PNG or JPEG file")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def _colour(name: str) -> tuple[int, ...]:
    try:
        return ImageColor.getrgb(name)[:3]
    except ValueError:
        raise SpecError(f"scripted: {name!r} is no colour; expected #rrggbb or a CSS name") from None
