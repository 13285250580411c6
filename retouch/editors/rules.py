"""Ruled lines that run past a glyph: they are no ink of it, and go on under the ink that is taken away from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.geometry import Box

_Mask = NDArray[np.bool_]

_DARK = 0.1
"""Difference from the paper (1 is full ink) from which a pixel may be of a line."""
_LENGTH = 1.25
"""Characters that a line must run without a longer gap; no stroke of one character is so long."""
_SIDE = 0.6
"""The same for a line that is not of the ink's colour, such as a frame's side."""
_SIDE_WIDTH = 0.12
"""Greatest width of that in characters: a pen is broader than a rule."""
_SPAN = 0.9
"""Share of the canvas that a line of the ink's own colour must run: strokes of neighbours that happen to stand in one
line do not reach so far (5 of the 16 repairs of one tilted printed page had met such)."""
_GAP = 0.08
"""Longest gap of a dashed line, and depth of a stroke's notch, in characters; characters stand further apart."""
_NO_GAP = 2
"""Pixels that may be missing in a solid line."""
_WIDTH = 0.06
"""Greatest width of a line in characters; at least `_LEAST_WIDTH` pixels."""
_LEAST_WIDTH = 5
_THIN = 0.5
"""Share of its run on which a line must stand alone, nothing touching it."""
_ALONE = 0.4
"""Share of the canvas on which nothing may touch a line: of what was taken for one, but was strokes one below the
other, less than .3 stood alone."""
_MIDDLE = 0.7
"""Share of the glyph's box, in its middle, where a long straight thing is a stroke."""
_SLOPES = (0.0, -0.012, 0.012, -0.024, 0.024)
"""Slopes tried beside the text's own: 1.4 degrees to each side."""
_MOST = 8
"""Lines looked for along each direction."""
_FEW = 3
"""Rows that must show a line for it to be followed."""
_EDGE = 0.3
"""Difference, as a share of a line's darkest, at which its edge is."""
_STRAIGHT = 0.75
"""Pixels by which the middle of a straight line may seem to be off."""
_CROWD = 0.15
"""Difference from the paper of what stands beside a line."""
_SOFT = 1.5
"""Pixels over which a line's edge fades."""


@dataclass(frozen=True, eq=False)
class Rule:
    """A line near the glyph. For an `upright` one `centre` float64 (height,) is its x at every row, for a level one its
    y at every column. `alone` bool tells where nothing else is drawn on it or beside it; it reaches `reach` pixels to
    both sides."""

    upright: bool
    centre: NDArray[np.float64]
    alone: _Mask
    reach: float

    def pixels(self, shape: tuple[int, int], where: _Mask) -> _Mask:
        """True (height, width) on the line in the rows (columns) of `where`."""
        across = np.arange(shape[1] if self.upright else shape[0])
        near = (np.abs(across[None, :] - self.centre[:, None]) <= self.reach) & where[:, None]
        return near if self.upright else near.T


def find_rules(
    difference: NDArray[np.float32], foreign: _Mask, box: Box, body: float, angle: float = 0.0
) -> tuple[Rule, ...]:
    """The ruled lines beside the glyph in `box`, of any colour, dashed ones and the sides of drawn frames, too.

    `difference` float32 (height, width) is each pixel's distance from the paper, 1 for full ink; `foreign` tells where
    it has another colour than ink on paper; `body` the size of a character in pixels; `angle` the text's tilt in
    degrees clockwise.
    """
    slope = math.tan(math.radians(angle))
    upright = _along_rows(difference, foreign, (box.x, box.right), body, -slope, True)
    turned = np.ascontiguousarray(difference.T), np.ascontiguousarray(foreign.T)
    level = _along_rows(*turned, (box.y, box.bottom), body, slope, False)
    return (*upright, *level)


def standing(rules: Sequence[Rule], shape: tuple[int, int]) -> _Mask:
    """True (height, width) on the lines where no ink touches them."""
    out = np.zeros(shape, np.bool_)
    for rule in rules:
        out |= rule.pixels(shape, rule.alone)
    return out


def touched(rules: Sequence[Rule], shape: tuple[int, int]) -> _Mask:
    """True (height, width) on the lines where ink touches them."""
    out = np.zeros(shape, np.bool_)
    for rule in rules:
        out |= rule.pixels(shape, ~rule.alone)
    return out


