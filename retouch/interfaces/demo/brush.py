"""One written character: a face's outline, moved by a hand and inked by a brush, never twice alike."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Size
from retouch.interfaces.demo.paper import noise
from retouch.style import Face
from retouch.writing.fonts import render

Ink = NDArray[np.float32]
"""Ink coverage 0..1 of a square canvas: the em square in the middle, `MARGIN` of the em blank on each side."""

Surface = Callable[[Ink, np.random.Generator], Ink]
"""What happens to ink after it was written: a blur, a smear. Same shape in and out."""

MARGIN = 0.3
FINE = 2
"""Outlines are drawn at this multiple of the page's resolution and averaged down, for clean edges."""


@dataclass(frozen=True, slots=True)
class Brush:
    """How freely and how wet a hand writes. Lengths are shares of the em; all are standard deviations or peaks."""

    warp: float = 0.012
    """Peak of the smooth distortion that makes two copies of a character differ."""
    turn: float = 1.4
    """Degrees by which a character leans."""
    scale: float = 0.03
    weight: float = 0.16
    """Change of stroke weight inside a character, as a share of the edge's threshold."""
    boldness: float = 0.0
    """Heavier (> 0) or lighter strokes throughout, same unit."""
    dry: float = 0.12
    """Share of characters written with a brush that runs dry."""
    pool: float = 0.22
    """How much thin places are paler than places where ink pools."""


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """`coverage` and `darkness` (how black the covered paper is, 0..1), float32 (n, n), em in the middle."""

    coverage: Ink
    darkness: Ink


@lru_cache(maxsize=4096)
def outline(face: Face, char: str, size: int) -> Ink:
    """The face's glyph at `size` px an em, read-only, square with sides of (1 + 2 * MARGIN) ems.

    Raises PictureError where the face does not draw the character.
    """
    drawn = render(face, char, size)
    margin = round(size * MARGIN)
    canvas = np.zeros((size + 2 * margin,) * 2, dtype=np.float32)
    shift = (canvas.shape[0] - drawn.shape[0]) // 2
    if shift < 0:
        drawn, shift = drawn[-shift : canvas.shape[0] - shift, -shift : canvas.shape[0] - shift], 0
    canvas[shift : shift + drawn.shape[0], shift : shift + drawn.shape[1]] = drawn
    canvas.flags.writeable = False
    return canvas


def write(
    ink: Ink, brush: Brush, rng: np.random.Generator, turn: float = 0.0, surface: Surface | None = None
) -> Written:
    """Write `ink` (at FINE times the page's resolution) leaning by `turn` degrees clockwise; see Brush."""
    span = ink.shape[0]
    em = span / (1 + 2 * MARGIN)
    moved = np.asarray(cv2.remap(ink, *_motion(span, em, brush, rng, turn), cv2.INTER_LINEAR), dtype=np.float32)
    flowed = _flow(moved, em, brush, rng)
    grain = _grain(flowed, em, brush, rng)
    if surface is not None:
        flowed = surface(flowed, rng)
    coarse = (span // FINE, span // FINE)
    coverage = cv2.resize(flowed, coarse, interpolation=cv2.INTER_AREA)
    darkness = cv2.resize(grain, coarse, interpolation=cv2.INTER_AREA)
    return Written(np.asarray(coverage, np.float32), np.asarray(darkness, np.float32))


def _motion(span: int, em: float, brush: Brush, rng: np.random.Generator, turn: float) -> tuple[Ink, Ink]:
    """Where each pixel of the written character comes from: turn, scale, shear and a smooth warp."""
    angle = math.radians(turn + rng.normal(0, brush.turn))
    wide, high = 1 / np.exp(rng.normal(0, brush.scale, 2))
    shear = rng.normal(0, 0.02)
    axis = np.arange(span, dtype=np.float32) - np.float32(span / 2)
    x, y = axis[None, :], axis[:, None]
    cos, sin = math.cos(angle), math.sin(angle)
    peak = brush.warp * em
    size = Size(span, span)
    from_x = (cos * x + sin * y) * wide + shear * y + noise(size, em * 0.42, rng) * peak + span / 2
    from_y = (cos * y - sin * x) * high + noise(size, em * 0.42, rng) * peak + span / 2
    return from_x.astype(np.float32), from_y.astype(np.float32)


def _flow(ink: Ink, em: float, brush: Brush, rng: np.random.Generator) -> Ink:
    """Round the outline as wet ink does and let the stroke's weight swell and shrink."""
    soft = cv2.GaussianBlur(ink, (0, 0), 0.009 * em)
    size = Size(ink.shape[1], ink.shape[0])
    swell = brush.weight * noise(size, em * 0.3, rng) + 0.35 * brush.weight * noise(size, em * 0.05, rng)
    swell += np.float32(brush.boldness + rng.normal(0, brush.weight / 3))
    # Beyond .3 blank paper beside a stroke would take ink.
    swell = np.clip(swell, -0.3, 0.3)
    return np.asarray(np.clip((soft - (0.5 - swell)) * 2.6 + 0.5, 0, 1), dtype=np.float32)


def _grain(ink: Ink, em: float, brush: Brush, rng: np.random.Generator) -> Ink:
    """How black the ink is: pools where strokes are broad, pale where they are thin, streaked where it runs dry."""
    size = Size(ink.shape[1], ink.shape[0])
    depth = np.clip(cv2.GaussianBlur(ink, (0, 0), 0.035 * em) * 1.5, 0, 1)
    dark = 1 - np.float32(brush.pool) * (1 - depth) * np.float32(rng.uniform(0.4, 1.3))
    dark += 0.05 * noise(size, em * 0.12, rng) + 0.03 * noise(size, em * 0.02, rng)
    if rng.random() < brush.dry:
        dark *= 1 - _streaks(ink, em, rng)
    return np.asarray(np.clip(dark, 0.05, 1), dtype=np.float32)


def _streaks(ink: Ink, em: float, rng: np.random.Generator) -> Ink:
    """Gaps that the hairs of a dry brush leave along the strokes of one direction, 0 to about 0.6."""
    size = Size(ink.shape[1], ink.shape[0])
    angle = float(rng.choice([-8.0, 90.0, 55.0, 125.0]) + rng.normal(0, 6))
    along = _line(int(em * 0.08), angle)
    hairs = np.asarray(cv2.filter2D(noise(size, em * 0.014, rng), -1, along), dtype=np.float32)
    hairs = hairs / max(float(hairs.std()), 1e-6)
    # Where ink is longer in this direction than across it, a stroke runs this way.
    runs = cv2.filter2D(ink, -1, along) - cv2.filter2D(ink, -1, _line(int(em * 0.08), angle + 90))
    where = np.clip(noise(size, em * 0.6, rng) * 1.6, 0, 1) * np.clip(runs * 2.5 - 0.3, 0, 1)
    return np.asarray(np.clip((hairs - 0.1) * 0.6, 0, 0.6) * where, dtype=np.float32)


def _line(reach: int, angle: float) -> Ink:
    """A kernel that averages along a line of 2 * reach + 1 pixels."""
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), dtype=np.float32)
    dx, dy = reach * math.cos(math.radians(angle)), reach * math.sin(math.radians(angle))
    cv2.line(kernel, (round(reach - dx), round(reach - dy)), (round(reach + dx), round(reach + dy)), 1.0, 1)
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)
