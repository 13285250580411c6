"""Findings drawn on a copy of the picture: a frame for each, with what is wanted there and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from retouch.finding import FaultKind, Finding
from retouch.geometry import Box, Size
from retouch.picture import Picture

COLOURS: dict[FaultKind, tuple[int, int, int]] = {
    FaultKind.WRONG: (196, 30, 58),
    FaultKind.MALFORMED: (190, 75, 0),
    FaultKind.MISSING: (112, 48, 160),
    FaultKind.EXTRA: (0, 100, 170),
    FaultKind.UNREADABLE: (90, 90, 90),
    FaultKind.VARIANT: (30, 120, 60),
}
"""One dark colour for each kind, so that white letters are legible on it (contrast 4.5 to 1 or more)."""

_SMALLEST_LETTERS = 13
_LETTERS_OF_SIDE = 72
"""Letters are the picture's longer side divided by this, but never smaller than the above."""
_TAKEN = 1000.0
"""Busyness of a place that a frame or a label has taken: more than any contrast."""


def draw_findings(picture: Picture, findings: Sequence[Finding]) -> Picture:
    """A new 8-bit sRGB picture of the same size with a frame and a label for each finding."""
    rgb = picture.srgb()
    image = Image.fromarray(rgb)
    draw = ImageDraw.Draw(image)
    letters = max(_SMALLEST_LETTERS, round(max(rgb.shape[:2]) / _LETTERS_OF_SIDE))
    font, han = label_font(letters)
    width = max(2, letters // 7)
    busy = _busyness(rgb)
    frames = [finding.box.grown(width + 1) for finding in findings]
    for frame in frames:
        busy[frame.clamped(picture.size).slices] = _TAKEN
    for finding, frame in zip(findings, frames, strict=True):
        colour, text = COLOURS[finding.kind], _label(finding, han)
        draw.rectangle((frame.x, frame.y, frame.right - 1, frame.bottom - 1), outline=colour, width=width)
        label = _place(frame, _measured(draw, text, font), busy)
        busy[label.clamped(picture.size).slices] = _TAKEN
        draw.rectangle((label.x, label.y, label.right - 1, label.bottom - 1), fill=colour)
        draw.text((label.x + letters // 4, label.centre[1]), text, font=font, fill="white", anchor="lm")
    return Picture(np.asarray(image))


def _busyness(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How much would be covered at each pixel: the local contrast, 0 on bare paper."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    return cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).astype(np.float32)


@cache
def label_font(size: int) -> tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, bool]:
    """A font for labels and whether it has Han characters; without an installed one Pillow's own, which has none."""
    from retouch.writing.fonts import installed

    sans = sorted(installed(), key=lambda face: ("Sans" not in face.family, "Regular" not in face.path, face.path))
    if not sans:
        return ImageFont.load_default(size), False
    return ImageFont.truetype(sans[0].path, size, index=sans[0].index), True


def _label(finding: Finding, han: bool) -> str:
    """`觞 malformed`; code points where no font can draw the character."""
    char = finding.wanted or finding.read or ""
    shown = char if han else " ".join(f"U+{ord(c):04X}" for c in char)
    return f"{shown} {finding.kind.value}".strip()


def _measured(draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> Size:
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    height = bottom - top
    return Size(int(right - left + height * 0.6), int(height * 1.35))


def _place(frame: Box, label: Size, busy: NDArray[np.float32]) -> Box:
    """Beside, above or below the frame and inside the page, where it covers least; inside the frame if need be."""
    page = Box(0, 0, busy.shape[1], busy.shape[0])
    ends = (frame.y, round(frame.centre[1]) - label.height // 2, frame.bottom - label.height)
    starts = (frame.x, round(frame.centre[0]) - label.width // 2, frame.right - label.width)
    places = [(x, y) for x in starts for y in (frame.y - label.height, frame.bottom)]
    places += [(x, y) for y in ends for x in (frame.right, frame.x - label.width)]
    boxes = [Box(x, y, label.width, label.height) for x, y in places]
    inside = [box for box in boxes if page.contains(box)]
    return min(
        inside, key=lambda box: float(busy[box.slices].mean()), default=Box(frame.x, frame.y, label.width, label.height)
    )
