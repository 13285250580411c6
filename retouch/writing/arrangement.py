"""Which detected boxes belong to one line of text, and in which order the lines are read.

All boxes here are `Rect`: they lie in the page turned straight, with the line's direction made the second axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from retouch.style import Direction
from retouch.writing.detector import Quad
from retouch.writing.tilt import sides, turned

_SAME_BAND = 0.5
"""Boxes of one line share this much of the thinner one's thickness."""

_SAME_SIZE = 1.8
"""Boxes of one line differ in thickness by no more than this factor, unless the thin one lies in the middle."""

_MIDDLE = 1 / 6
"""A thin box belongs to a line if its centre is at most this share of the thickness off the line's middle."""

_ACROSS = 3.0
"""Boxes so many times as thick as they are long lie across the direction: on a dense grid of rows the detector may take
all columns for lines. Two of them beside each other are no line, however much of their band they share."""

_LONG = 1.2

_BESIDE = 0.3
"""Boxes that overlap along the line by more than this share of the shorter one lie beside each other."""

_FAR = 1.5
"""Gap, in thicknesses, across which boxes of a horizontal line are not joined: posters have columns of short texts."""

_SAME_TYPE = 1.4
"""Boxes of one horizontal line differ in thickness by no more than this factor: posters mix sizes in one row."""


@dataclass(frozen=True, slots=True)
class Rect:
    """`low`..`high` across the line and `begin`..`end` along it, in pixels of the straightened page; `lean` is the own
    angle of its quad in degrees."""

    low: float
    high: float
    begin: float
    end: float
    lean: float = 0.0

    @property
    def thickness(self) -> float:
        return self.high - self.low

    @property
    def length(self) -> float:
        return self.end - self.begin

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    def band_shared(self, other: Rect) -> float:
        """Share of the thinner one's thickness that both have."""
        shared = min(self.high, other.high) - max(self.low, other.low)
        return shared / max(min(self.thickness, other.thickness), 1e-6)

    def length_shared(self, other: Rect) -> float:
        """Share of the shorter one's length that both have; negative where there is a gap."""
        shared = min(self.end, other.end) - max(self.begin, other.begin)
        return shared / max(min(self.length, other.length), 1e-6)

    def joined(self, other: Rect) -> Rect:
        longer = self if self.length >= other.length else other
        return Rect(
            min(self.low, other.low),
            max(self.high, other.high),
            min(self.begin, other.begin),
            max(self.end, other.end),
            longer.lean,
        )


def upright(quads: Sequence[Quad]) -> bool:
    """True where the boxes show columns: more length stands in tall boxes than lies in wide ones. Where all are about
    square, the line runs the way in which they stand closer."""
    tall = wide = 0.0
    for quad in quads:
        width, height = sides(quad)
        if height > 1.5 * width:
            tall += height
        elif width > 1.5 * height:
            wide += width
    if tall or wide:
        return tall > wide
    return _closer_down(quads)


def _closer_down(quads: Sequence[Quad]) -> bool:
    if len(quads) < 2:
        return False
    centres = np.array([quad.mean(axis=0) for quad in quads])
    size = float(np.median([max(sides(quad)) for quad in quads]))
    apart = np.abs(centres[:, None] - centres[None])
    np.fill_diagonal(apart[:, :, 0], np.inf)
    np.fill_diagonal(apart[:, :, 1], np.inf)
    below = np.where(apart[:, :, 0] < size / 2, apart[:, :, 1], np.inf).min(axis=1)
    beside = np.where(apart[:, :, 1] < size / 2, apart[:, :, 0], np.inf).min(axis=1)
    return bool(np.isfinite(below).any() and np.median(below) <= np.median(beside))


def straightened(quad: Quad, tilt: float, direction: Direction, lean: float) -> Rect:
    """A quad as a rect of the page turned back by `tilt`."""
    x, y = turned(quad.mean(axis=0), -tilt)
    width, height = sides(quad)
    if direction.upright:
        return Rect(x - width / 2, x + width / 2, y - height / 2, y + height / 2, lean)
    return Rect(y - height / 2, y + height / 2, x - width / 2, x + width / 2, lean)


def page_quad(rect: Rect, tilt: float, direction: Direction) -> Quad:
    """The inverse: the corners of a rect on the page, top left first."""
    low, high, begin, end = rect.low, rect.high, rect.begin, rect.end
    if direction.upright:
        corners = [(low, begin), (high, begin), (high, end), (low, end)]
    else:
        corners = [(begin, low), (end, low), (end, high), (begin, high)]
    # A line that leans otherwise than its page keeps its own angle about its centre.
    centre = np.mean(corners, axis=0)
    own = turned(np.array(corners) - centre, rect.lean - tilt) + centre
    return turned(own, tilt).astype(np.float32)


def lines(rects: Sequence[Rect], direction: Direction) -> tuple[Rect, ...]:
    """The boxes joined to lines, in no order."""
    joined = list(rects)
    while (pair := _joinable(joined, direction)) is not None:
        first, second = pair
        joined[first] = joined[first].joined(joined[second])
        del joined[second]
    return tuple(joined)


def _joinable(rects: Sequence[Rect], direction: Direction) -> tuple[int, int] | None:
    for i, one in enumerate(rects):
        for j in range(i + 1, len(rects)):
            if _one_line(one, rects[j], direction):
                return i, j
    return None


def _one_line(one: Rect, two: Rect, direction: Direction) -> bool:
    if one.band_shared(two) < _SAME_BAND or (_across(one) and _across(two)):
        return False
    overlap = one.length_shared(two)
    thin, thick = sorted((one, two), key=lambda rect: rect.thickness)
    if thick.thickness > _SAME_SIZE * thin.thickness:
        inside = abs(thin.middle - thick.middle) <= _MIDDLE * thick.thickness
        # A box that is no longer than thick is a title or a row across, no line of which the other is a part.
        if not inside or thick.length < _LONG * thick.thickness or (overlap > _BESIDE and overlap < 0.9):
            return False
    elif overlap > _BESIDE:
        # Two boxes over the same ink are one; two that stand beside each other are not.
        return one.band_shared(two) > 0.8
    gap = max(one.begin, two.begin) - min(one.end, two.end)
    alike = thick.thickness <= _SAME_TYPE * thin.thickness
    return direction.upright or (alike and gap <= _FAR * thick.thickness)


def _across(rect: Rect) -> bool:
    return rect.thickness > _ACROSS * rect.length


def ordered(rects: Sequence[Rect], direction: Direction) -> list[Rect]:
    """By rank across the page (columns from the right or the left, rows from the top), then along the line."""
    sign = -1 if direction is Direction.VERTICAL_RL else 1
    across = sorted(rects, key=lambda rect: sign * rect.middle)
    ranks: list[list[Rect]] = []
    for rect in across:
        if ranks and any(_same_rank(rect, other) for other in ranks[-1]):
            ranks[-1].append(rect)
        else:
            ranks.append([rect])
    return [rect for rank in ranks for rect in sorted(rank, key=lambda rect: rect.begin)]


def _same_rank(one: Rect, two: Rect) -> bool:
    return one.band_shared(two) > _SAME_BAND and one.length_shared(two) < _BESIDE


def within(rect: Rect, low: float, high: float) -> Rect:
    """The rect with another extent across."""
    return replace(rect, low=low, high=high)
