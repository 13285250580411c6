"""Calibration: how often the gate errs, as measured, so that a verdict can say how far it is to be trusted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from retouch.writing.hand import Hand

_Z = 1.6449  # one-sided 95 %
MEASURED_BY = "python benchmarks/gate.py --pages 16"


@dataclass(frozen=True, slots=True)
class Rates:
    """Counts of one run of the gate's benchmark: `accepted` of `faulty` characters, `rejected` of `right` ones
    (`unsure` counts as rejected)."""

    accepted: int
    faulty: int
    rejected: int
    right: int
    measured_by: str = MEASURED_BY

    @property
    def false_accept(self) -> float:
        return self.accepted / self.faulty

    @property
    def false_reject(self) -> float:
        return self.rejected / self.right

    @property
    def false_accept_bound(self) -> float:
        """The one-sided 95 % upper bound of the false accept rate, by Wilson's score interval."""
        n, z2 = self.faulty, _Z * _Z
        middle = self.false_accept + z2 / (2 * n)
        half = _Z * math.sqrt(self.false_accept * (1 - self.false_accept) / n + z2 / (4 * n * n))
        return (middle + half) / (1 + z2 / n)

    def evidence(self) -> dict[str, Any]:
        """The rates as JSON, with what measured them."""
        return {
            "false_accept": round(self.false_accept, 4),
            "false_accept_at_most": round(self.false_accept_bound, 4),
            "false_reject": round(self.false_reject, 4),
            "measured_by": self.measured_by,
        }


WITH_OWN_FONT = Rates(accepted=3, faulty=2560, rejected=8, right=3040)
"""The page's own font is installed; eight kinds of fault."""
WITH_NEAR_FONT = Rates(accepted=52, faulty=2560, rejected=120, right=3040)
"""Another font comes near it; eight kinds of fault."""
WITHOUT_FONT = Rates(9, 384, 60, 1216, "the functions of benchmarks/gate.py without any face, 16 pages, seed 7")
"""No font fits (measured with none at all); similar characters, doubled ones and foreign components only: two in five
faults of strokes pass."""


def rates(hand: Hand | None) -> Rates:
    """The rates of the gate on a page written in this hand."""
    if hand is None or not hand.strokes_judged:
        return WITHOUT_FONT
    return WITH_OWN_FONT if hand.own else WITH_NEAR_FONT
