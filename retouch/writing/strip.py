"""The straightened strip of a line, its rows running along the line, and the way back to the page."""

from __future__ import annotations

import numpy as np

from retouch.geometry import Box
from retouch.writing.cells import straight
from retouch.writing.ink import Coverage
from retouch.writing.layout import Line
from retouch.writing.tilt import turned


def ink_strip(ink: Coverage, line: Line) -> Coverage:
    """The line's ink, float32 (length, thickness): rows run along the line, whatever its direction."""
    strip = straight(ink, line.straight_box, line.angle)
    return strip if line.direction.upright else np.ascontiguousarray(strip.T)


def page_box(line: Line, box: Box) -> Box:
    """A box of the strip (x across, y along the line) as the upright box of a `Cell`: its size kept, its centre on the
    page, to be turned by the line's angle."""
    if not line.direction.upright:
        box = Box(box.y, box.x, box.height, box.width)
    frame = line.straight_box
    if not line.angle:
        return box.moved(frame.x, frame.y)
    centre = np.array(frame.centre)
    x, y = turned(np.array([box.moved(frame.x, frame.y).centre]) - centre, line.angle)[0] + centre
    return Box(round(float(x) - box.width / 2), round(float(y) - box.height / 2), box.width, box.height)


def along(line: Line, box: Box) -> tuple[int, int]:
    """Begin and end of a cell's box along its line, in pixels of the strip: the inverse of `page_box`."""
    frame = line.straight_box
    centre = np.array(frame.centre)
    x, y = turned(np.array([box.centre]) - centre, -line.angle)[0] + centre
    middle, half = (y - frame.y, box.height / 2) if line.direction.upright else (x - frame.x, box.width / 2)
    return round(float(middle) - half), round(float(middle) + half)
