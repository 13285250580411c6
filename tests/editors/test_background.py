from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retouch.editors.background import continue_background, smooth_fill


def square(size: int, start: int, end: int) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    mask = np.zeros((size, size), np.bool_)
    mask[start:end, start:end] = True
    return mask


def test_a_flat_background_stays_flat() -> None:
    canvas = np.full((80, 80, 3), (120, 140, 90), np.uint8)
    hole = square(80, 20, 60)
    canvas[hole] = 0
    assert (continue_background(canvas, hole, ~hole) == (120, 140, 90)).all()


def test_a_ramp_goes_on_through_the_hole() -> None:
    ramp = np.repeat(np.linspace(60, 200, 120)[None, :], 120, axis=0)
    canvas = np.repeat(ramp[..., None], 3, axis=2).astype(np.uint8)
    hole = square(120, 40, 80)
    spoilt = np.where(hole[..., None], 0, canvas).astype(np.uint8)
    done = continue_background(spoilt, hole, ~hole)
    assert np.abs(done.astype(int) - canvas)[hole].max() <= 6


def test_grain_is_as_strong_in_the_hole_as_round_it() -> None:
    rng = np.random.default_rng(1)
    canvas = np.clip(rng.normal(150, 6, (160, 160, 3)), 0, 255).astype(np.uint8)
    hole = square(160, 55, 105)
    done = continue_background(canvas, hole, ~hole).astype(np.float32)
    assert done[hole].std() == pytest.approx(done[~hole].std(), rel=0.2)
    assert not np.array_equal(done[55:105, 55:105], canvas[55:105, 55:105])


def test_grain_goes_on_where_there_is_too_little_to_copy_from() -> None:
    rng = np.random.default_rng(1)
    canvas = np.clip(rng.normal(150, 6, (60, 60, 3)), 0, 255).astype(np.uint8)
    hole = square(60, 8, 52)
    done = continue_background(canvas, hole, ~hole).astype(np.float32)
    assert 3 < done[hole].std() < 9


def test_an_empty_hole_changes_nothing() -> None:
    canvas = np.random.default_rng(2).integers(0, 256, (20, 30, 3), np.uint8)
    nothing = np.zeros((20, 30), np.bool_)
    assert np.array_equal(continue_background(canvas, nothing, ~nothing), canvas)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(5, 50),
    st.integers(5, 50),
    st.integers(1, 30),
    st.integers(1, 30),
    st.integers(0, 2**16),
)
def test_only_the_hole_changes_and_the_same_way_each_time(x: int, y: int, width: int, height: int, seed: int) -> None:
    canvas = np.random.default_rng(seed).integers(0, 256, (60, 60, 3), np.uint8)
    hole = np.zeros((60, 60), np.bool_)
    hole[y : y + height, x : x + width] = True
    first, second = (continue_background(canvas, hole, ~hole, seed) for _ in range(2))
    assert np.array_equal(first[~hole], canvas[~hole])
    assert first.tobytes() == second.tobytes()


def test_smooth_fill_keeps_what_is_known_and_stays_between() -> None:
    values = np.random.default_rng(3).uniform(10, 20, (50, 70, 1)).astype(np.float32)
    known = np.random.default_rng(4).random((50, 70)) > 0.7
    filled = smooth_fill(values, known)
    assert np.allclose(filled[known], values[known])
    assert filled.min() >= 9.99 and filled.max() <= 20.01


def test_smooth_fill_of_nothing_known_is_blank() -> None:
    assert (smooth_fill(np.ones((9, 9, 3), np.float32), np.zeros((9, 9), np.bool_)) == 0).all()
