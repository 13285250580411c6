"""Templates: a character as a face draws it, and how a glyph on a page differs from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.style import Face
from retouch.writing.fonts import render
from retouch.writing.ink import ink_box
from retouch.writing.registration import EM, FRAME, Ink, Registered, register

_TOLERANCE = 2  # px in the frame: ink that near to the other's ink is no residual (a quarter of a stroke's width)
_RESIDUAL = 0.25  # coverage from which a residual pixel belongs to a blob
_MARGIN = 3  # px kept free round ink that is larger than the frame


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """How a glyph differs from the template of a character.

    `distance` is the elastic distance (1 - NCC after alignment and a smooth warp, 0 same to about 1), `missing` and
    `extra` (FRAME, FRAME) float32 are the template's ink that has no ink near it on the page, and the page's ink that
    has none near it in the template; `lack` and `surplus` the largest connected part of each as a share of the
    template's ink; `strain` px, how far the warp had to go.
    """

    distance: float
    missing: Ink
    extra: Ink
    lack: float
    surplus: float
    strain: float

    @property
    def residual(self) -> Ink:
        """Where the two differ, 0..1."""
        return np.maximum(self.missing, self.extra)


def template(face: Face, char: str) -> Ink:
    """`char` drawn with `face`, float32 (FRAME, FRAME), the em of EM px in the middle. PictureError if not covered."""
    return _stored(face, char).astype(np.float32) / np.float32(255)


def framed(ink: Ink, em: float | None = None) -> Ink:
    """A glyph of a page in the frame, float32 (FRAME, FRAME): scaled so that `em` page px become EM (by its own longer
    side where None), its ink box in the middle. Blank where there is no ink."""
    box = ink_box(ink)
    if box is None:
        return np.zeros((FRAME, FRAME), dtype=np.float32)
    longest = max(box.width, box.height)
    scale = min(EM / em if em else 0.9 * EM / longest, (FRAME - 2 * _MARGIN) / longest)
    (x, y), middle = box.centre, FRAME / 2
    # warpAffine does not average when it shrinks, so what is finer than the new pixels is blurred away before
    source = cv2.GaussianBlur(ink, (0, 0), 0.35 / scale) if scale < 0.7 else ink
    matrix = np.array([[scale, 0, middle - scale * x], [0, scale, middle - scale * y]])
    return np.asarray(cv2.warpAffine(source, matrix, (FRAME, FRAME), flags=cv2.INTER_LINEAR), dtype=np.float32)


def distance(glyph_ink: Ink, template_ink: Ink) -> tuple[float, Ink]:
    """Elastic distance, 0 (same) to about 1, of two glyphs' ink maps of any size, and the residual in the frame of the
    first map, float32 0..1 of its shape: ink that one of them has and the other has nowhere near."""
    found = compare(framed(glyph_ink), framed(template_ink))
    return found.distance, unframed(found.residual, glyph_ink)


def unframed(residual: Ink, glyph_ink: Ink, em: float | None = None) -> Ink:
    """A map in the frame of `framed(glyph_ink, em)` brought back to the shape of `glyph_ink`."""
    height, width = glyph_ink.shape
    box = ink_box(glyph_ink)
    if box is None:
        return np.zeros((height, width), dtype=np.float32)
    longest = max(box.width, box.height)
    scale = min(EM / em if em else 0.9 * EM / longest, (FRAME - 2 * _MARGIN) / longest)
    (x, y), middle = box.centre, FRAME / 2
    matrix = np.array([[scale, 0, middle - scale * x], [0, scale, middle - scale * y]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(residual, matrix, (width, height), flags=flags), dtype=np.float32)


def compare(glyph: Ink, drawn: Ink) -> Comparison:
    """How `glyph` differs from the template `drawn`, both (FRAME, FRAME)."""
    return _compared(glyph, register(glyph, drawn))


def consensus(comparisons: Sequence[Comparison], glyph: Ink) -> Comparison:
    """What all templates agree on: ink is missing only if each face has it there, extra only if none has.

    Faces of one script differ in how they form single strokes (the median sister face lacks or adds 1 to 2 % of the
    ink); a fault differs from all of them in the same place.
    """
    nearest = min(comparisons, key=lambda c: c.distance)
    missing = np.minimum.reduce([c.missing for c in comparisons])
    extra = np.minimum.reduce([c.extra for c in comparisons])
    mass = max(float(glyph.sum()), 1.0)
    return Comparison(
        nearest.distance, missing, extra, _largest(missing) / mass, _largest(extra) / mass, nearest.strain
    )


def _compared(glyph: Ink, laid: Registered) -> Comparison:
    drawn, mass = laid.template, max(float(laid.template.sum()), 1.0)
    missing = np.maximum(drawn - cv2.dilate(glyph, _near()), 0)
    extra = np.maximum(glyph - cv2.dilate(drawn, _near()), 0)
    return Comparison(laid.distance, missing, extra, _largest(missing) / mass, _largest(extra) / mass, laid.strain)


@lru_cache(maxsize=1)
def _near() -> NDArray[np.uint8]:
    side = 2 * _TOLERANCE + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), dtype=np.uint8)


def _largest(residual: Ink) -> float:
    """The mass of the heaviest connected part."""
    count, labels = cv2.connectedComponents((residual > _RESIDUAL).astype(np.uint8), connectivity=8)
    if count < 2:
        return 0.0
    return float(np.bincount(labels.ravel(), residual.ravel())[1:].max())


@lru_cache(maxsize=4096)
def _stored(face: Face, char: str) -> NDArray[np.uint8]:
    """The template in 8 bits: 12 KiB each."""
    drawn = (render(face, char, EM) * 255).astype(np.uint8)
    canvas = np.zeros((FRAME, FRAME), dtype=np.uint8)
    shift = (FRAME - drawn.shape[0]) // 2
    inner = drawn[max(0, -shift) : drawn.shape[0] - max(0, -shift), max(0, -shift) : drawn.shape[1] - max(0, -shift)]
    canvas[max(0, shift) : max(0, shift) + inner.shape[0], max(0, shift) : max(0, shift) + inner.shape[1]] = inner
    return canvas
