"""A picture as a vision-language model is shown it, and the way back from the boxes that the model names."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import cv2
import numpy as np

from retouch.edit import RGB
from retouch.errors import PictureError, SpecError
from retouch.geometry import Box, Size
from retouch.picture import Picture

BoxConvention = Literal["absolute", "1000", "1"]
"""What a model's coordinates count: pixels of the picture as it was processed, thousandths of each side, or its share.

Qwen2.5-VL says pixels; Qwen2-VL and Qwen3-VL, like most others, thousandths (their makers, in QwenLM/Qwen3-VL issues
676, 866 and 1486).
"""
LONGEST_ASPECT = 50.0
"""Longer pictures are refused: some processors do so from 200 on, and none sees anything in a hair's breadth."""
_STRAY = 0.05
"""How far, as a share of a side, a box may reach outside and be clamped: beyond that it was counted otherwise."""
_SMALLEST = 2
"""Pixels of the shown part that a box must have in both directions."""
_RANGE = {"1000": 1000.0, "1": 1.0}


@dataclass(frozen=True, slots=True)
class Limits:
    """What sizes a model's processor leaves as they are: sides a multiple of `multiple`, an area within the bounds.

    28 and 32 are patch times merge of Qwen2.5-VL and Qwen3-VL. The least area makes small crops large enough to read,
    the most is about one megapixel, above which cost grows and few servers follow.
    """

    multiple: int = 28
    min_pixels: int = 256 * 28 * 28
    max_pixels: int = 1280 * 28 * 28

    def __post_init__(self) -> None:
        if self.multiple < 1 or self.min_pixels < self.multiple**2 or self.max_pixels < 4 * self.min_pixels:
            raise SpecError(
                f"picture limits: multiple {self.multiple}, {self.min_pixels} to {self.max_pixels} pixels; expected at "
                "least one multiple squared, and a most of at least four times the least"
            )

    def fitted(self, size: Size) -> Size:
        """The size nearest to `size` that is processed as it is; PictureError for a strip longer than 50:1.

        The rule is that of the Qwen-VL processors, so that theirs finds nothing left to do.
        """
        if max(size.width, size.height) > LONGEST_ASPECT * min(size.width, size.height):
            raise PictureError(f"a strip of {size.width}x{size.height} is too long to be shown to a model; crop it")
        step = self.multiple
        width, height = round(size.width / step) * step, round(size.height / step) * step
        if width * height > self.max_pixels:
            shrink = math.sqrt(size.area / self.max_pixels)
            width, height = (max(step, math.floor(side / shrink / step) * step) for side in (size.width, size.height))
        elif width * height < self.min_pixels:
            grow = math.sqrt(self.min_pixels / size.area)
            width, height = (math.ceil(side * grow / step) * step for side in (size.width, size.height))
        if width > height:
            return Size(min(width, self._most(height)), height)
        return Size(width, min(height, self._most(width)))

    def _most(self, short: int) -> int:
        """The longest side beside a short one that was rounded up to one multiple."""
        return self.max_pixels // short // self.multiple * self.multiple


USUAL = Limits()


@dataclass(frozen=True, eq=False)
class View:
    """The part `box` of a picture as a model gets it: `pixels` RGB, 8 bit, of a size that its processor keeps."""

    pixels: RGB
    box: Box

    @classmethod
    def of(cls, picture: Picture, box: Box | None = None, limits: Limits = USUAL) -> View:
        """The picture, or its part `box`, resized once.

        Shrinking averages over every pixel, so that no pixel pattern shows the model a picture that nobody else sees.
        """
        box = box or picture.box
        size = limits.fitted(box.size)
        how = cv2.INTER_AREA if size.area < box.area else cv2.INTER_CUBIC
        pixels = np.asarray(cv2.resize(picture.srgb(box), (size.width, size.height), interpolation=how), np.uint8)
        return cls(pixels, box)

    @property
    def size(self) -> Size:
        return Size(self.pixels.shape[1], self.pixels.shape[0])

    @cached_property
    def data_uri(self) -> str:
        """The view as PNG in a `data:` URI."""
        _, png = cv2.imencode(".png", cv2.cvtColor(self.pixels, cv2.COLOR_RGB2BGR))
        return "data:image/png;base64," + base64.b64encode(png.tobytes()).decode("ascii")

    def place(self, corners: Sequence[float], convention: BoxConvention) -> Box:
        """The box in picture pixels that a model means by `corners` (x1, y1, x2, y2) of this view.

        Corners in the wrong order are put right and small overshoots clamped. ValueError, in words for the model, for
        anything else: not four finite numbers, nothing inside, hardly any area, or numbers of another convention.
        """
        if len(corners) != 4 or not all(math.isfinite(number) for number in corners):
            raise ValueError(f"box {list(corners)} is not four finite numbers x1, y1, x2, y2")
        across, down = self._range(convention)
        lefts = sorted(number / across for number in corners[::2])
        tops = sorted(number / down for number in corners[1::2])
        if min(lefts[0], tops[0]) < -_STRAY or max(lefts[1], tops[1]) > 1 + _STRAY:
            raise ValueError(
                f"box {list(corners)} reaches outside the picture, where x ends at {across:g} and y at {down:g}"
            )
        left, right = (round(min(max(x, 0.0), 1.0) * self.box.width) for x in lefts)
        top, bottom = (round(min(max(y, 0.0), 1.0) * self.box.height) for y in tops)
        if right - left < _SMALLEST or bottom - top < _SMALLEST:
            raise ValueError(f"box {list(corners)} has no area; x ends at {across:g} and y at {down:g}")
        return Box.between(left, top, right, bottom).moved(self.box.x, self.box.y)

    def corners(self, box: Box, convention: BoxConvention) -> list[float]:
        """The inverse of `place`: x1, y1, x2, y2 of a box in picture pixels as the model would name it."""
        across, down = self._range(convention)
        inside = box.relative_to(self.box)
        digits = 3 if convention == "1" else None
        edges = (inside.x, inside.y, inside.right, inside.bottom)
        scales = (across / self.box.width, down / self.box.height) * 2
        return [round(edge * scale, digits) for edge, scale in zip(edges, scales, strict=True)]

    def convention_in_words(self, convention: BoxConvention) -> str:
        """How the model is told to count."""
        if convention == "absolute":
            return f"pixels of this picture, which is {self.size.width} wide and {self.size.height} high"
        most = "1000" if convention == "1000" else "1"
        return f"numbers from 0 to {most} over the picture's width and over its height"

    def _range(self, convention: BoxConvention) -> tuple[float, float]:
        if convention == "absolute":
            return float(self.size.width), float(self.size.height)
        return _RANGE[convention], _RANGE[convention]


def convention_of(model: str) -> BoxConvention:
    """How a model of that name counts; thousandths unless it is known to do otherwise."""
    name = model.lower().replace("_", "").replace("-", "").replace(".", "")
    return "absolute" if "qwen25vl" in name else "1000"


def convention(option: str | int | float, model: str) -> BoxConvention:
    """The convention that an option names, that of the model where it is empty; SpecError for any other word."""
    named = str(option)
    if not named:
        return convention_of(model)
    for known in get_args(BoxConvention):
        if named == known:
            return known  # type: ignore[no-any-return]
    raise SpecError(f"box_convention {named!r} is unknown; expected {', '.join(get_args(BoxConvention))}")
