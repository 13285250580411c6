"""Fitting a font's glyph to a hand: its size, stroke weight, thick and thin, slant and edge softness."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageFont

from retouch.geometry import Box
from retouch.style import Face
from retouch.writing import fonts
from retouch.writing.metrics import Ink, full_bodied, glyph_box, stroke_width

_lock = threading.Lock()  # FreeType faces may not be used by two threads at a time

EM = 256
"""Size in pixels at which outlines are kept; fine enough that a stroke's offset of a hundredth of its width shows."""
_COMMON = "永和年春初事也有流天之九是日水山"
"""Common characters, full-bodied and sparse, that simplified and traditional fonts share: what is typical of a face."""
_STEP = 10
"""Sizes in pixels at which a face's strokes are measured; beyond 100 px the measure no longer changes."""
_SHARPEST = 0.35
"""Softness in pixels of a drawn edge that no one blurred: a pixel's own width (1/√12) and a little."""
_BLACKEST = 0.74
"""Share of ink in a stroke and the gap beside it, past which a dense glyph clogs: heavier brush pages (strokes of a
tenth of the body) come near .7 in their densest glyphs."""


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A glyph as a distance field, float32 (side, side) in pixels at `EM`: positive inside, 0 on the outline.

    `radius` is the half width of the stroke that each pixel belongs to or lies nearest to; `stroke` the median width,
    `gap` the width of the narrower gaps between strokes, `modulation` the 10th to 90th percentile range of the strokes'
    widths over their median. The em square stands in the middle.
    """

    distance: NDArray[np.float32]
    radius: NDArray[np.float32]
    stroke: float
    gap: float
    modulation: float

    @property
    def side(self) -> int:
        return int(self.distance.shape[0])


@lru_cache(maxsize=4096)
def ink_box(face: Face, char: str) -> Box:
    """The glyph's ink box in pixels at `EM` scale, counted from the em square's centre."""
    half = fonts.render(face, char, EM // 2)
    box = glyph_box(half)
    middle = half.shape[0] // 2
    return Box(2 * (box.x - middle), 2 * (box.y - middle), 2 * box.width, 2 * box.height)


@lru_cache(maxsize=256)
def body(face: Face) -> tuple[float, float]:
    """Width and height in em of full-bodied glyphs' ink, by the very rule by which a page is measured."""
    boxes = [ink_box(face, c) for c in _COMMON if fonts.covers(face, c)]
    if not boxes:
        return 0.9, 0.9
    width = np.median(full_bodied([b.width for b in boxes])) / EM
    return float(width), float(np.median(full_bodied([b.height for b in boxes]))) / EM


@lru_cache(maxsize=64)
def typical_modulation(face: Face) -> float:
    """The median modulation of common characters' strokes."""
    values = [outline(face, c).modulation for c in _COMMON[::2] if fonts.covers(face, c)]
    return float(np.median(values)) if values else 0.5


@lru_cache(maxsize=256)
def typical_stroke(face: Face, em: int, softness: float) -> float:
    """The face's typical stroke width in em, as it is measured on a page whose em is `em` pixels and whose edges have
    that softness: small soft strokes measure wider than they are (thin ones at 20 px by half)."""
    glyphs = [softened(fonts.render(face, c, em), softness) for c in _COMMON if fonts.covers(face, c)]
    return float(np.median([stroke_width(g) for g in glyphs])) / em if glyphs else 0.08


def stroke_ratio(face: Face, glyph: Outline, em: float, stroke: float, softness: float) -> float:
    """How many times wider this glyph's strokes must be than drawn, on a page whose strokes measure `stroke` pixels.

    A heavier brush or ink that spreads widens all strokes by the same amount, in dense glyphs and in sparse ones; a
    lighter one leaves them their proportion.
    """
    size = int(np.clip(round(em / _STEP) * _STEP, _STEP, 100))
    typical = typical_stroke(face, size, round(4 * softness) / 4)
    wider = stroke / em - typical
    if wider <= 0 or not glyph.stroke:
        return stroke / em / typical
    return 1 + wider * EM / glyph.stroke


@lru_cache(maxsize=256)
def outline(face: Face, char: str) -> Outline:
    """The outline of `char`; PictureError where the face does not draw it."""
    return outline_of(fonts.render(face, char, EM))


