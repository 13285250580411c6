"""A judge apart from the gate: another measure of shape, and another way to read with the same network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box
from retouch.interfaces.demo.recipe import PaintedPage
from retouch.patch import mask_box
from retouch.style import Face
from retouch.writing.fonts import covers, render
from retouch.writing.recogniser import Recogniser
from retouch.writing.variants import relation

_SIDE = 48
_SHIFTS = range(-3, 4)
_PERCENTILE = 99.0

Grey = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Ruler:
    """The page's own font and how far the page's right glyphs stray from it (99th percentile)."""

    face: Face
    reach: float


def ruler(page: PaintedPage) -> Ruler:
    """Measure the right glyphs of a page against its own font."""
    right = [c for c in page.characters if c.fault is None and c.shows]
    strays = [stray(glyph(page.rgb, c.box), page.recipe.face, c.shows or "") for c in right]
    return Ruler(page.recipe.face, float(np.percentile(strays, _PERCENTILE)))


def glyph(rgb: NDArray[np.uint8], box: Box) -> Grey:
    """The ink inside a box, 0..1 by Otsu's threshold with soft edges, tight."""
    grey = cv2.cvtColor(rgb[box.slices], cv2.COLOR_RGB2GRAY)
    limit, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    ink = np.clip((limit + 24 - grey.astype(np.float32)) / 48, 0, 1)
    tight = mask_box(ink > 0.5)
    return np.asarray(ink[tight.slices] if not tight.empty else ink, dtype=np.float32)


def stray(ink: Grey, face: Face, char: str) -> float:
    """1 - the best correlation of the glyph with the font's, box on box, small shifts allowed; 1 if it has none."""
    if not covers(face, char):
        return 1.0
    drawn = render(face, char, 96)
    model = _normal(drawn[mask_box(drawn > 0.3).slices])
    seen = _normal(ink)
    return 1 - max(_correlation(seen, np.roll(model, (dy, dx), (0, 1))) for dy in _SHIFTS for dx in _SHIFTS)


def _normal(ink: Grey) -> Grey:
    """The ink box on a square of fixed side with a margin; flat and narrow glyphs keep their proportion."""
    height, width = ink.shape
    scale = _SIDE / max(height, width)
    part = cv2.resize(ink, (max(3, round(width * scale)), max(3, round(height * scale))), interpolation=cv2.INTER_AREA)
    out = np.zeros((_SIDE + 12, _SIDE + 12), dtype=np.float32)
    y, x = (out.shape[0] - part.shape[0]) // 2, (out.shape[1] - part.shape[1]) // 2
    out[y : y + part.shape[0], x : x + part.shape[1]] = part
    return np.asarray(cv2.GaussianBlur(out, (0, 0), 1.3), dtype=np.float32)


def _correlation(one: Grey, other: Grey) -> float:
    a, b = one - one.mean(), other - other.mean()
    return float((a * b).sum() / max(float(np.sqrt((a * a).sum() * (b * b).sum())), 1e-6))


def reads(rgb: NDArray[np.uint8], boxes: Sequence[Box], wanted: Sequence[str]) -> list[bool]:
    """Whether each glyph, as black ink on a wide white square, reads as what is wanted among the three likeliest."""
    squares = [_square(glyph(rgb, box)) for box in boxes]
    readings = Recogniser.shared().characters(squares, list(wanted))
    return [
        any(relation(char, top) != "different" for top, _ in reading.top[:3])
        for char, reading in zip(wanted, readings, strict=True)
    ]


def _square(ink: Grey) -> NDArray[np.uint8]:
    side = round(max(ink.shape) * 1.5)
    out = np.full((side, side), 255, dtype=np.uint8)
    y, x = (side - ink.shape[0]) // 2, (side - ink.shape[1]) // 2
    out[y : y + ink.shape[0], x : x + ink.shape[1]] = (255 * (1 - ink)).astype(np.uint8)
    return np.asarray(cv2.cvtColor(out, cv2.COLOR_GRAY2RGB), dtype=np.uint8)
