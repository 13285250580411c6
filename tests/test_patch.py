"""Patches change what they name and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.errors import PictureError
from retouch.geometry import Box
from retouch.patch import Patch, mask_box
from retouch.picture import Metadata, Picture


def picture(seed: int, depth: int = 8, channels: int = 3, side: int = 16) -> Picture:
    values = np.random.default_rng(seed).integers(0, 2**depth, (side, side, channels))
    return Picture(values.astype(np.uint16 if depth == 16 else np.uint8), Metadata(dpi=(72.0, 72.0)))


@given(st.integers(0, 99), st.sampled_from([8, 16]), st.integers(1, 4), st.integers(0, 40))
def test_the_patch_between_two_pictures_makes_one_of_the_other(
    seed: int, depth: int, channels: int, changes: int
) -> None:
    before = picture(seed, depth, channels)
    values = before.pixels.copy()
    rng = np.random.default_rng(seed + 1)
    values[rng.integers(4, 9, changes), rng.integers(2, 14, changes)] = 0
    after = Picture(values)
    patch = Patch.between(before, after)
    assert patch.apply(before).same_pixels(after)
    assert patch.empty == before.same_pixels(after)
    assert patch.apply(before).metadata == before.metadata


def test_only_masked_pixels_are_set() -> None:
    before = picture(1)
    mask = np.zeros((4, 4), dtype=np.bool_)
    mask[1, 2] = True
    after = Patch(Box(5, 6, 4, 4), np.zeros((4, 4, 3), np.uint8), mask).apply(before)
    changed = (after.pixels != before.pixels).any(axis=2)
    assert list(zip(*np.nonzero(changed), strict=True)) == [(7, 7)]


def test_within_limits_where_differences_are_looked_for() -> None:
    before = picture(2)
    after = Picture(255 - before.pixels)
    assert Patch.between(before, after, Box(3, 3, 2, 2)).box == Box(3, 3, 2, 2)


def test_a_patch_of_another_depth_is_refused() -> None:
    patch = Patch(Box(0, 0, 2, 2), np.zeros((2, 2, 3), np.uint16), np.ones((2, 2), np.bool_))
    with pytest.raises(PictureError, match="must agree"):
        patch.apply(picture(3))


def test_pictures_of_different_size_cannot_be_compared() -> None:
    with pytest.raises(PictureError, match="cannot compare"):
        Patch.between(picture(4), picture(4, side=17))


def test_the_box_of_a_mask_is_tight() -> None:
    mask = np.zeros((9, 9), dtype=np.bool_)
    assert mask_box(mask).empty
    mask[2, 3] = mask[5, 7] = True
    assert mask_box(mask) == Box(3, 2, 5, 4)
