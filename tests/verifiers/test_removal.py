"""Whether what should be removed is gone."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.errors import VerifierError
from retouch.geometry import Box
from retouch.picture import Picture
from retouch.plan import Step
from retouch.verdict import Outcome
from retouch.verifiers.removal import RemovalVerifier

PLACE = Box(40, 40, 30, 20)
STEP = Step(id="s1", operation="remove-object", box=PLACE)


def _page(spot: tuple[int, int, int] | None = None, share: float = 1.0) -> Picture:
    """Grainy paper with a spot of colour over a share of the place."""
    rng = np.random.default_rng(3)
    pixels = np.clip(rng.normal((230, 215, 180), 3, (100, 120, 3)), 0, 255).astype(np.uint8)
    if spot is not None:
        pixels[PLACE.y : PLACE.bottom, PLACE.x : PLACE.x + round(PLACE.width * share)] = spot
    return Picture(pixels)


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        (_page(), Outcome.PASS),
        (_page((220, 20, 30)), Outcome.FAIL),
        (_page((220, 20, 30), 0.1), Outcome.UNSURE),
        (_page((20, 20, 20)), Outcome.FAIL),
    ],
)
def test_only_what_stands_round_it_may_be_left(after: Picture, outcome: Outcome) -> None:
    verdict = RemovalVerifier().verify(_page((220, 20, 30)), after, STEP)
    assert verdict.outcome is outcome
    assert verdict.evidence["foreign_before"] == 1


def test_what_cannot_be_told_from_its_surroundings_is_not_judged() -> None:
    assert RemovalVerifier().verify(_page(), _page(), STEP).outcome is Outcome.UNSURE


def test_a_place_is_needed() -> None:
    whole = Step(id="s1", operation="remove-object")
    with pytest.raises(VerifierError, match="has no box"):
        RemovalVerifier().verify(_page(), _page(), whole)
