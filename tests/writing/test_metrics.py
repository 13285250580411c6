from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from retouch.errors import UsageError
from retouch.writing.metrics import edge_softness, full_bodied, glyph_box, measure, spread, stroke_width

FINE = 8


def cross(width: float, softness: float, darkness: float = 1.0, size: int = 120) -> NDArray[np.float32]:
    """A cross of two strokes, 80 px long, painted finely, blurred, and brought to size."""
    fine = np.zeros((size * FINE, size * FINE), np.float32)
    low, high = (size // 2 - 40) * FINE, (size // 2 + 40) * FINE
    edge = [round((size / 2 - width / 2) * FINE), round((size / 2 + width / 2) * FINE)]
    fine[low:high, edge[0] : edge[1]] = 1
    fine[edge[0] : edge[1], low:high] = 1
    soft = cv2.GaussianBlur(fine, (0, 0), softness * FINE)
    return np.asarray(cv2.resize(soft, (size, size), interpolation=cv2.INTER_AREA) * darkness, np.float32)


@pytest.mark.parametrize("width", [4.0, 5.5, 8.0, 12.0])
@pytest.mark.parametrize("softness", [0.6, 1.0, 1.4])
def test_strokes_and_edges_are_measured_below_a_pixel(width: float, softness: float) -> None:
    found = measure(cross(width, softness))
    assert found.stroke == pytest.approx(width, abs=1.1 if softness > width / 4 else 0.55)
    assert found.softness == pytest.approx(softness, abs=0.25)
    assert (found.width, found.height) == (80, 80)


@pytest.mark.parametrize("darkness", [0.45, 0.7, 0.95])
def test_pale_ink_measures_as_wide_as_dark_ink(darkness: float) -> None:
    found = measure(cross(8, 1.0, darkness))
    assert found.darkness == pytest.approx(darkness, abs=0.03)
    assert found.stroke == pytest.approx(8, abs=0.6)
    assert found.softness == pytest.approx(1.0, abs=0.2)
    assert found.width == 80


@settings(max_examples=20, deadline=None)
@given(st.floats(4, 14), st.floats(0.4, 2.0), st.floats(1.25, 1.6))
def test_wider_strokes_measure_wider_and_softer_edges_softer(width: float, softness: float, more: float) -> None:
    assert stroke_width(cross(width * more, 0.6)) > stroke_width(cross(width, 0.6))
    assert edge_softness(cross(16, softness * more)) > edge_softness(cross(16, softness))


def test_grain_is_the_noise_inside_strokes() -> None:
    smooth = cross(14, 1.0)
    noise = np.random.default_rng(1).normal(0, 0.06, smooth.shape)
    rough = np.clip(smooth * 0.85 + (smooth > 0.9) * noise, 0, 1).astype(np.float32)
    assert measure(smooth).grain < 0.01
    assert measure(rough).grain == pytest.approx(0.06, rel=0.3)


def test_specks_are_no_part_of_a_glyph() -> None:
    ink = cross(8, 0.6)
    ink[2, 2] = 1
    assert glyph_box(ink).size.width == 80


def test_a_dot_is_part_of_a_glyph() -> None:
    ink = cross(8, 0.6)
    ink[5:13, 100:108] = 1
    assert glyph_box(ink).y == 5


@pytest.mark.parametrize("ink", [np.zeros((30, 30)), np.full((30, 30), 0.1)])
def test_bare_paper_has_no_measures(ink: NDArray[np.float64]) -> None:
    with pytest.raises(UsageError, match="no glyph"):
        measure(ink.astype(np.float32))
    assert glyph_box(ink.astype(np.float32)).empty
    assert stroke_width(ink.astype(np.float32)) == 0


def test_a_spread_is_median_and_percentiles() -> None:
    found = spread(range(101))
    assert (found.low, found.median, found.high) == (5, 50, 95)
    with pytest.raises(UsageError, match="no values"):
        spread([])


def test_full_bodied_are_the_larger_half() -> None:
    assert full_bodied([1, 9, 8, 2]) == (8, 9)
    assert full_bodied([]) == ()