def outline_of(ink: Ink) -> Outline:
    """The outline of the glyph in `ink`, which stands in the middle of a square or rectangle at `EM` scale."""
    ink = np.pad(ink, EM // 8)
    distance = signed_distance(ink)
    ridge = _ridge(distance)
    radius = _nearest(distance, ridge)
    widths = 2 * distance[ridge]
    if not widths.size:
        return Outline(distance, radius, 0.0, 0.0, 0.0)
    low, median, high = np.percentile(widths, (10, 50, 90))
    modulation = float((high - low) / max(median, 1e-6))
    return Outline(distance, radius, float(median), _gap(distance), modulation)


def _gap(distance: NDArray[np.float32]) -> float:
    """The lower quartile of the gaps' widths, where a gap is paper with strokes on both sides."""
    outside = -distance
    ridge = (outside > 1) & (outside < EM / 10) & (outside >= cv2.dilate(outside, np.ones((3, 3), np.uint8)) - 1e-3)
    return float(2 * np.percentile(outside[ridge], 25)) if ridge.any() else float(EM)


def signed_distance(ink: Ink) -> NDArray[np.float32]:
    """Distance of each pixel from the outline at coverage 0.5, positive inside, sub-pixel on the rim."""
    solid = (ink >= 0.5).astype(np.uint8)
    inside = cv2.distanceTransform(solid, cv2.DIST_L2, 5)
    outside = cv2.distanceTransform(1 - solid, cv2.DIST_L2, 5)
    field = np.where(solid > 0, inside - 0.5, 0.5 - outside).astype(np.float32)
    rim = np.abs(field) < 1
    field[rim] = np.where((ink[rim] > 0) & (ink[rim] < 1), ink[rim] - 0.5, field[rim])
    return np.asarray(field, np.float32)


def _ridge(distance: NDArray[np.float32]) -> NDArray[np.bool_]:
    """The strokes' middle lines: where no neighbour lies deeper."""
    return np.asarray((distance > 1) & (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)) - 1e-3))


def _nearest(distance: NDArray[np.float32], ridge: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The ridge's half width, carried to every pixel from the nearest point of the ridge and smoothed."""
    if not ridge.any():
        return np.zeros_like(distance)
    _, labels = cv2.distanceTransformWithLabels(
        (~ridge).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    values = np.zeros(int(labels.max()) + 1, np.float32)
    values[labels[ridge]] = distance[ridge]
    half = float(np.median(distance[ridge]))
    return np.asarray(cv2.GaussianBlur(values[labels], (0, 0), max(1.0, half / 2)), np.float32)


def weighted(glyph: Outline, ratio: float, contrast: float = 1.0, pressure: NDArray[np.float32] | None = None) -> Ink:
    """The glyph's ink with its strokes `ratio` times as wide, float32 0..1, edges one pixel wide.

    Thin strokes and tapering ends grow in proportion, strokes thicker than the median by as much as the median stroke
    does, so that joints do not blot. `contrast` 1 keeps the differences between thick and thin, less evens them out.
    `pressure` (the outline's shape, mean 0) is added to the relative width, as of a brush pressed unevenly.
    """
    ratio = min(ratio, max(1.0, _BLACKEST * (glyph.stroke + glyph.gap) / max(glyph.stroke, 1e-3)))
    median = glyph.stroke / 2
    even = glyph.radius - median
    radius = ratio * (median + contrast * np.minimum(even, 0)) + contrast * np.maximum(even, 0)
    if pressure is not None:
        radius = radius * (1 + pressure)
    return np.asarray(np.clip(glyph.distance + radius - glyph.radius + 0.5, 0, 1), np.float32)


def softened(ink: Ink, softness: float) -> Ink:
    """`ink` with its edges' blur brought to `softness` pixels; it must have none of its own beyond the pixel's."""
    extra = math.sqrt(max(0.0, softness**2 - _SHARPEST**2))
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), extra), np.float32) if extra > 0.15 else ink


@lru_cache(maxsize=4096)
def advance(face: Face, char: str) -> float:
    """How far the pen moves on after `char` on a horizontal line, in em."""
    with _lock:
        return float(_font(face).getlength(char)) / EM


@lru_cache(maxsize=16)
def _font(face: Face) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face.path, EM, index=face.index, layout_engine=ImageFont.Layout.BASIC)
