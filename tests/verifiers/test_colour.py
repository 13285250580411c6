from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from retouch.errors import VerifierError
from retouch.geometry import Box
from retouch.parts import create
from retouch.picture import Picture
from retouch.plan import ColourIs, Step, TextGone
from retouch.protocols import Verifier
from retouch.spec import Spec
from retouch.verdict import Outcome
from retouch.verifiers.colour import ColourVerifier, delta_e

BOX = Box(20, 20, 60, 60)
PAPER = np.array((230, 220, 200), np.float32)


def step(colour: str = "#c81e28", box: Box | None = BOX) -> Step:
    return Step(id="s1", operation="recolour", target=colour, box=box, expectation=ColourIs(colour=colour))


def painted(colour: tuple[int, int, int]) -> Picture:
    """A soft ring of that colour on paper."""
    ink = np.zeros((100, 100), np.float32)
    cv2.circle(ink, (50, 50), 22, 1.0, 7)
    share = cv2.GaussianBlur(ink, (0, 0), 1.0)[..., None]
    return Picture(np.rint(PAPER * (1 - share) + np.array(colour, np.float32) * share).astype(np.uint8))


BLACK = painted((15, 12, 10))


def test_it_is_a_verifier_that_the_registry_makes() -> None:
    assert isinstance(create("verifiers", Spec.parse("colour")), Verifier)


def test_the_wanted_colour_passes() -> None:
    verdict = ColourVerifier().verify(BLACK, painted((200, 30, 40)), step())
    assert verdict.outcome is Outcome.PASS and verdict.score > 0.9
    assert verdict.evidence["delta_e"] < 3 and verdict.evidence["ring"] == 0


@pytest.mark.parametrize(
    ("shown", "outcome"),
    [((30, 60, 200), Outcome.FAIL), ((15, 12, 10), Outcome.FAIL), ((205, 110, 60), Outcome.UNSURE)],
)
def test_another_colour_does_not(shown: tuple[int, int, int], outcome: Outcome) -> None:
    verdict = ColourVerifier().verify(BLACK, painted(shown), step())
    assert verdict.outcome is outcome
    assert verdict.evidence["wanted"] == "#c81e28"


def test_ink_that_has_the_colour_already_passes() -> None:
    red = painted((200, 30, 40))
    assert ColourVerifier().verify(red, red, step()).outcome is Outcome.PASS


def test_a_coloured_ring_fails() -> None:
    after = painted((200, 30, 40)).pixels.copy()
    after[16, 30:40] = (200, 30, 40)
    verdict = ColourVerifier().verify(BLACK, Picture(after), step())
    assert verdict.outcome is Outcome.FAIL and verdict.evidence["ring"] == 10


def test_bare_paper_is_unsure() -> None:
    blank = Picture(np.full((100, 100, 3), 220, np.uint8))
    assert ColourVerifier().verify(blank, blank, step()).outcome is Outcome.UNSURE


def test_steps_that_it_cannot_judge_are_refused() -> None:
    with pytest.raises(VerifierError, match="no box"):
        ColourVerifier().verify(BLACK, BLACK, step(box=None))
    with pytest.raises(VerifierError, match="judges colour-is"):
        ColourVerifier().verify(BLACK, BLACK, step().model_copy(update={"expectation": TextGone(text="x")}))
    with pytest.raises(VerifierError, match="is no colour"):
        ColourVerifier().verify(BLACK, BLACK, step("vermillionish"))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [((255, 0, 0), (0, 0, 255), 52.88), ((255, 255, 255), (0, 0, 0), 100.0), ((0, 128, 0), (0, 255, 0), 34.5)],
)
def test_delta_e_of_known_pairs(first: tuple[int, int, int], second: tuple[int, int, int], expected: float) -> None:
    found = delta_e(np.array(first, np.float64), np.array(second, np.float64))
    assert found == pytest.approx(expected, abs=1.5)


colours = st.tuples(*[st.integers(0, 255)] * 3).map(lambda c: np.array(c, np.float64))


@given(colours, colours)
def test_delta_e_is_a_difference(first: NDArray[np.float64], second: NDArray[np.float64]) -> None:
    assert delta_e(first, first) == pytest.approx(0, abs=1e-6)
    assert delta_e(first, second) == pytest.approx(delta_e(second, first), abs=1e-4)
    assert delta_e(first, second) >= 0
