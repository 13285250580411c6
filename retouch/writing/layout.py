"""How a page is laid out: its lines in reading order, their direction and tilt, and the frames drawn on it."""

from __future__ import annotations

from dataclasses import dataclass

from retouch.edit import RGB
from retouch.geometry import Box
from retouch.style import Direction
from retouch.writing.detector import Quad
from retouch.writing.frames import Frame
from retouch.writing.recogniser import ReadCharacter


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line. `box` encloses it, `quad` are its corners, `angle` its tilt in degrees clockwise (0 for an exactly
    upright or lying line), `text` what it reads, positions along the line from its begin."""

    index: int
    box: Box
    quad: Quad
    angle: float
    direction: Direction
    text: tuple[ReadCharacter, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A page: `lines` in reading order, `tilt` the page's common angle in degrees clockwise."""

    direction: Direction
    lines: tuple[Line, ...]
    frames: tuple[Frame, ...]
    tilt: float


def find_layout(rgb: RGB, direction: Direction | None = None) -> Layout:
    """The layout of a page; a `direction` given wins over the one that its boxes show."""
    raise NotImplementedError
