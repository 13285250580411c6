from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retouch.style import Face
from retouch.writing.registration import FRAME, Ink, correlation, register, soft
from retouch.writing.templates import template


def moved(ink: Ink, turn: float, scale: float, dx: float, dy: float) -> Ink:
    matrix = cv2.getRotationMatrix2D((FRAME / 2, FRAME / 2), turn, scale)
    matrix[:, 2] += np.array([dx, dy])
    return np.asarray(cv2.warpAffine(ink, matrix, (FRAME, FRAME)), dtype=np.float32)


@pytest.mark.parametrize(
    ("turn", "scale", "dx", "dy"), [(0, 1, 0, 0), (0, 1, 4, -3), (3, 1, 0, 0), (0, 0.85, 2, 2), (-2, 1.12, -3, 1)]
)
def test_a_moved_glyph_is_laid_over_its_template(kai: Face, turn: float, scale: float, dx: float, dy: float) -> None:
    drawn = template(kai, "稽")
    glyph = moved(drawn, turn, scale, dx, dy)
    laid = register(glyph, drawn)
    assert laid.distance < 0.012
    assert correlation(soft(glyph), soft(laid.template)) > 0.985
    assert abs(np.linalg.det(laid.matrix[:, :2]) ** 0.5 * scale - 1) < 0.04


@pytest.mark.parametrize(("char", "other"), [("稽", "會"), ("旨", "日"), ("山", "川"), ("大", "犬"), ("未", "末")])
def test_another_character_is_farther_than_the_same(kai: Face, char: str, other: str) -> None:
    glyph = moved(template(kai, char), 1.5, 0.96, 2, 1)
    assert register(glyph, template(kai, char)).distance * 3 < register(glyph, template(kai, other)).distance


def test_the_warp_is_bounded(kai: Face) -> None:
    flow = register(template(kai, "山"), template(kai, "龍")).flow
    assert 1 < np.hypot(flow[..., 0], flow[..., 1]).max() <= 4.01


def test_an_expected_scale_is_tried(kai: Face) -> None:
    drawn = template(kai, "國")
    half = moved(drawn, 0, 0.5, 0, 0)
    assert register(half, drawn, scale=2.0).distance < 0.02


def test_blank_glyphs_are_taken(kai: Face) -> None:
    blank = np.zeros((FRAME, FRAME), dtype=np.float32)
    assert register(blank, template(kai, "山")).distance == 1
    assert np.isfinite(register(template(kai, "山"), blank).distance)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.1, 5), st.floats(-2, 2), st.integers(0, 1000))
def test_correlation_ignores_gain_and_level(gain: float, level: float, seed: int) -> None:
    one, other = np.random.default_rng(seed).random((2, 12, 12), dtype=np.float32)
    same = correlation(one, other)
    assert -1.001 <= same <= 1.001
    assert correlation(one, np.asarray(gain * other + level, dtype=np.float32)) == pytest.approx(same, abs=2e-3)
    assert correlation(other, one) == pytest.approx(same, abs=1e-6)


def test_nothing_on_either_side_is_taken() -> None:
    blank = np.zeros((FRAME, FRAME), dtype=np.float32)
    assert register(blank, blank).distance == 1.0
