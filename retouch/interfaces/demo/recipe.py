"""What decides a painted page, and the truth that comes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box, Size
from retouch.interfaces.demo.brush import Brush, Ink
from retouch.style import Direction, Face


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides a page. Equal recipes give equal pixels.

    `text` is the reference; line breaks in it start a new line, otherwise a line holds `per_line` characters.
    `faults` maps positions in the reference (line breaks not counted) to faults as `faults.plant` takes them;
    `missing` positions are left out, `extra` puts a character in front of a position, and the line closes up or moves
    on as it does on a model's page.
    """

    text: str
    face: Face
    seed: int = 0
    size: int = 88
    """Pixels an em, 20 to 200."""
    direction: Direction = Direction.VERTICAL_RL
    per_line: int = 18
    pitch: float = 1.12
    """Advance along the line in ems, on a grid."""
    leading: float = 1.28
    """Advance from line to line in ems."""
    free: bool = False
    """Characters follow each other by the height (upright) or width of their own ink instead of on a grid."""
    blank: float = 0.17
    """In free writing, what is left blank between two characters, in ems."""
    jitter: float = 0.02
    """Standard deviation of a character's place in ems."""
    tilt: float = 0.0
    """Degrees clockwise by which the writing is turned."""
    gaps: int = 0
    """How many places in the lines are left blank, as before an honoured name."""
    sheet: str = "cream"
    brush: Brush = Brush()
    colour: tuple[int, int, int] = (28, 25, 24)
    ornaments: tuple[str, ...] = ()
    """Names of `ornament.ORNAMENTS`."""
    margin: float = 0.9
    """Blank round the writing in ems."""
    canvas: Size | None = None
    """The page's size where it is given; the writing stands in its middle."""
    faults: Mapping[int, str] = field(default_factory=dict)
    missing: frozenset[int] = frozenset()
    extra: Mapping[int, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """The text without its line breaks."""
        return self.text.replace("\n", "")


@dataclass(frozen=True, slots=True, eq=False)
class PaintedCharacter:
    """The truth about one place.

    `index` is the position in the reference (an extra character has that of the character behind it), `wanted` what
    the reference asks for (None: extra), `shows` what a reader sees there (None: no character, or nothing), `fault` a
    kind of `faults.KINDS`, "missing", "extra" or None. `box` is the tight ink box in page pixels (for a missing
    character the place where it should stand), `ink` its coverage, float32 (box.height, box.width). `share` is the
    part of the right glyph's ink that the fault changed (0 for a right one).
    """

    index: int
    line: int
    wanted: str | None
    shows: str | None
    fault: str | None
    box: Box
    ink: Ink
    share: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class PaintedPage:
    """`rgb` uint8 (height, width, 3); `reference` is what the page should read, without line breaks."""

    rgb: NDArray[np.uint8]
    reference: str
    recipe: Recipe
    characters: tuple[PaintedCharacter, ...]

    @property
    def faults(self) -> tuple[PaintedCharacter, ...]:
        return tuple(c for c in self.characters if c.fault)
