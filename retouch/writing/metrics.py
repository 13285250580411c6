"""What makes one glyph stand out among others: stroke width, edge softness, darkness, size and grain of its ink."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.errors import UsageError
from retouch.geometry import Box
from retouch.patch import mask_box
from retouch.style import Spread

Ink = NDArray[np.float32]
"""Ink coverage (height, width), 0 paper to 1 full ink."""

EDGE = 0.5
"""Share of the strokes' own darkness at which their outline lies."""
FAINT = 0.2
"""Coverage below which a pixel is paper."""
SPECK = 0.01
"""Blots below this share of the largest one are not part of the glyph's box (a dot of 以 has about 0.08)."""
_FINE = 512
"""Longer side up to which a glyph is enlarged before its outline is measured, in pixels."""
_DIFFERENCE_VARIANCE = 1 / 3
"""Variance, in px², that a central difference (a box of 2 px) adds to an edge's own blur: 2² / 12."""


@dataclass(frozen=True, slots=True)
class GlyphMetrics:
    """Measures of one glyph. Lengths in pixels of the ink map.

    `stroke` median stroke width, `softness` standard deviation of the edges' blur, `darkness` mean coverage inside the
    strokes (0..1), `width` and `height` of the ink box, `grain` standard deviation of coverage inside the strokes
    (0..1).
    """

    stroke: float
    softness: float
    darkness: float
    width: float
    height: float
    grain: float


def measure(ink: Ink) -> GlyphMetrics:
    """The measures of the one glyph in `ink` (height, width), float 0..1; UsageError where there is no ink."""
    box = glyph_box(ink)
    if box.empty:
        raise UsageError(f"ink map of {ink.shape[1]}x{ink.shape[0]}: no coverage of {FAINT} or more, so no glyph")
    stroke = stroke_width(ink)
    core = inner(ink, stroke)
    darkness = float(ink[core].mean())
    return GlyphMetrics(
        stroke=stroke,
        softness=edge_softness(ink, darkness),
        darkness=darkness,
        width=float(box.width),
        height=float(box.height),
        grain=_grain(ink, core),
    )


def spread(values: Iterable[float]) -> Spread:
    """Median and 5th to 95th percentile; UsageError if there are no values."""
    array = np.fromiter(values, np.float64)
    if not array.size:
        raise UsageError("spread of no values: at least one glyph must be measured")
    low, median, high = np.percentile(array, (5, 50, 95))
    return Spread(float(median), float(low), float(high))


def full_bodied(values: Sequence[float], share: float = 0.5) -> tuple[float, ...]:
    """The larger `share` of the sizes: 一 and 小 say nothing of how large a full-bodied glyph is."""
    ordered = sorted(values)
    return tuple(ordered[int(len(ordered) * (1 - share)) :])


def glyph_box(ink: Ink) -> Box:
    """The box of the strokes, specks left out; without area where there is no ink."""
    solid = solid_ink(ink).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    if count < 2:
        return Box(0, 0, 0, 0)
    blots = stats[1:]
    kept = blots[blots[:, cv2.CC_STAT_AREA] >= SPECK * blots[:, cv2.CC_STAT_AREA].max()]
    return Box.around(Box(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in kept)


def outline_level(ink: Ink) -> float:
    """The coverage at which strokes end: half of what their darker parts have, so that pale ink is measured alike."""
    inked = ink[ink >= FAINT]
    return EDGE * float(np.percentile(inked, 90)) if inked.size else EDGE


def solid_ink(ink: Ink) -> NDArray[np.bool_]:
    """The pixels inside the strokes' outline."""
    return np.asarray(ink >= max(FAINT, outline_level(ink)))


def stroke_width(ink: Ink) -> float:
    """Median width of the strokes in pixels, 0 without ink: twice the outline's distance along the strokes' middle."""
    box = mask_box(solid_ink(ink))
    if box.empty:
        return 0.0
    inside, scale = _inside(ink[box.grown(2).intersection(Box(0, 0, ink.shape[1], ink.shape[0])).slices])
    return float(np.median(2 * inside[_ridge(inside)])) / scale


def edge_softness(ink: Ink, darkness: float = 1.0) -> float:
    """Standard deviation in pixels of the Gaussian blur that explains the slope of the strokes' edges.

    Each rim pixel with value v of full ink tells its own: σ = φ(Φ⁻¹(v)) / slope.
    """
    level = np.clip(ink / max(darkness, FAINT), 0, 1).astype(np.float32)
    padded = np.pad(level, 1, mode="edge")
    dx = (padded[1:-1, 2:] - padded[1:-1, :-2]) / 2
    dy = (padded[2:, 1:-1] - padded[:-2, 1:-1]) / 2
    rim = (level > 0.3) & (level < 0.7)
    slope = np.hypot(dx, dy)[rim]
    slope, value = slope[slope > 1e-3], level[rim][slope > 1e-3]
    if not slope.size:
        return 0.0
    sigma = _density(value) / slope
    return math.sqrt(max(0.0, float(np.median(sigma)) ** 2 - _DIFFERENCE_VARIANCE))


def _density(value: NDArray[np.float32]) -> NDArray[np.float64]:
    """φ(Φ⁻¹(v)) for v in 0.3..0.7: the standard normal density at the quantile of `value`.

    The parabola through the values at 0.5 and 0.3 (tables of the normal distribution); error below 0.001.
    """
    return np.asarray(0.39894 - 1.2805 * (value.astype(np.float64) - 0.5) ** 2)


def _inside(ink: Ink) -> tuple[NDArray[np.float32], float]:
    """Distance of each inner pixel to the outline, on an enlarged copy, and how much that was enlarged."""
    scale = max(1.0, min(4.0, _FINE / max(ink.shape)))
    large = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    solid = np.pad((large >= outline_level(ink)).astype(np.uint8), 1)
    return np.asarray(cv2.distanceTransform(solid, cv2.DIST_L2, 5), np.float32), scale


def _ridge(inside: NDArray[np.float32]) -> NDArray[np.bool_]:
    """The middle of the strokes: where no neighbour lies deeper."""
    return np.asarray((inside > 0) & (inside >= cv2.dilate(inside, np.ones((3, 3), np.uint8)) - 1e-3))


def inner(ink: Ink, stroke: float) -> NDArray[np.bool_]:
    """Pixels in the inner half of the strokes, away from their soft edges; the ink itself if there are none."""
    solid = solid_ink(ink)
    depth = cv2.distanceTransform(np.pad(solid.astype(np.uint8), 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    core = depth >= max(1.5, 0.3 * stroke)
    return np.asarray(core if core.any() else solid)


def _grain(ink: Ink, core: NDArray[np.bool_]) -> float:
    """Standard deviation of the coverage in `core` after its slow changes are taken away."""
    weight = cv2.GaussianBlur(core.astype(np.float32), (0, 0), 2.0)
    slow = cv2.GaussianBlur(np.where(core, ink, 0).astype(np.float32), (0, 0), 2.0) / np.maximum(weight, 1e-3)
    return float((ink - slow)[core].std())
