"""The line that old text runs along: where it starts, its angle, its height, read from the ink."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box
from retouch.writing.metrics import Ink

Points = NDArray[np.float64]
"""(n, 2): x and y of inked pixels."""

_LEVEL = 0.9
"""Angle in degrees below which a line counts as level: the heights of its letters move it by as much."""
_BINS = 12
"""Pieces of a line whose edges are looked at by themselves."""
_STANDING = 0.025
"""How far, over the line's height, half of its letters' feet may lie off a straight line that they stand on."""
_AGREE = 0.6
"""How far, as a share of the line's angle, each of its edges may lean otherwise."""
_RECEDES = 0.12
"""Change of height over a line, relative, from which it may run away from the viewer rather than vary in letters."""
_STRAIGHT = 0.06
"""How far, over the line's height, its letters' edges may lie off the straight lines of perspective (RMS)."""
_LEANS = 1.04
"""How much sharper a line's columns must become by a lean before the letters are taken to lean."""


@dataclass(frozen=True, slots=True)
class Track:
    """A line of text on the canvas: it runs from `start` over `length` pixels at `angle` degrees clockwise; its height
    goes from `first` to `last` pixels, as on a sign seen from the side. `upright` text runs down, `slant` is the
    letters' lean in degrees clockwise."""

    start: tuple[float, float]
    length: float
    angle: float
    first: float
    last: float
    slant: float = 0.0
    upright: bool = False

    def at(self, along: float, aside: float = 0.0) -> tuple[float, float]:
        """The point `along` pixels from the start and `aside` below the line (to the right of one that runs down)."""
        turn = math.radians(self.angle)
        if self.upright:
            along, aside = aside, along
        x, y = self.start
        return x + along * math.cos(turn) - aside * math.sin(turn), y + along * math.sin(turn) + aside * math.cos(turn)

    @property
    def recedes(self) -> bool:
        """True for a line in perspective, whose letters become smaller along it."""
        return self.first != self.last

    def height(self, along: float) -> float:
        return self.first + (self.last - self.first) * along / max(self.length, 1e-6)


def find_track(ink: Ink, box: Box, upright: bool, angle: float | None = None) -> Track:
    """The track of the text in `ink`, at `angle` if that is known; along the middle of `box` where there is no ink."""
    points = np.argwhere(ink >= 0.5)[:, ::-1].astype(np.float64)
    if len(points) < 20:
        return _box_track(box, angle or 0.0, upright)
    angle = _angle(points, upright) if angle is None else angle
    along, across = _turned(points, angle, upright)
    # Pixels count from their middle: their own halves belong to the line.
    start, end = float(along.min()) - 0.5, float(along.max()) + 0.5
    top, bottom = _edges(along, across, start, end)
    middle = [(top[i] + bottom[i]) / 2 for i in (0, 1)]
    turn = math.radians(angle + (90 if upright else 0))
    origin = (start * math.cos(turn) - middle[0] * math.sin(turn), start * math.sin(turn) + middle[0] * math.cos(turn))
    tilt = math.degrees(math.atan2(middle[1] - middle[0], end - start))
    lean = 0.0 if upright else _lean(points, angle)
    return Track(origin, end - start, angle + tilt, bottom[0] - top[0], bottom[1] - top[1], lean, upright)


def _box_track(box: Box, angle: float, upright: bool) -> Track:
    x, y = box.centre
    length, height = (box.height, box.width) if upright else (box.width, box.height)
    turn = math.radians(angle + (90 if upright else 0))
    start = (x - length / 2 * math.cos(turn), y - length / 2 * math.sin(turn))
    return Track(start, float(length), angle, float(height), float(height), 0.0, upright)


def _turned(points: Points, angle: float, upright: bool) -> tuple[Points, Points]:
    turn = math.radians(angle + (90 if upright else 0))
    along = points[:, 0] * math.cos(turn) + points[:, 1] * math.sin(turn)
    return along, points[:, 1] * math.cos(turn) - points[:, 0] * math.sin(turn)


