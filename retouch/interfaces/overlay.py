"""Findings drawn on a copy of the picture: a frame for each, with what is wanted there and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
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

_SMALLEST_LETTERS = 14
_LETTERS_OF_SIDE = 55
"""Letters are the picture's longer side divided by this, but never smaller than the above."""


def draw_findings(picture: Picture, findings: Sequence[Finding]) -> Picture:
    """A new 8-bit sRGB picture of the same size with a frame and a label for each finding."""
    image = Image.fromarray(picture.srgb())
    draw = ImageDraw.Draw(image)
    side = max(picture.size.width, picture.size.height)
    letters = max(_SMALLEST_LETTERS, round(side / _LETTERS_OF_SIDE))
    font, han = label_font(letters)
    taken: list[Box] = []
    for finding in findings:
        colour, width = COLOURS[finding.kind], max(2, letters // 7)
        frame = finding.box.grown(width + 1)
        draw.rectangle((frame.x, frame.y, frame.right - 1, frame.bottom - 1), outline=colour, width=width)
        text = _label(finding, han)
        label = _place(frame, _measured(draw, text, font), picture.size, taken)
        taken.append(label)
        draw.rectangle((label.x, label.y, label.right - 1, label.bottom - 1), fill=colour)
        draw.text((label.x + letters // 4, label.centre[1]), text, font=font, fill="white", anchor="lm")
    return Picture(np.asarray(image))


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


def _place(frame: Box, label: Size, page: Size, taken: Sequence[Box]) -> Box:
    """Above the frame, else below it, else beside it: the first place inside the page that no label has taken."""
    x = min(max(0, frame.x), max(0, page.width - label.width))
    beside = frame.right if frame.right + label.width <= page.width else frame.x - label.width
    places = [(x, frame.y - label.height), (x, frame.bottom), (beside, frame.y), (x, frame.y)]
    boxes = [Box(px, py, label.width, label.height) for px, py in places]
    whole = Box(0, 0, page.width, page.height)
    free = [b for b in boxes if whole.contains(b) and not any(b.overlaps(t) for t in taken)]
    return free[0] if free else boxes[-1]
