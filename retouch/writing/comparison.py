"""Comparison: how a glyph differs from one or several drawings of its character."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.writing.registration import Ink, register, soft

_TOLERANCE = 2  # px in the frame: ink that near to the other's ink is no residual (a quarter of a stroke's width)
_RESIDUAL = 0.25  # coverage from which a residual pixel belongs to a blob
_PRESENT = np.float32(2.0)  # coverage is multiplied by it before ink counts as missing
_WINDOW = 25  # px, side of the window in which local correlation is taken: about a third of the em
_INKED = 0.1  # mean coverage of a window below which it says nothing


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """How a glyph differs from the drawings that it was compared with; shares are of the glyph's own ink.

    `distance` is the elastic distance to the nearest of them (1 - NCC after alignment and a smooth warp, 0 same to
    about 1). `missing` and `extra` (FRAME, FRAME) float32 are the ink that each drawing has and the page has nowhere
    near, and the page's ink that no drawing has near; `lack` and `surplus` the heaviest connected part of each,
    `missed` and `added` all of each. `discord` is 1 - the correlation in the worst window, 0 to about 1.
    """

    distance: float
    lack: float
    surplus: float
    missed: float
    added: float
    discord: float
    missing: Ink
    extra: Ink

    @property
    def residual(self) -> Ink:
        """Where the glyph differs, 0..1."""
        return np.maximum(self.missing, self.extra)


def compare(glyph: Ink, drawings: Sequence[tuple[Ink, float]]) -> Comparison:
    """How `glyph` (FRAME, FRAME) differs from `drawings`: each a template (FRAME, FRAME) and its px to a glyph's px.

    Faces of one script differ in single strokes; a fault differs from all of them in the same place.
    """
    laid = [register(glyph, drawn, scale) for drawn, scale in drawings]
    laid.sort(key=lambda one: one.distance)
    wide = [cv2.dilate(one.template, _near()) for one in laid]
    present = np.minimum(_PRESENT * glyph, 1)  # pale ink of a dry brush is ink
    missing = np.maximum(np.minimum.reduce([laid[0].template, *wide[1:]]) - cv2.dilate(present, _near()), 0)
    extra = np.maximum(glyph - np.maximum.reduce(wide), 0)
    mass = max(float(glyph.sum()), 1.0)
    return Comparison(
        distance=laid[0].distance,
        lack=_heaviest(missing) / mass,
        surplus=_heaviest(extra) / mass,
        missed=float(missing.sum()) / mass,
        added=float(extra.sum()) / mass,
        discord=_discord(soft(glyph), [soft(one.template) for one in laid]),
        missing=missing,
        extra=extra,
    )


def _discord(glyph: Ink, drawings: Sequence[Ink]) -> float:
    """In each window the best of the drawings counts; of the windows with ink the worst but 2 %."""
    mean = _windowed(glyph)
    spread = np.maximum(_windowed(glyph * glyph) - mean * mean, 1e-4)
    maps, inked = [], mean
    for drawn in drawings:
        other = _windowed(drawn)
        shared = _windowed(glyph * drawn) - mean * other
        maps.append(1 - shared / np.sqrt(spread * np.maximum(_windowed(drawn * drawn) - other * other, 1e-4)))
        inked = np.maximum(inked, other)
    best = np.minimum.reduce(maps)[inked > _INKED]
    return float(np.percentile(best, 98)) if best.size else 0.0


def _windowed(values: Ink) -> Ink:
    return np.asarray(cv2.blur(values, (_WINDOW, _WINDOW), borderType=cv2.BORDER_CONSTANT), dtype=np.float32)


def _near() -> NDArray[np.uint8]:
    side = 2 * _TOLERANCE + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), dtype=np.uint8)


def _heaviest(residual: Ink) -> float:
    """The mass of the heaviest connected part."""
    count, labels = cv2.connectedComponents((residual > _RESIDUAL).astype(np.uint8), connectivity=8)
    if count < 2:
        return 0.0
    return float(np.bincount(labels.ravel(), residual.ravel())[1:].max())
