"""Measurements on canvases agree with the plain ones of numpy."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retouch.orchestrator.canvas import differences, mean_difference, percentile


@given(st.integers(0, 2**31), st.floats(0, 100), st.integers(1, 400))
def test_a_percentile_of_counts_is_that_of_the_values(seed: int, percent: float, size: int) -> None:
    values = np.random.default_rng(seed).integers(0, 20, size)
    counted = percentile(np.bincount(values, minlength=256), percent)
    assert np.isclose(counted, np.percentile(values, percent), atol=1e-6)


@given(st.integers(0, 2**31))
def test_differences_are_those_of_the_worst_channel(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = (rng.integers(0, 256, (7, 9, 3), dtype=np.uint8) for _ in range(2))
    plain = np.abs(a.astype(int) - b)
    assert np.array_equal(differences(a, b), plain.max(axis=2))
    where = rng.random((7, 9)) < 0.5
    expected = plain[where].mean() if where.any() else 0.0
    assert np.isclose(mean_difference(a, b, where), expected)
