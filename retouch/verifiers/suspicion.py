"""Suspicion: the signs that a glyph is wrong, weighed together into one number.

The weights are those of logistic regressions on painted pages whose faults are known (`benchmarks/calibrate.py` makes
them): eight hands, 48 to 110 px an em, tilted, on five papers, 144 glyphs with three faults of each of eight kinds a
page, each page judged with its own font and with its whole family withheld. Fitted on seven hands and tried on the
eighth, in turn, they find .97 of the faults at .1 % false alarms with the own font. Where another font judges, on 31
pages of seeds 600 and 700, it is .96 of the exchanged characters and .83 of the faults of strokes at .4 %; the weights
of a page's own font, which served there before, found .94 and .76 at .3 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from operator import attrgetter

FAULT = 0.0
"""Suspicion from which proofreading reports a fault."""
MISREAD = -1.0
"""Suspicion from which a glyph that does not read as wanted is a fault. Of right glyphs that the recogniser misreads
(1.2 %, most in brush hands) nine in ten stay below, of exchanged characters 1 %."""
DOUBT = -3.0
"""Suspicion from which a repair is not accepted: 1 % of right glyphs reach it with the page's own font, 4 % with
another one or with none."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks against a glyph. Each grows with doubt; the last seven need a face that fits, and are 0 without.

    `misread` logit of 1 - the probability of the wanted character, -6.9 to 6.9; `blur` robust deviations below the
    page's sharpness, 2 to 12; `known` -4.5 to 0, how like it is to another good copy on the page (0 no copy, or
    unlike); `odd` 0 to 6, how unlike it is to all of two or more copies; `far` natural logarithm of its distance to the
    templates over the page's median; `distance` logarithm of that distance; `lack` square root of the heaviest part
    missing, as a share of the ink; `added` square root of all ink that no template has, above the page's median;
    `discord` 1 - the correlation in the worst window, above the page's median; `rival` -4 to 3, for a glyph that reads
    as another character the logarithm of its distance to its own templates over that to the other's; `strange` how far
    the recogniser's answer to it lies from its answers to the templates, above the page's median (see
    `writing.resemblance`), 0 where that was not asked.
    """

    misread: float
    blur: float
    known: float
    odd: float
    far: float = 0.0
    distance: float = 0.0
    lack: float = 0.0
    added: float = 0.0
    discord: float = 0.0
    rival: float = 0.0
    strange: float = 0.0


@dataclass(frozen=True, slots=True)
class Weights:
    """One regression: a weight a sign, and what is added so that `FAULT` stands at its false alarm rate. A glyph that
    surely reads as wanted is a fault from `surely_read` only: fonts of one script form some characters otherwise.
    From `doubt` a repair is not accepted."""

    signs: Signs
    offset: float
    surely_read: float = FAULT
    doubt: float = DOUBT


WITH_OWN_FONT = Weights(
    Signs(0.299, 0.556, 1.373, 0.819, 2.327, 0.666, 13.921, 5.304, 1.404, 0.546), -2.450 + 0.10, doubt=-2.0
)
AT_FIRST = Weights(
    Signs(0.397, 0.726, 1.803, 0.657, 1.299, 0.316, 16.009, 6.565, 4.763, 0.770), -3.454 - 1.00, surely_read=0.75
)
"""Where another font judges, before `strange` is known."""
WITH_NEAR_FONT = Weights(
    Signs(0.295, 0.650, 2.025, 0.491, 0.607, 0.229, 15.653, 4.498, 3.701, 0.860, 2.226), -4.544 - 1.00, surely_read=0.75
)
AMONG_SISTERS = 2.0
"""`surely_read` where a sister of the page's own font judges: that draws most characters as the page does and a few in
another form (房 with 戸 for 户), which then lie farther off than anything else on the page."""
OPEN = 4.0
"""Suspicion at first, up or down, within which a glyph is looked at for `strange`: of right glyphs one in five, and
beyond it the look changed no outcome on 31 pages."""
WITHOUT_FONT = Weights(Signs(0.490, 1.463, 1.980, 0.954), -2.557 - 2.25)

_ALIKE = 1.0  # deviations above the page's median distance between copies
_VOUCHED = 3.0
_BLURRED = 6.0  # deviations: on nine pages of different hands every blurred glyph and at most one other reached it
_USUAL = Signs(-6.5, 2.0, 0.0, 0.0)
_SAID = {
    "misread": "reads doubtfully",
    "blur": "blurred",
    "odd": "unlike the page's other copies",
    "far": "strokes differ",
    "lack": "ink is missing",
    "added": "ink is where none belongs",
    "discord": "strokes differ",
    "rival": "reads doubtfully",
    "strange": "strokes differ",
}


_numbers = attrgetter(*(field.name for field in fields(Signs)))  # astuple copies deeply, 30 times slower


def weigh(signs: Signs, weights: Weights) -> float:
    """The suspicion: `FAULT` and above is a fault, below `DOUBT` nothing speaks against the glyph."""
    pairs = zip(_numbers(signs), _numbers(weights.signs), strict=True)
    return float(sum(sign * weight for sign, weight in pairs)) + weights.offset


def vouched(suspicion: float, unlike: float) -> float:
    """The suspicion of a glyph that reads as wanted and lies `unlike` deviations from another good copy on the page:
    what both copies share is the hand's way of writing. Of 768 faults on painted pages one was so near to a
    copy, and it was found all the same."""
    return suspicion - _VOUCHED if unlike < _ALIKE else suspicion


def is_blurred(signs: Signs) -> bool:
    """True for a glyph out of focus: where its strokes end cannot be measured."""
    return signs.blur >= _BLURRED


def chief_cause(signs: Signs, weights: Weights) -> str:
    """In words, the sign that says most, next to a glyph that nothing speaks against; a blur explains the rest."""
    if is_blurred(signs):
        return "blurred"
    said: dict[str, float] = {}
    for field in fields(Signs):
        if field.name not in _SAID:
            continue  # how well the face fits, or that no copy vouches for the glyph, is not what is wrong with it
        share = getattr(weights.signs, field.name) * (getattr(signs, field.name) - getattr(_USUAL, field.name))
        said[_SAID[field.name]] = said.get(_SAID[field.name], 0.0) + share
    return max(said, key=lambda cause: said[cause])


def logit_of_doubt(probability: float) -> float:
    """log((1 - p) / p), held to ±6.9."""
    return math.log((1 - probability + 1e-3) / (probability + 1e-3))
