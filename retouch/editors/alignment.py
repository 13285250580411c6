"""How a line of text is aligned: a new text of another length keeps its start, its middle or its end."""

from __future__ import annotations

import re
from collections.abc import Iterator

import cv2
import numpy as np

from retouch.editors.background import Mask
from retouch.editors.foreground import Foreground
from retouch.geometry import Box
from retouch.patch import mask_box

START, MIDDLE, END = 0.0, 0.5, 1.0
"""The share of the spare room that goes before the text."""

_WORDS = 0.8
"""Blank between two words of one line, at most, over the line's height (a word space is .3 to .5 of it)."""
_FLUSH = 0.14
"""How far apart, over the larger height of two lines, their starts (middles, ends) may lie and still be the same: the
blank beside a letter's ink is up to .1 em."""
_SHOWN = 0.3
"""Difference from the background, over the old ink's, from which a pixel belongs to writing in any colour."""
_HEIGHTS = (0.2, 4.0)
"""Heights of other lines, over this one's, that count as lines of the same text."""
_NUMBER = re.compile(r"[\d\s.,:%$€£¥+-]+")


def alignment_of(seen: Foreground, old: Box, upright: bool, text: str) -> float:
    """`START`, `MIDDLE` or `END` of the line whose old ink is `old` (canvas pixels): beside words that go on in the
    same line the side where they stand; else as most of the lines round it have it; else the middle."""
    shown = (seen.others | (seen.difference > _SHOWN)) & ~seen.own
    # A column of text is a row of the transposed picture.
    line = Box(old.y, old.x, old.height, old.width) if upright else old
    shown = np.ascontiguousarray(shown.T) if upright else shown
    others = seen.others.T if upright else seen.others
    before, after = _neighbours(others, line)
    if before or after:
        return START if before else END
    found = [_shared(line, other) for other in _lines(shown, line)]
    votes = {place: sum(place in same for same in found if len(same) == 1) for place in (MIDDLE, START, END)}
    if any(votes.values()):
        return max(votes, key=lambda place: votes[place])
    columns = any(len(same) == 3 for same in found)
    return END if columns and _NUMBER.fullmatch(text) else MIDDLE


def _neighbours(others: Mask, line: Box) -> tuple[bool, bool]:
    """Whether words stand right before and right after the line, at its height."""
    reach = round(_WORDS * line.height)
    middle = slice(line.y + line.height // 4, line.bottom - line.height // 4)
    before, after = others[middle, max(0, line.x - reach) : line.x], others[middle, line.right : line.right + reach]
    return bool(before.any()), bool(after.any())


def _lines(shown: Mask, line: Box) -> Iterator[Box]:
    """The boxes of the other lines above and below: words that stand close together, beside nothing of this line."""
    band = shown.copy()
    band[line.y : line.bottom] = False
    joined = cv2.morphologyEx(band.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((1, 2 * round(_WORDS * line.height) + 1)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined.astype(np.uint8), connectivity=8)
    for number in range(1, len(stats)):
        x, y, width, height = (int(value) for value in stats[number, :4])
        ink = mask_box(band & (labels == number))
        if _HEIGHTS[0] * line.height <= height <= _HEIGHTS[1] * line.height and width > height and not ink.empty:
            yield ink


def _shared(line: Box, other: Box) -> tuple[float, ...]:
    """The places of `line` that `other` has as well."""
    near = _FLUSH * max(line.height, other.height) + 1
    off = {START: other.x - line.x, MIDDLE: other.centre[0] - line.centre[0], END: other.right - line.right}
    return tuple(place for place, far in off.items() if abs(far) <= near)
