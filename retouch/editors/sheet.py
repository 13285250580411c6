"""The picture as a remote service takes it: of a size it knows, as a PNG; and the way back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.errors import EditorError, PictureError
from retouch.geometry import Box, Size
from retouch.picture_decoding import decode

_MAX_PIXELS = 50_000_000
"""No editing model returns a larger picture; more is refused before it is decoded."""
_MAX_STRETCH = 0.03
"""Models that choose their own size round it to multiples of up to 32 pixels: 2.2 % at 3000x400, measured; more is
another picture."""
_LEAST_SHARE = 0.25
"""Of the pixels that were sent: a smaller answer cannot be enlarged to anything sharp."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture of `size` on which the canvas lies at `box`, scaled evenly, its edges repeated round it."""

    size: Size
    box: Box
    canvas: Size

    def lay(self, canvas: RGB) -> RGB:
        """The canvas (uint8 height × width × 3) on the sheet."""
        scaled = _resized(canvas, self.box.size)
        top, left = self.box.y, self.box.x
        bottom, right = self.size.height - self.box.bottom, self.size.width - self.box.right
        if not (top or left or bottom or right):
            return scaled
        return np.asarray(cv2.copyMakeBorder(scaled, top, bottom, left, right, cv2.BORDER_REPLICATE), np.uint8)

    def lay_mask(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The canvas's mask on the sheet; what lies round the canvas is kept."""
        whole = np.zeros((self.size.height, self.size.width), np.bool_)
        scaled = mask.astype(np.uint8)
        if self.box.size != self.canvas:
            scaled = np.asarray(cv2.resize(scaled, (self.box.width, self.box.height), interpolation=cv2.INTER_NEAREST))
        whole[self.box.slices] = scaled > 0
        return whole

    def take(self, answer: RGB, part: str) -> tuple[RGB, tuple[str, ...]]:
        """The canvas out of an answer, and a note if that had another size; EditorError if it cannot be the picture."""
        found = Size(answer.shape[1], answer.shape[0])
        notes: tuple[str, ...] = ()
        if found != self.size:
            stretch = (found.width / found.height) / (self.size.width / self.size.height)
            if abs(stretch - 1) > _MAX_STRETCH or found.area < _LEAST_SHARE * self.size.area:
                raise EditorError(
                    f"{part}: the result is {found.width}x{found.height}, expected {self.size.width}x{self.size.height}"
                )
            notes = (f"result of {found.width}x{found.height} scaled to {self.size.width}x{self.size.height}",)
            answer = _resized(answer, self.size)
        return _resized(answer[self.box.slices], self.canvas), notes


def sheet_for(canvas: Size, sizes: Sequence[Size] = ()) -> Sheet:
    """The canvas as it is, or on the one of `sizes` on which it comes out largest, in the middle."""
    if not sizes or canvas in sizes:
        return Sheet(canvas, Box(0, 0, canvas.width, canvas.height), canvas)
    size = max(sizes, key=lambda s: (min(s.width / canvas.width, s.height / canvas.height), -s.area))
    scale = min(size.width / canvas.width, size.height / canvas.height)
    width = min(size.width, max(1, round(canvas.width * scale)))
    height = min(size.height, max(1, round(canvas.height * scale)))
    return Sheet(size, Box((size.width - width) // 2, (size.height - height) // 2, width, height), canvas)


def png(pixels: NDArray[np.uint8]) -> bytes:
    """RGB, RGBA or grey pixels as a PNG, without metadata."""
    if pixels.ndim == 3:
        order = cv2.COLOR_RGBA2BGRA if pixels.shape[2] == 4 else cv2.COLOR_RGB2BGR
        pixels = np.asarray(cv2.cvtColor(pixels, order), np.uint8)
    done, data = cv2.imencode(".png", pixels)
    if not done:
        raise EditorError(f"a picture of {pixels.shape[1]}x{pixels.shape[0]} cannot be written as PNG")
    return data.tobytes()


def read(body: bytes, part: str) -> RGB:
    """The pixels of a picture that came from a service; EditorError if the bytes are none."""
    try:
        return decode(io.BytesIO(body), "the result", _MAX_PIXELS).srgb()
    except PictureError as error:
        raise EditorError(f"{part}: {error.message}") from error


def size(text: str) -> Size | None:
    """A size from `1024x1536` (or with `*`); None if it is none."""
    width, _, height = text.lower().replace("*", "x").partition("x")
    if not (width.isdigit() and height.isdigit()) or int(width) < 1 or int(height) < 1:
        return None
    return Size(int(width), int(height))


def _resized(pixels: RGB, size: Size) -> RGB:
    if (pixels.shape[1], pixels.shape[0]) == (size.width, size.height):
        return pixels
    shrinks = size.area < pixels.shape[0] * pixels.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(pixels, (size.width, size.height), interpolation=method), np.uint8)