def _angle(points: Points, upright: bool) -> float:
    """The line's angle, at which its ink is lowest; to a quarter of a degree within ±30."""

    def spread(angle: float) -> float:
        across = _turned(points, angle, upright)[1]
        low, high = np.percentile(across, (1, 99))
        return float(high - low)

    coarse = min(np.arange(-30, 30.1, 2), key=spread)
    fine = float(min(np.arange(coarse - 2, coarse + 2.01, 0.25), key=spread))
    angle = _settled(points, fine, upright)
    return 0.0 if abs(angle) < _LEVEL else angle


def _settled(points: Points, angle: float, upright: bool) -> float:
    """The angle, held against the line's edges: a capital before low letters makes the top fall alone, and the line is
    level all the same. Letters that stand on a straight line tell its angle; else both edges must lean as it does."""
    along, across = _turned(points, 0.0, upright)
    which = np.minimum((along - along.min()) / max(float(np.ptp(along)), 1e-6) * _BINS, _BINS - 1).astype(int)
    filled = [i for i in range(_BINS) if int((which == i).sum()) > 5]
    if len(filled) < 4:
        return angle
    places = np.array([along[which == i].mean() for i in filled])
    (top, _), (bottom, off) = (_robust(places, _edge(across, which, filled, share)) for share in (2, 98))
    height = float(np.ptp(_turned(points, angle, upright)[1]))
    if top * bottom < 0 and min(abs(top), abs(bottom)) >= _LEVEL:
        return (top + bottom) / 2  # seen from the side: the edges run together
    if not upright and off < _STANDING * height:
        return bottom
    agree = all(abs(edge - angle) < _AGREE * abs(angle) for edge in (top, bottom))
    return angle if agree else 0.0


def _edge(across: Points, which: Points, filled: list[int], share: float) -> Points:
    return np.array([np.percentile(across[which == i], share) for i in filled])


def _robust(places: Points, values: Points) -> tuple[float, float]:
    """The angle in degrees of the line through the values by Theil and Sen, which passes over descenders, and how far
    half of the values lie off it."""
    first, second = np.triu_indices(len(places), 1)
    slope = float(np.median((values[second] - values[first]) / (places[second] - places[first])))
    rest = values - slope * places
    return math.degrees(math.atan(slope)), float(np.median(np.abs(rest - np.median(rest))))


def _edges(along: Points, across: Points, start: float, end: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """The line's upper and lower edge at its start and its end: straight lines through the bins' extremes."""
    flat = (float(across.min()) - 0.5,) * 2, (float(across.max()) + 0.5,) * 2
    bins = min(12, round((end - start) / max(1.0, float(np.ptp(across)))))
    which = np.clip(((along - start) / (end - start) * bins).astype(int), 0, max(bins - 1, 0))
    filled = [i for i in range(bins) if int((which == i).sum()) > 5]
    if len(filled) < 4:
        return flat
    places = np.array([(i + 0.5) / bins for i in filled])
    upper, off_upper = _straight(places, np.array([across[which == i].min() - 0.5 for i in filled]))
    lower, off_lower = _straight(places, np.array([across[which == i].max() + 0.5 for i in filled]))
    heights = lower[0] - upper[0], lower[1] - upper[1]
    recedes = min(heights) > 0 and abs(math.log(heights[1] / heights[0])) > _RECEDES
    straight = max(off_upper, off_lower) < _STRAIGHT * sum(heights) / 2
    return (upper, lower) if recedes and straight else flat


def _straight(places: Points, values: Points) -> tuple[tuple[float, float], float]:
    """The values at both ends of the straight line through them, and how far they lie off it (RMS)."""
    slope, level = np.polyfit(places, values, 1)
    off = float(np.sqrt(np.mean((values - level - slope * places) ** 2)))
    return (float(level), float(level + slope)), off


def _lean(points: Points, angle: float) -> float:
    """How far the letters lean against the line's normal, degrees clockwise: where their columns are sharpest."""
    along, across = _turned(points, angle, False)
    across = across - across.mean()

    def sharpness(lean: float) -> float:
        column = np.round(along + across * math.tan(math.radians(lean))).astype(int)
        counts = np.bincount(column - column.min()).astype(np.float64)
        return float((counts**2).sum())

    best = max(np.arange(-30, 30.1, 1.5), key=sharpness)
    return 0.0 if sharpness(float(best)) < _LEANS * sharpness(0.0) else float(best)
