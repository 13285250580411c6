"""Templates: a character as a face draws it, and a page's glyph in the same frame."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.style import Face
from retouch.writing.comparison import compare
from retouch.writing.fonts import render
from retouch.writing.ink import ink_box
from retouch.writing.registration import EM, FRAME, Ink

_MARGIN = 3  # px kept free round ink that is larger than the frame


def template(face: Face, char: str) -> Ink:
    """`char` drawn with `face`, float32 (FRAME, FRAME), the em of EM px in the middle. PictureError if not covered."""
    return _stored(face, char).astype(np.float32) / np.float32(255)


def framed(ink: Ink, em: float | None = None) -> Ink:
    """A glyph of a page in the frame, float32 (FRAME, FRAME): scaled so that `em` page px become EM (by its own longer
    side where None), its ink box in the middle. Blank where there is no ink."""
    placed = _placed(ink, em)
    if placed is None:
        return np.zeros((FRAME, FRAME), dtype=np.float32)
    scale, matrix = placed
    # warpAffine does not average when it shrinks, so what is finer than the new pixels is blurred away before
    source = cv2.GaussianBlur(ink, (0, 0), 0.35 / scale) if scale < 0.7 else ink
    return np.asarray(cv2.warpAffine(source, matrix, (FRAME, FRAME), flags=cv2.INTER_LINEAR), dtype=np.float32)


def unframed(residual: Ink, glyph_ink: Ink, em: float | None = None) -> Ink:
    """A map in the frame of `framed(glyph_ink, em)` brought back to the shape of `glyph_ink`."""
    height, width = glyph_ink.shape
    placed = _placed(glyph_ink, em)
    if placed is None:
        return np.zeros((height, width), dtype=np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(residual, placed[1], (width, height), flags=flags), dtype=np.float32)


def distance(glyph_ink: Ink, template_ink: Ink) -> tuple[float, Ink]:
    """Elastic distance, 0 (same) to about 1, of two glyphs' ink maps of any size, and the residual in the frame of the
    first map, float32 0..1 of its shape: ink that one of them has and the other has nowhere near."""
    found = compare(framed(glyph_ink), [(framed(template_ink), 1.0)])
    return found.distance, unframed(found.residual, glyph_ink)


def _placed(ink: Ink, em: float | None) -> tuple[float, NDArray[np.float64]] | None:
    """Frame px to a page px, and the matrix from the page's crop to the frame; None where there is no ink."""
    box = ink_box(ink)
    if box is None:
        return None
    longest = max(box.width, box.height)
    scale = min(EM / em if em else 0.9 * EM / longest, (FRAME - 2 * _MARGIN) / longest)
    (x, y), middle = box.centre, FRAME / 2
    return scale, np.array([[scale, 0, middle - scale * x], [0, scale, middle - scale * y]])


@lru_cache(maxsize=4096)
def _stored(face: Face, char: str) -> NDArray[np.uint8]:
    """The template in 8 bits: 12 KiB each."""
    drawn = (render(face, char, EM) * 255).astype(np.uint8)
    canvas = np.zeros((FRAME, FRAME), dtype=np.uint8)
    shift = (FRAME - drawn.shape[0]) // 2
    inner = drawn[max(0, -shift) : drawn.shape[0] - max(0, -shift), max(0, -shift) : drawn.shape[1] - max(0, -shift)]
    canvas[max(0, shift) : max(0, shift) + inner.shape[0], max(0, shift) : max(0, shift) + inner.shape[1]] = inner
    return canvas
