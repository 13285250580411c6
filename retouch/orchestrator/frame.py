"""Framing: which part of the picture an editor gets to see, at which size, and the way back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB, FixedCanvas, NativeCanvas
from retouch.errors import PlanError
from retouch.geometry import Box, Size

MARGIN = 0.5
"""Context round a step's box as a share of its longer side: half a character on every side shows the neighbours."""
_LEAST_MARGIN = 12
"""Pixels of context that even the smallest box gets: the ring for registration and colour needs some width."""
_EXTREME_ASPECT = 4.0
"""Canvases longer than 4:1 are outside what editing models were trained on; the crop is widened instead."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A window on the picture. `crop` (picture pixels) may reach out of the picture where it is too small for the
    canvas's aspect; there the edge is repeated. `inside` is the part of `crop` that exists."""

    crop: Box
    inside: Box
    canvas: Size

    @property
    def scale(self) -> float:
        """Canvas pixels per picture pixel."""
        return self.canvas.width / self.crop.width

    @property
    def scaled(self) -> bool:
        return self.canvas != self.crop.size

    def send(self, part: RGB) -> RGB:
        """The canvas for `part`, the pixels of `inside` (uint8 height × width × 3): edges repeated, one resize."""
        left, top = self.inside.x - self.crop.x, self.inside.y - self.crop.y
        right, bottom = self.crop.right - self.inside.right, self.crop.bottom - self.inside.bottom
        whole = part
        if left or top or right or bottom:
            whole = _uint8(cv2.copyMakeBorder(part, top, bottom, left, right, cv2.BORDER_REPLICATE))
        return _resize(whole, self.canvas) if self.scaled else whole

    def bring_back(self, canvas: RGB) -> RGB:
        """The inverse of `send`: a picture of the canvas's size as pixels of `inside`."""
        whole = _resize(canvas, self.crop.size) if self.scaled else canvas
        return whole[self.inside.relative_to(self.crop).slices]

    def send_mask(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A mask over `inside` on the canvas: each canvas pixel that a True pixel touches; False where edges repeat."""
        whole = np.zeros((self.crop.height, self.crop.width), np.uint8)
        whole[self.inside.relative_to(self.crop).slices] = mask
        return self._resized(whole, self.canvas)

    def bring_back_mask(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A canvas mask over `inside`: every picture pixel that a True canvas pixel touches."""
        whole = self._resized(mask.astype(np.uint8), self.crop.size)
        return whole[self.inside.relative_to(self.crop).slices]

    def send_box(self, box: Box) -> Box:
        """A box of the picture in canvas pixels, rounded outwards and kept on the canvas."""
        across, down = self.canvas.width / self.crop.width, self.canvas.height / self.crop.height
        here = box.relative_to(self.crop)
        return Box.between(
            math.floor(here.x * across),
            math.floor(here.y * down),
            math.ceil(here.right * across),
            math.ceil(here.bottom * down),
        ).clamped(self.canvas)

    def _resized(self, mask: NDArray[np.uint8], size: Size) -> NDArray[np.bool_]:
        if not self.scaled:
            return mask > 0
        grown = size.width >= mask.shape[1]
        method = cv2.INTER_LINEAR if grown else cv2.INTER_AREA
        return cv2.resize(mask.astype(np.float32), (size.width, size.height), interpolation=method) > 0


def choose(
    box: Box,
    picture: Size,
    canvas: NativeCanvas | FixedCanvas,
    margin: float = MARGIN,
    reach_of: Sequence[Box] = (),
) -> Frame:
    """The frame for `box` in a picture of that size: `margin` (share of the box's longer side) of context round it.

    Where `box` holds several boxes, `reach_of`, the context is that of the largest of them.

    For a fixed canvas the crop is extended to the canvas's aspect and moved to lie inside the picture as far as it
    can. PlanError if the box does not touch the picture.
    """
    longest = max(max(each.width, each.height) for each in reach_of or (box,))
    reach = max(_LEAST_MARGIN, round(margin * longest))
    context = box.clamped(picture).grown(reach).clamped(picture)
    if box.clamped(picture).empty:
        raise PlanError(f"box {box} lies outside the picture of {picture.width}x{picture.height}")
    if isinstance(canvas, NativeCanvas):
        return Frame(context, context, context.size)
    size = canvas_size(context.width / context.height, canvas)
    crop = _moved_inside(_extended(context, size), picture)
    return Frame(crop, crop.clamped(picture), size)


def canvas_size(aspect: float, canvas: FixedCanvas) -> Size:
    """The size of about `canvas.area` with sides that are multiples of `canvas.multiple`, nearest to `aspect`.

    It is a fixed point of the rule `w = √(area·ratio), h = w/ratio, each rounded to the multiple` that the Qwen and
    FLUX pipelines of diffusers apply to their input, so that the pipeline's own resize does nothing.
    """
    aspect = min(max(aspect, 1 / _EXTREME_ASPECT), _EXTREME_ASPECT)
    size = _rounded(aspect, canvas)
    for _ in range(8):
        again = _rounded(size.width / size.height, canvas)
        if again == size:
            break
        size = again
    return size


def _rounded(aspect: float, canvas: FixedCanvas) -> Size:
    width = math.sqrt(canvas.area * aspect)
    sides = (max(1, round(side / canvas.multiple)) * canvas.multiple for side in (width, width / aspect))
    return Size(*sides)


def _extended(context: Box, canvas: Size) -> Box:
    """The smallest box round `context` with the canvas's aspect, to less than a pixel."""
    scale = min(canvas.width / context.width, canvas.height / context.height)
    width = max(context.width, round(canvas.width / scale))
    height = max(context.height, round(canvas.height / scale))
    return Box(context.x - (width - context.width) // 2, context.y - (height - context.height) // 2, width, height)


def _moved_inside(box: Box, picture: Size) -> Box:
    """The box moved into the picture along each axis on which it fits, centred on the picture where it does not."""

    def place(start: int, length: int, room: int) -> int:
        return (room - length) // 2 if length > room else min(max(start, 0), room - length)

    x, y = place(box.x, box.width, picture.width), place(box.y, box.height, picture.height)
    return Box(x, y, box.width, box.height)


def _resize(pixels: RGB, size: Size) -> RGB:
    """One resize: area averaging downwards, Lanczos (8×8) upwards."""
    shrinks = size.area < pixels.shape[0] * pixels.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LANCZOS4
    return _uint8(cv2.resize(pixels, (size.width, size.height), interpolation=method))


def _uint8(pixels: NDArray[np.generic]) -> RGB:
    return np.asarray(pixels, dtype=np.uint8)
