"""The tint: found in spite of what was changed, undone to less than a grey level."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.orchestrator.tint import find_tint

RING = np.ones((64, 64), np.bool_)


def picture(low: int = 40, high: int = 210) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(1).integers(low, high, (64, 64, 3)).astype(np.uint8)


@pytest.mark.parametrize("offsets", [(6, 3, -4), (0, 0, 0), (-12, 5, 9)])
def test_each_channel_has_its_own_tint(offsets: tuple[int, int, int]) -> None:
    clean = picture()
    tinted = np.clip(clean * 0.96 + offsets, 0, 255).astype(np.uint8)
    tint = find_tint(clean, tinted, RING)
    assert tint.left < 0.5
    assert np.abs(tint.undone(tinted).astype(int) - clean).max() <= 2


def test_what_strays_does_not_pull_it() -> None:
    clean = picture()
    tinted = (clean + 5).astype(np.uint8)
    tinted[:1] = 255
    tint = find_tint(clean, tinted, RING)
    assert np.abs(tint.undone(tinted)[1:].astype(int) - clean[1:]).max() <= 3


def test_an_even_colour_has_an_offset_and_no_gain() -> None:
    even = np.full((64, 64, 3), 230, np.uint8)
    tint = find_tint(even, even - 7, RING)
    assert tint.gain == (1.0, 1.0, 1.0) and tint.offset == (7.0, 7.0, 7.0) and tint.left == 0
