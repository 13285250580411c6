"""The look that drawn ink must have to sit among its neighbours, in canvas pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB, EditRequest
from retouch.editors.background import Mask, smooth_fill
from retouch.editors.foreground import Foreground
from retouch.errors import EditorError
from retouch.geometry import Box
from retouch.style import Style
from retouch.writing.fitting import outline_of
from retouch.writing.metrics import SPECK, GlyphMetrics, Ink, glyph_box, measure

_ENOUGH = 200
"""Pixels of ink from which neighbours say how ink looks here."""
_BROAD = 5.0
"""Width of a stroke, in softnesses, from which its inside can be told from its edges."""
_LOCAL = 11
"""Side in pixels of the square in which the fullest ink is looked for: about a stroke of a large letter."""
_WIDE = 6.0
"""Width in pixels from which strokes are measured without enlarging them."""
_RULE = 8
"""Length over width from which a neighbouring blot is a ruled line."""
_HAND = 0.28
"""Width of the spread of strokes, over its median, from which a page is written by hand: a page set in one face
stays below (measured: .22 in a Kai, whose dense characters have thinner strokes; .3 and more on a brush page)."""


@dataclass(frozen=True, slots=True)
class Look:
    """`stroke` (0: as the face has it), `softness`, `width` and `height` (of a full-bodied glyph) in canvas pixels;
    `darkness`, `grain` and
    `pooling` (fast and slow variation of coverage inside strokes) 0..1; `modulation` the strokes' 10th to 90th
    percentile range over their median; `slant` degrees clockwise; `hand` True where no two glyphs are the same."""

    ink: tuple[float, float, float]
    stroke: float
    softness: float
    darkness: float
    grain: float
    pooling: float
    modulation: float | None
    width: float
    height: float
    slant: float
    hand: bool


def look_of(request: EditRequest, seen: Foreground) -> Look:
    """The style's measures (in canvas pixels); what it does not say, or all without a style, from the canvas."""
    neighbours = _neighbours(request, seen)
    measured = measure(neighbours) if neighbours is not None else None
    style = request.style
    if style is None and measured is None:
        raise EditorError(
            f"typeset: nothing is written in or round box {request.box}, and no style was given; "
            "give a step whose box holds or touches writing"
        )
    local = _local(request, seen, neighbours, measured)
    return local if style is None else _styled(style, local)


def _styled(style: Style, local: Look) -> Look:
    spread = style.stroke
    return replace(
        local,
        ink=(float(style.ink[0]), float(style.ink[1]), float(style.ink[2])),
        stroke=style.stroke.median,
        softness=style.softness.median,
        darkness=min(1.0, style.darkness.median),
        grain=style.noise,
        width=style.width.median,
        height=style.height.median,
        slant=style.slant,
        hand=(spread.high - spread.low) > _HAND * spread.median,
    )


def _local(request: EditRequest, seen: Foreground, ink: Ink | None, measured: GlyphMetrics | None) -> Look:
    """The look of the ink in the canvas; a crisp black hand of medium weight where there is none."""
    box = glyph_box(np.where(seen.own, seen.coverage, 0).astype(np.float32))
    box = request.box if box.empty else box
    colour = (float(seen.ink[0]), float(seen.ink[1]), float(seen.ink[2]))
    width, height = _body(request, box)
    if ink is None or measured is None:
        return Look(colour, 0.1 * height, 0.5, 1.0, 0.0, 0.0, None, width, height, 0.0, False)
    return Look(
        ink=colour,
        stroke=measured.stroke,
        softness=measured.softness,
        darkness=measured.darkness,
        # Strokes that are hardly wider than their soft edges have no inside whose grain could be measured.
        grain=measured.grain if measured.stroke > _BROAD * max(measured.softness, 0.5) else 0.0,
        pooling=_pooling(ink, measured),
        modulation=_modulation(ink, measured.stroke),
        width=width,
        height=height,
        slant=0.0,
        hand=False,
    )


def _body(request: EditRequest, old: Box) -> tuple[float, float]:
    """Width and height of a character's body: a line of text is divided by its characters."""
    count = max(1, len((request.source or request.target or "x").replace(" ", "")))
    if count == 1:
        return float(old.width), float(old.height)
    if old.width >= old.height:
        return float(old.height), float(old.height)
    return float(old.width), min(float(old.width), old.height / count)


def _neighbours(request: EditRequest, seen: Foreground) -> Ink | None:
    """The coverage of the ink that tells how ink looks here: the neighbours' of one glyph, a line's own."""
    alone = len(request.target or "") == 1
    for mask in (seen.others, seen.own) if alone else (seen.own, seen.others):
        chosen = _written(mask, seen.own)
        if int(chosen.sum()) >= _ENOUGH or (mask is seen.own and chosen.any()):
            near = cv2.dilate(chosen.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
            return np.where(near, seen.coverage, 0).astype(np.float32)
    return None


def _written(mask: Mask, own: Mask) -> Mask:
    """The blots of `mask` that may be writing: not far larger than the old glyph's, as a shelf is, and no rules."""
    if not own.any():
        return mask
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    _, _, old, _ = cv2.connectedComponentsWithStats(own.astype(np.uint8), connectivity=8)
    limit = 2.5 * max(float(old[1:, cv2.CC_STAT_WIDTH].max()), float(old[1:, cv2.CC_STAT_HEIGHT].max()))
    longer = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    shorter = np.minimum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    small = (longer <= limit) & ((longer <= _RULE * shorter) | (mask is own))
    small &= stats[:, cv2.CC_STAT_AREA] >= SPECK * stats[1:, cv2.CC_STAT_AREA].max(initial=0)
    small[0] = False
    return np.asarray(small[labels])


def _pooling(ink: Ink, measured: GlyphMetrics) -> float:
    """Standard deviation of the coverage's slow changes inside the strokes, their soft edges left out."""
    reach = max(1, round(2 * measured.softness))
    core = cv2.erode((ink > 0.5).astype(np.uint8), np.ones((2 * reach + 1,) * 2, np.uint8)).astype(np.float32)
    if core.sum() < _ENOUGH / 4:
        return 0.0
    slow = cv2.GaussianBlur(ink * core, (0, 0), 2.0) / np.maximum(cv2.GaussianBlur(core, (0, 0), 2.0), 1e-3)
    return float(slow[core > 0].std())


def _modulation(ink: Ink, stroke: float) -> float:
    if stroke >= _WIDE:
        return outline_of(ink).modulation
    scale = max(1.0, min(2.0, 512 / max(ink.shape)))
    large = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    return outline_of(np.asarray(large, np.float32)).modulation


def colour_field(seen: Foreground, canvas: RGB) -> NDArray[np.float32]:
    """The old ink's colour at every pixel, float32 (height, width, 3): a gradient in the letters goes on."""
    if not seen.own.any():
        return np.broadcast_to(seen.ink, canvas.shape).astype(np.float32)
    # Where least paper is mixed in, compared with what the strokes have there: along a gradient contrast changes, too.
    fullest = cv2.dilate(seen.coverage, np.ones((_LOCAL, _LOCAL), np.uint8))
    core = seen.own & (seen.coverage >= 0.95 * fullest)
    field = smooth_fill(np.where(core[..., None], canvas, 0).astype(np.float32), core)
    return np.asarray(cv2.GaussianBlur(field, (0, 0), 1.5), np.float32)
