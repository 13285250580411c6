"""Sheets of paper: their tone, their life, and that a seed decides them."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.geometry import Size
from retouch.interfaces.demo.paper import SHEETS, noise, paper

SIZE = Size(300, 220)


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_has_its_tone_and_is_nowhere_flat(name: str) -> None:
    sheet = paper(SIZE, SHEETS[name], np.random.default_rng(1))
    assert sheet.shape == (220, 300, 3)
    assert sheet.dtype == np.float32
    assert np.abs(np.median(sheet, axis=(0, 1)) - SHEETS[name].tone).max() < 14
    blocks = sheet[:200, :300].reshape(10, 20, 15, 20, 3)
    assert blocks.std(axis=(1, 3)).min() > 0.5
    assert sheet.min() > 90


def test_a_seed_decides_the_sheet() -> None:
    one, two, other = (paper(SIZE, SHEETS["aged"], np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_noise_is_smooth_at_its_own_scale() -> None:
    field = noise(Size(200, 200), 40, np.random.default_rng(0))
    assert field.std() > 0.2
    assert np.abs(np.diff(field, axis=0)).max() < 0.2