def restore(clean: RGB, canvas: RGB, hole: _Mask, rules: Sequence[Rule]) -> RGB:
    """`clean`, the background without ink, with the lines carried on through `hole`: each line as `canvas` shows it at
    the nearest place where it stands alone."""
    out = clean.copy()
    for rule in rules:
        target = rule.pixels((hole.shape[0], hole.shape[1]), ~rule.alone) & hole
        sources = np.nonzero(rule.alone)[0]
        if not target.any() or not len(sources):
            continue
        ys, xs = np.nonzero(target)
        along, across = (ys, xs) if rule.upright else (xs, ys)
        source = _mirrored(along, sources)
        shifted = np.rint(across - rule.centre[along] + rule.centre[source]).astype(np.intp)
        shifted = np.clip(shifted, 0, hole.shape[1 if rule.upright else 0] - 1)
        out[ys, xs] = canvas[source, shifted] if rule.upright else canvas[shifted, source]
    return out


def _mirrored(along: NDArray[np.intp], sources: NDArray[np.intp]) -> NDArray[np.intp]:
    """For each place the source as far behind the nearest one as that is away, so that grain is not drawn out."""
    nearest = (
        np.clip(np.searchsorted(sources, along), 1, len(sources) - 1) if len(sources) > 1 else np.zeros_like(along)
    )
    before = np.maximum(nearest - 1, 0)
    back = np.abs(along - sources[before]) <= np.abs(sources[nearest] - along)
    chosen = np.where(back, before, nearest)
    away = np.abs(along - sources[chosen])
    return np.asarray(sources[np.clip(np.where(back, chosen - away, chosen + away), 0, len(sources) - 1)], np.intp)


def _along_rows(
    difference: NDArray[np.float32],
    foreign: _Mask,
    extent: tuple[int, int],
    body: float,
    slope: float,
    upright: bool,
) -> list[Rule]:
    """The lines that run down `difference`, off the middle of a glyph that lies between two columns."""
    dark = np.asarray(cv2.blur(difference, (1, 5)) > _DARK, np.uint8)
    height, middle = len(difference), sum(extent) / 2
    rules: list[Rule] = []
    for least, width, among in ((_SIDE, _SIDE_WIDTH, foreign), (_LENGTH, _WIDTH, None)):
        widest = max(_LEAST_WIDTH, round(width * body))
        thin = _thin(dark, widest) if among is None else _thin(np.asarray((dark > 0) & among, np.uint8), widest)
        length = least * body if among is not None else max(least * body, _SPAN * height)
        # In the ink's own colour a broken line cannot be told from strokes that stand one below the other.
        gap = round(_GAP * body) if among is not None else _NO_GAP
        for steep, x in _likely(dark, thin, slope, length, gap):
            apart = x + steep * (np.arange(height) - (height - 1) / 2)
            known = any(np.abs(apart - rule.centre).min() <= max(widest, rule.reach) for rule in rules)
            if known or abs(x - middle) < _MIDDLE / 2 * (extent[1] - extent[0]) or len(rules) == _MOST:
                continue
            rule = _traced(difference, thin > 0, steep, x, widest, upright)
            rules += [rule] if rule is not None else []
    return rules


def _thin(dark: NDArray[np.uint8], widest: int) -> NDArray[np.uint8]:
    """What is dark over no more than about `widest` pixels of its row."""
    broad = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, widest + 3), np.uint8))
    return np.asarray((dark > 0) & (broad == 0), np.uint8)


def _likely(
    dark: NDArray[np.uint8], thin: NDArray[np.uint8], slope: float, length: float, gap: int
) -> list[tuple[float, float]]:
    """Slope and column at half height of the runs that may be lines, the plainest first."""
    if not thin.any():
        return []
    found = [
        (strength, slope + turn, x)
        for turn in _SLOPES
        for x, strength in _runs(dark, thin, slope + turn, round(length), max(_NO_GAP, gap))
    ]
    return [(steep, x) for _, steep, x in sorted(found, reverse=True)]


def _runs(
    dark: NDArray[np.uint8], thin: NDArray[np.uint8], slope: float, length: int, gap: int
) -> list[tuple[float, float]]:
    """The column at half height and the strength of each dark run that leans by `slope`, is `length` pixels long with
    no longer a gap than `gap`, and is mostly thin."""
    height = dark.shape[0]
    if length > height:
        return []
    wide = np.ones((1, 3), np.uint8)
    leaning = _sheared(np.asarray(cv2.dilate(dark, wide), np.uint8), slope)
    padded = cv2.copyMakeBorder(leaning, gap, gap, 0, 0, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((gap + 1, 1), np.uint8))[gap : gap + height]
    run = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    lone = _sheared(np.asarray(cv2.dilate(thin, wide), np.uint8), slope)
    alone = (np.asarray(run, np.uint8) & lone).sum(axis=0, dtype=np.int64)
    total = run.sum(axis=0, dtype=np.int64)
    kept = np.nonzero((total > 0) & (alone >= _THIN * total))[0]
    return [(float(x), float(alone[x])) for x in kept]


