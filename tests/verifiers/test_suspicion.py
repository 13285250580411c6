from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.verifiers.suspicion import (
    AMONG_SISTERS,
    AT_FIRST,
    DOUBT,
    FAULT,
    MISREAD,
    OPEN,
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


@pytest.mark.parametrize("weights", [WITH_OWN_FONT, AT_FIRST, WITH_NEAR_FONT, WITHOUT_FONT])
def test_nothing_speaks_against_a_usual_glyph(weights: object) -> None:
    assert weigh(FINE, weights) < DOUBT  # type: ignore[arg-type]


def test_a_sister_face_says_less_than_the_own_one() -> None:
    doubtful = replace(FINE, far=1.5, lack=0.1)
    assert weigh(doubtful, WITH_NEAR_FONT) < weigh(doubtful, WITH_OWN_FONT)


@given(st.sampled_from(NAMES), st.floats(0.01, 5))
def test_every_sign_adds_to_the_suspicion(name: str, more: float) -> None:
    raised = replace(FINE, **{name: getattr(FINE, name) + more})
    assert weigh(raised, WITH_NEAR_FONT) > weigh(FINE, WITH_NEAR_FONT)


@given(st.floats(0, 2))
def test_what_the_recogniser_finds_strange_decides_only_where_another_font_judges(strange: float) -> None:
    doubtful = replace(FINE, far=1.0, lack=0.1, strange=strange)
    assert weigh(doubtful, WITH_OWN_FONT) == weigh(replace(doubtful, strange=0.0), WITH_OWN_FONT)
    assert weigh(doubtful, AT_FIRST) == weigh(replace(doubtful, strange=0.0), AT_FIRST)


def test_a_glyph_that_surely_reads_needs_more_where_another_font_judges() -> None:
    assert FAULT == WITH_OWN_FONT.surely_read < WITH_NEAR_FONT.surely_read < AMONG_SISTERS < OPEN


def test_a_repair_is_accepted_only_below_every_fault() -> None:
    assert all(weights.doubt <= MISREAD for weights in (WITH_OWN_FONT, AT_FIRST, WITH_NEAR_FONT, WITHOUT_FONT))


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
