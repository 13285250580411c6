"""Shape: whether a glyph's strokes are those of its character, by the faces that fit the page's hand."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retouch.writing.comparison import Comparison
from retouch.writing.hand import CLOSE, Hand, Norm, compared
from retouch.writing.ink import Coverage
from retouch.writing.sharpness import sharpness
from retouch.writing.templates import unframed


@dataclass(frozen=True, slots=True)
class Limits:
    """From how many robust deviations above the page's median a statistic is a fault, and from how much at least."""

    deviations: float
    least: float

    def excess(self, norm: Norm, value: float) -> float:
        """`value` as a share of the way from the page's median to the limit: 1 and more is a fault."""
        reach = max(self.deviations * norm.deviation, self.least)
        return max(0.0, value - norm.median) / reach


CLOSENESS = Limits(6.0, 1.2)
LACK = 0.035
SURPLUS = 0.05
BLUR = Limits(6.0, 0.08)


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """`suspicion` 0 to 1 is within the page's spread, 1 and more a fault; `cause` names the statistic that says so.

    `distance` is None where no face could be trusted; then only the blur was judged. `sharpness` as in
    `writing.sharpness`.
    """

    suspicion: float
    cause: str
    sharpness: float
    distance: float | None = None
    comparison: Comparison | None = None
    em: float | None = None

    def residual(self, ink: Coverage) -> NDArray[np.float32] | None:
        """Where the strokes differ from the template, in the frame of the glyph's `ink`."""
        return None if self.comparison is None else unframed(self.comparison.residual, ink, self.em)


def judge_shape(hand: Hand, char: str, ink: Coverage) -> Shape:
    """The shape of one glyph (`ink` from `own_ink`) that should be `char`."""
    edge, norms = sharpness(ink), hand.yardstick
    blur = BLUR.excess(Norm(-norms.sharpness.median, norms.sharpness.deviation), -edge)
    found = compared(hand, char, ink) if hand.strokes_judged else None
    if found is None:
        return Shape(blur, "blurred", edge)
    causes = {
        "strokes differ": CLOSENESS.excess(norms.closeness, math.log(found.distance + CLOSE)),
        "ink is missing": found.lack / LACK,
        "ink is where none belongs": found.surplus / SURPLUS,
        "blurred": blur,
    }
    cause = max(causes, key=lambda name: causes[name])
    return Shape(causes[cause], cause, edge, found.distance, found, hand.em)
