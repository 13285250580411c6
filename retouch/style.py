"""How writing looks: direction, typeface and the measures of its ink. Values only; they are measured in `writing`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Reading direction of lines of text."""

    HORIZONTAL = "horizontal"
    VERTICAL_RL = "vertical-rl"
    VERTICAL_LR = "vertical-lr"

    @property
    def upright(self) -> bool:
        """True where lines are columns."""
        return self is not Direction.HORIZONTAL


@dataclass(frozen=True, slots=True, order=True)
class Face:
    """One face of a font file: `index` picks it in a collection; `family` groups faces of one design."""

    path: str
    index: int
    family: str
    style: str = ""
    variation: tuple[tuple[str, float], ...] = ()
    """Axis tag and value of a variable font, e.g. (("wght", 500.0),)."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and the range within which a page's own correct glyphs lie (5th to 95th percentile)."""

    median: float
    low: float
    high: float

    def holds(self, value: float, slack: float = 0.0) -> bool:
        return self.low - slack <= value <= self.high + slack


@dataclass(frozen=True, slots=True)
class Style:
    """The look that a new glyph should have, measured on its neighbours. Lengths in picture pixels.

    `faces` are ranked, best first; `ink` and `paper` are sRGB 0..255; `stroke` is the stroke width, `softness` the
    standard deviation of the edge's blur, `darkness` the mean ink coverage inside strokes (0..1), `width` and `height`
    the ink box of a full-bodied glyph, `noise` the standard deviation of ink grain (0..1 of the contrast).
    """

    direction: Direction
    faces: tuple[Face, ...]
    ink: tuple[int, int, int]
    paper: tuple[int, int, int]
    stroke: Spread
    softness: Spread
    darkness: Spread
    width: Spread
    height: Spread
    noise: float = 0.0
    slant: float = 0.0
    """Degrees clockwise by which upright strokes lean."""
