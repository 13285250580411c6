from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.verifiers.suspicion import (
    DOUBT,
    FAULT,
    MISREAD,
    WITH_NEAR_FONT,
    WITH_OWN_FONT,
    WITHOUT_FONT,
    Signs,
    chief_cause,
    logit_of_doubt,
    vouched,
    weigh,
)

FINE = Signs(misread=-6.5, blur=2.0, known=-1.5, odd=0.0, distance=-4.6)
NAMES = [field.name for field in fields(Signs)]


def test_the_limits_are_in_order() -> None:
    assert DOUBT < MISREAD < FAULT


@pytest.mark.parametrize("weights", [WITH_OWN_FONT, WITH_NEAR_FONT, WITHOUT_FONT])
def test_nothing_speaks_against_a_usual_glyph(weights: object) -> None:
    assert weigh(FINE, weights) < DOUBT  # type: ignore[arg-type]


def test_a_sister_face_says_less_than_the_own_one() -> None:
    doubtful = replace(FINE, far=1.5, lack=0.1)
    assert weigh(doubtful, WITH_NEAR_FONT) < weigh(doubtful, WITH_OWN_FONT)


@given(st.sampled_from(NAMES), st.floats(0.01, 5))
def test_every_sign_adds_to_the_suspicion(name: str, more: float) -> None:
    raised = replace(FINE, **{name: getattr(FINE, name) + more})
    assert weigh(raised, WITH_OWN_FONT) > weigh(FINE, WITH_OWN_FONT)


@pytest.mark.parametrize(
    ("sign", "value", "cause"),
    [
        ("misread", 6.9, "reads doubtfully"),
        ("blur", 12.0, "blurred"),
        ("odd", 6.0, "unlike the page's other copies"),
        ("far", 3.0, "strokes differ"),
        ("lack", 0.4, "ink is missing"),
        ("added", 0.6, "ink is where none belongs"),
    ],
)
def test_the_chief_cause_is_the_strongest_sign(sign: str, value: float, cause: str) -> None:
    assert chief_cause(replace(FINE, **{sign: value}), WITH_OWN_FONT) == cause


def test_doubt_falls_with_probability() -> None:
    assert logit_of_doubt(0.5) == 0
    assert logit_of_doubt(1.0) == pytest.approx(-logit_of_doubt(0.0))
    assert 6.5 < logit_of_doubt(0.0) < 7


def test_another_copy_vouches_for_a_glyph() -> None:
    assert vouched(1.0, 0.2) < FAULT
    assert vouched(1.0, 1.5) == 1.0