def _sheared(mask: NDArray[np.uint8], slope: float) -> NDArray[np.uint8]:
    """Row y moved so that what leans by `slope` columns a row stands upright; the row at half height stays."""
    height, width = mask.shape
    matrix = np.array([[1, slope, -slope * (height - 1) / 2], [0, 1, 0]])
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(mask, matrix, (width, height), flags=flags), np.uint8)


def _traced(
    difference: NDArray[np.float32], thin: _Mask, slope: float, x: float, widest: int, upright: bool
) -> Rule | None:
    """The line followed through its rows; None where it stands alone nowhere."""
    height, width = difference.shape
    rows = np.arange(height)
    straight = x + slope * (rows - (height - 1) / 2)
    offsets = np.arange(-widest - 2, widest + 3)
    columns = np.rint(straight).astype(np.intp)[:, None] + offsets
    inside, here = (columns >= 0) & (columns < width), (rows[:, None], np.clip(columns, 0, width - 1))
    shown = np.where(inside, difference[here], 0)
    lone = np.where(thin[here], shown, 0)
    away = columns - straight[:, None]
    beside, plain = np.abs(away), lone.sum(axis=1) > _DARK
    half = _half_width(lone[plain], beside[plain], 2 * widest)
    # A stroke that touches the line draws its middle and its edges aside: they are measured again without those rows.
    for _ in range(4):
        near = np.where(beside <= max(half, 1.0) + 1, lone, 0)
        weight = near.sum(axis=1)
        plain = plain & (weight > _DARK)
        if plain.sum() < _FEW:
            return None
        run = _followed(rows, plain, (near * away).sum(axis=1) / np.maximum(weight, 1e-6))
        beside = np.abs(away - run[:, None])
        covered = _crowded(shown, beside, half + _SOFT, plain)
        plain = (lone.sum(axis=1) > _DARK) & ~covered
        half = max(half, _half_width(shown[plain], beside[plain], widest))
    return None if covered.mean() > 1 - _ALONE else Rule(upright, straight + run, ~covered, half + _SOFT)


def _half_width(shown: NDArray[np.float32], beside: NDArray[np.float64], widest: int) -> float:
    """Half the width in pixels over which a line shows in the rows where it stands alone."""
    if not len(shown):
        return 0.0
    near = np.where(beside <= widest / 2 + 1, shown, 0)
    return float(np.median((near > _EDGE * near.max(axis=1, keepdims=True)).sum(axis=1))) / 2


def _followed(rows: NDArray[np.intp], plain: _Mask, middle: NDArray[np.float64]) -> NDArray[np.float64]:
    """The line's middle in every row: a straight line, where it keeps to one; else as it wavers."""
    kept = plain
    for _ in range(3):
        slope, level = np.polyfit(rows[kept], middle[kept], 1)
        off = np.abs(middle - slope * rows - level)
        near = plain & (off <= max(_STRAIGHT, float(np.median(off[plain]))))
        kept = near if near.sum() >= _FEW else plain
    if float(np.percentile(off[plain], 75)) <= _STRAIGHT:
        return np.asarray(slope * rows + level, np.float64)
    return _smoothed(np.interp(rows, rows[plain], middle[plain]))


def _crowded(shown: NDArray[np.float32], beside: NDArray[np.float64], reach: float, plain: _Mask) -> _Mask:
    """The rows in which, or next to which, something stands beside the line or makes it darker than it is elsewhere.

    `shown` is the difference round the line, `beside` how far each of its pixels is from the line's middle.
    """
    level = np.where(beside <= reach, shown, 0).max(axis=1)
    darkest = float(np.percentile(level[plain], 90))
    crowd = np.where((beside > reach) & (beside <= reach + 2), shown, 0).max(axis=1)
    covered = (crowd > _CROWD) | (level > 1.25 * darkest + _CROWD / 3)
    return np.asarray(cv2.dilate(covered.astype(np.uint8)[:, None], np.ones((5, 1), np.uint8))[:, 0] > 0)


def _smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The running median over 15 rows: a line wavers slowly."""
    padded = np.pad(values, 7, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, 15), axis=1), np.float64)
