"""Blame as a picture: every version's pixels in a colour of its own, with a legend below."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from PIL import Image, ImageDraw

from retouch.edit import RGB
from retouch.interfaces.overlay import label_font
from retouch.orchestrator.thumbnail import on_white
from retouch.picture import Picture
from retouch.store.operations.blame import Blame

_TINT = 0.55
"""How much of the colour lies over the page: strokes stay readable under it."""
_GOLDEN = 0.618034
"""Hues a golden section apart stay apart, however many there are."""
_LETTERS_OF_SIDE, _SMALLEST_LETTERS = 60, 13
_LEGEND_LIMIT = 40
"""Versions in the legend, those with the most pixels; the others are counted."""


def blame_map(picture: Picture, blame: Blame, words: Mapping[str, str]) -> Picture:
    """The part of the picture in the blame's box, tinted; `words` describe a version in the legend. 8-bit sRGB.

    The version that touched most (nearly always the import) stays without colour.
    """
    page = on_white(picture.crop(blame.box))
    counts = np.bincount(blame.map.ravel(), minlength=len(blame.versions))
    ground = int(counts.argmax())
    named = [int(i) for i in np.argsort(-counts, kind="stable") if counts[i] and i != ground]
    colours = {index: _colour(place) for place, index in enumerate(sorted(named))}
    tinted = _tinted(page, blame, colours)
    shown = named[:_LEGEND_LIMIT]
    lines = [(colours[i], _line(blame.versions[i], int(counts[i]), words)) for i in sorted(shown)]
    if len(named) > len(shown):
        lines.append(((255, 255, 255), f"and {len(named) - len(shown)} more versions"))
    lines.append(((255, 255, 255), _line(blame.versions[ground], int(counts[ground]), words)))
    return Picture(np.vstack([tinted, _legend(lines, tinted.shape[1], max(page.shape[:2]))]))


def _colour(place: int) -> tuple[int, int, int]:
    red, green, blue = colorsys.hls_to_rgb(place * _GOLDEN % 1, 0.5, 0.85)
    return round(255 * red), round(255 * green), round(255 * blue)


def _line(version: str, pixels: int, words: Mapping[str, str]) -> str:
    return f"{version[:8]}  {words.get(version, '')}  ({pixels} pixels)"


def _tinted(page: RGB, blame: Blame, colours: Mapping[int, tuple[int, int, int]]) -> RGB:
    grey = cv2.cvtColor(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB).astype(np.float32)
    table = np.zeros((len(blame.versions), 3), np.float32)
    share = np.zeros(len(blame.versions), np.float32)
    for index, colour in colours.items():
        table[index], share[index] = colour, _TINT
    weight = share[blame.map][:, :, None]
    return np.rint(grey * (1 - weight) + table[blame.map] * weight).astype(np.uint8)


def _legend(lines: Sequence[tuple[tuple[int, int, int], str]], width: int, side: int) -> RGB:
    letters = max(_SMALLEST_LETTERS, side // _LETTERS_OF_SIDE)
    row = round(letters * 1.7)
    image = Image.new("RGB", (width, row * len(lines) + letters), "white")
    draw, (font, _) = ImageDraw.Draw(image), label_font(letters)
    for number, (colour, text) in enumerate(lines):
        top = letters // 2 + number * row
        draw.rectangle((letters // 2, top + 2, letters // 2 + letters, top + 2 + letters), fill=colour, outline="grey")
        draw.text((2 * letters + letters // 4, top + row // 2), text, font=font, fill="black", anchor="lm")
    return np.asarray(image)
