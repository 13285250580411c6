"""Characters above a text's first row or before its first column: a title, which the detector took into the lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from retouch.verifiers.reader import LineReading, PageReading, Place
from retouch.writing.tilt import turned

_EARLY = 0.2
"""How far before the text's begin a character must end to stand outside it, in characters."""


def without_heading(reading: PageReading) -> PageReading:
    """The reading without characters too many that stand before the place where most lines of the text begin."""
    if reading.wanted is None:
        return reading
    begins = [_begin(reading, line) for line in reading.lines]
    known = [begin for begin in begins if begin is not None]
    if len(known) < 2:
        return reading
    level = float(np.median(known))
    return replace(reading, lines=tuple(_cut_off(reading, line, level) for line in reading.lines))


def _begin(reading: PageReading, line: LineReading) -> float | None:
    """Where the line's first wanted character begins, along the direction of reading."""
    first = next((place for place in line.places if place.cell is not None and not place.extra), None)
    return None if first is None else _extent(reading, first)[0]


def _extent(reading: PageReading, place: Place) -> tuple[float, float]:
    """Begin and end of a character along its line, on the page turned straight."""
    assert place.cell is not None
    box, layout = place.cell.box, reading.page.layout
    x, y = turned(np.array([box.centre]), -layout.tilt)[0]
    upright = layout.direction.upright
    middle, half = (y, box.height / 2) if upright else (x, box.width / 2)
    return float(middle - half), float(middle + half)


def _cut_off(reading: PageReading, line: LineReading, level: float) -> LineReading:
    count = 0
    for place in line.places:
        if not place.extra or (place.cell is not None and _extent(reading, place)[1] > level - _EARLY * line.size):
            break
        count += 1
    if not count:
        return line
    forced = frozenset(number - count for number in line.forced if number >= count)
    return replace(line, expected=line.expected[count:], places=line.places[count:], forced=forced)
