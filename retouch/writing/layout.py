"""How a page is laid out: its lines in reading order, their direction and tilt, and the frames drawn on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from retouch.edit import RGB
from retouch.geometry import Box, Size
from retouch.style import Direction
from retouch.writing import arrangement
from retouch.writing.arrangement import Rect
from retouch.writing.cells import straight
from retouch.writing.detector import Detector, Quad
from retouch.writing.frames import Frame, find_frames
from retouch.writing.parallel import in_parallel
from retouch.writing.recogniser import ReadCharacter, Recogniser
from retouch.writing.tilt import MOST, angle, page_tilt, settled, sides

_OWN_ANGLE = 2.0
"""Degrees off the page's tilt from which a line keeps its own angle (posters)."""

_SLACK = 0.06
"""Share of a line's thickness added on each side, where strokes overflow the detector's box."""


@dataclass(frozen=True, eq=False)
class Line:
    """One line. `box` encloses it, `quad` are its corners, `angle` its tilt in degrees clockwise (0 for an exactly
    upright or lying line), `text` what it reads, positions along the line from its begin."""

    index: int
    box: Box
    quad: Quad
    angle: float
    direction: Direction
    text: tuple[ReadCharacter, ...]

    @cached_property
    def straight_box(self) -> Box:
        """The line turned straight about its centre: the upright box that `cells.straight` cuts with `angle`."""
        width, height = (max(1, round(side)) for side in sides(self.quad))
        x, y = self.quad.mean(axis=0)
        return Box(round(float(x) - width / 2), round(float(y) - height / 2), width, height)

    @property
    def length(self) -> int:
        """Pixels along the line."""
        return self.straight_box.height if self.direction.upright else self.straight_box.width

    @property
    def thickness(self) -> int:
        """Pixels across the line."""
        return self.straight_box.width if self.direction.upright else self.straight_box.height

    @property
    def reads(self) -> str:
        return "".join(read.char for read in self.text)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A page: `lines` in reading order, `tilt` the page's common angle in degrees clockwise."""

    direction: Direction
    lines: tuple[Line, ...]
    frames: tuple[Frame, ...]
    tilt: float


def find_layout(rgb: RGB, direction: Direction | None = None) -> Layout:
    """The layout of a page; a `direction` given wins over the one that its boxes show."""
    return arranged(rgb, Detector.shared().lines(rgb), find_frames(rgb), direction)


def arranged(rgb: RGB, quads: Sequence[Quad], frames: tuple[Frame, ...], direction: Direction | None) -> Layout:
    """The layout made of detected quads; see `find_layout`."""
    if direction is None:
        direction = Direction.VERTICAL_RL if arrangement.upright(quads) else Direction.HORIZONTAL
    tilt = page_tilt(quads, direction.upright)
    rects = arrangement.lines([_rect(quad, tilt, direction) for quad in quads], direction)
    return of_rects(rgb, rects, tilt, frames, direction)


def of_rects(rgb: RGB, rects: Sequence[Rect], tilt: float, frames: tuple[Frame, ...], direction: Direction) -> Layout:
    """The layout of lines that lie at `rects` of the page turned straight; see `arrangement`."""
    ordered = arrangement.ordered(rects, direction)
    size = Size(rgb.shape[1], rgb.shape[0])
    lines = [_line(number, rect, tilt, direction, size) for number, rect in enumerate(_spread(ordered))]
    return Layout(direction, tuple(in_parallel(lambda line: read(rgb, line), lines)), frames, tilt)


def read(rgb: RGB, line: Line) -> Line:
    """The line with its text read from the picture."""
    strip = straight(rgb, line.straight_box, line.angle)
    return replace(line, text=Recogniser.shared().line(strip, line.direction.upright))


def _rect(quad: Quad, tilt: float, direction: Direction) -> Rect:
    lean = angle(quad, direction.upright)
    width, height = sides(quad)
    length, thickness = (height, width) if direction.upright else (width, height)
    own = MOST > abs(lean - tilt) > _OWN_ANGLE and length > 2 * thickness
    return arrangement.straightened(quad, tilt, direction, settled(lean) if own else tilt)


def _spread(rects: Sequence[Rect]) -> list[Rect]:
    """Each line widened by the slack, but not past the middle between it and a neighbour beside it."""
    out: list[Rect] = []
    for rect in rects:
        slack = _SLACK * rect.thickness
        low, high = rect.low - slack, rect.high + slack
        for other in rects:
            if other is rect or rect.length_shared(other) <= 0 or rect.band_shared(other) > 0.5:
                continue
            if other.middle < rect.middle:
                low = max(low, (rect.low + other.high) / 2)
            else:
                high = min(high, (rect.high + other.low) / 2)
        out.append(arrangement.within(rect, low, high))
    return out


def _line(number: int, rect: Rect, tilt: float, direction: Direction, size: Size) -> Line:
    quad = arrangement.page_quad(rect, tilt, direction)
    if rect.lean == 0:
        quad = np.clip(quad, 0, np.array([size.width, size.height], np.float32))
    x, y, width, height = cv2.boundingRect(quad)
    box = Box(x, y, width, height).clamped(size)
    return Line(number, box, quad, rect.lean, direction, ())
