"""Shape: what a glyph's strokes say, by the faces that fit the page's hand and by the page's other copies."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box
from retouch.verifiers.suspicion import (
    AMONG_SISTERS,
    AT_FIRST,
    DOUBT,
    FAULT,
    OPEN,
    WITH_NEAR_FONT,
    WITH_OWN_FONT,
    WITHOUT_FONT,
    Signs,
    Weights,
    chief_cause,
    logit_of_doubt,
    vouched,
    weigh,
)
from retouch.writing.comparison import Comparison
from retouch.writing.hand import CLOSE, Hand, Yardstick, compared, likened, rivalled, strange
from retouch.writing.ink import Coverage
from retouch.writing.sharpness import sharpness
from retouch.writing.templates import unframed

_BLUR = (2.0, 12.0)  # deviations: less is usual, more says no more
_RIVAL = (-4.0, 3.0)
_ALIKE = 1.5  # deviations above the page's median likeness up to which a copy speaks for a glyph


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """`suspicion` and its chief `cause` (see `suspicion`), `sharpness` as in `writing.sharpness`; `distance` and
    `comparison` are None where no face could be trusted. `own` is True where the page's own font did the judging;
    a glyph that surely reads as wanted is a fault from the suspicion `surely_read`, and from `doubt` it is doubted."""

    suspicion: float
    cause: str
    sharpness: float
    signs: Signs
    own: bool = False
    surely_read: float = FAULT
    doubt: float = DOUBT
    distance: float | None = None
    comparison: Comparison | None = None
    em: float | None = None

    def residual(self, ink: Coverage) -> NDArray[np.float32] | None:
        """Where the strokes differ from the template, in the frame of the glyph's `ink`."""
        return None if self.comparison is None else unframed(self.comparison.residual, ink, self.em)


def judge_shape(
    hand: Hand, char: str, ink: Coverage, probability: float, rival: str | None = None, place: Box | None = None
) -> Shape:
    """The shape of one glyph (`ink` from `own_ink`) that should be `char` and reads as it with `probability`.

    `rival` is the other character that it reads as, if it does; `place` its box on the page: the copy that stands there
    is not compared with it.
    """
    edge = sharpness(ink)
    found = compared(hand, char, ink) if hand.strokes_judged else None
    signs = _signs(hand.yardstick, probability, edge, likened(hand, char, ink, place), found)
    if found:
        signs = replace(signs, far=signs.far - _farther(hand, char))
    if rival and found:
        signs = replace(signs, rival=float(np.clip(rivalled(hand, rival, ink, found), *_RIVAL)))
    own = found is not None and hand.own
    weights = _weights(found, own)
    suspicion = weigh(signs, weights)
    if weights is AT_FIRST and abs(suspicion) < OPEN:
        weights, signs = WITH_NEAR_FONT, replace(signs, strange=strange(hand, char, ink))
        suspicion = weigh(signs, weights)
    return Shape(
        suspicion=suspicion if rival else vouched(suspicion, signs.known + _ALIKE),
        cause=chief_cause(signs, weights),
        sharpness=edge,
        signs=signs,
        own=own,
        surely_read=AMONG_SISTERS if hand.sister else weights.surely_read,
        doubt=weights.doubt,
        distance=found.distance if found else None,
        comparison=found,
        em=hand.em,
    )


def _farther(hand: Hand, char: str) -> float:
    """Where the nearest face does not draw the character: how much farther, as a logarithm, the one that does is from
    the page. 0 elsewhere."""
    nearest = hand.templates(char)[0].distance
    return max(0.0, math.log((nearest + CLOSE) / (hand.faces[0].distance + CLOSE)))


def _weights(found: Comparison | None, own: bool) -> Weights:
    if found is None:
        return WITHOUT_FONT
    return WITH_OWN_FONT if own else AT_FIRST


def _signs(
    page: Yardstick, probability: float, edge: float, likeness: tuple[float, ...], found: Comparison | None
) -> Signs:
    blur = float(np.clip(-page.sharpness.z(edge), *_BLUR))
    unlike = float(np.clip(page.likeness.z(math.log(min(likeness) + CLOSE)), -3, 6)) if likeness else _ALIKE
    misread, known, odd = logit_of_doubt(probability), min(unlike, _ALIKE) - _ALIKE, max(unlike, 0.0)
    if len(likeness) < 2:
        odd = 0.0  # of two copies that differ either may be the faulty one
    if found is None:
        return Signs(misread, blur, known, odd)
    return Signs(
        misread,
        blur,
        known,
        odd,
        far=math.log(found.distance + CLOSE) - page.closeness.median,
        distance=math.log(found.distance + CLOSE),
        lack=math.sqrt(found.lack),
        added=math.sqrt(found.added) - page.added.median,
        discord=found.discord - page.discord.median,
    )
