"""Pyramids: whatever is kept or patched, a level is what halving the whole picture gives."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.errors import UnknownNameError
from retouch.geometry import Box, Size
from retouch.interfaces.web.reading.pyramid import (
    BASE,
    TILE,
    coarse,
    halved,
    level_size,
    reduced,
    renewed,
    source_box,
    tile_box,
    top_level,
    touched,
)
from retouch.picture import Pixels

sides = st.integers(1, 70)


def noise(width: int, height: int, channels: int, depth: int = 8, seed: int = 0) -> Pixels:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 1 << depth, (height, width, channels))
    return pixels.astype(np.uint8 if depth == 8 else np.uint16)


def near(a: Pixels, b: Pixels) -> bool:
    """True if they are equal but for how means between two values were rounded, which the library does one way or the
    other, as is quicker at that place."""
    return a.shape == b.shape and int(np.abs(a.astype(np.int64) - b).max()) <= 2


@given(st.integers(1, 100_000), st.integers(1, 100_000))
def test_levels_are_those_of_the_convention(width: int, height: int) -> None:
    size, top = Size(width, height), top_level(Size(width, height))
    assert top == math.ceil(math.log2(max(width, height)))
    assert level_size(size, 0) == size
    assert level_size(size, top) == Size(1, 1)
    for halvings in range(top):
        larger, smaller = level_size(size, halvings), level_size(size, halvings + 1)
        assert (smaller.width, smaller.height) == (-(-larger.width // 2), -(-larger.height // 2))


@given(st.integers(1, 2000), st.integers(1, 2000), st.integers(0, 3))
def test_tiles_cover_a_level_once(width: int, height: int, halvings: int) -> None:
    size = Size(width, height)
    level = level_size(size, halvings)
    columns, rows = -(-level.width // TILE), -(-level.height // TILE)
    boxes = [tile_box(size, halvings, x, y) for x in range(columns) for y in range(rows)]
    assert sum(box.area for box in boxes) == level.area
    assert Box.around(boxes) == Box(0, 0, level.width, level.height)
    for x, y in ((columns, 0), (0, rows)):
        with pytest.raises(UnknownNameError):
            tile_box(size, halvings, x, y)


def test_half_a_picture_is_the_mean_of_fours() -> None:
    pixels = np.array([[[0], [4]], [[8], [12]]], np.uint8)
    assert halved(pixels).tolist() == [[[6]]]
    odd = np.array([[[10], [20], [50]]], np.uint8)  # the last row and column stand for two
    assert halved(odd).tolist() == [[[15], [50]]]
    assert halved(np.array([[[65535], [65535]]], np.uint16)).tolist() == [[[65535]]]


def test_what_cannot_be_seen_does_not_shine_through() -> None:
    red, hidden_green = [255, 0, 0, 255], [0, 255, 0, 0]
    half = halved(np.array([[red, hidden_green], [red, hidden_green]], np.uint8))
    assert half.tolist() == [[[255, 0, 0, 128]]]
    gone = halved(np.array([[[10, 20, 30, 0]] * 2] * 2, np.uint8))
    assert gone.tolist() == [[[10, 20, 30, 0]]]


@given(sides, sides, st.sampled_from([1, 2, 3, 4]), st.sampled_from([8, 16]))
def test_opaque_is_like_without_alpha(width: int, height: int, channels: int, depth: int) -> None:
    pixels = noise(width, height, channels, depth)
    half = halved(pixels)
    assert half.shape == (-(-height // 2), -(-width // 2), channels)
    assert half.dtype == pixels.dtype
    if channels in (1, 3):
        opaque = np.full((height, width, 1), np.iinfo(pixels.dtype).max, pixels.dtype)
        assert near(halved(np.concatenate([pixels, opaque], axis=2))[:, :, :-1], half)


@given(sides, sides, st.integers(0, BASE), st.data())
def test_a_part_of_a_level_is_made_of_a_part_of_the_picture(
    width: int, height: int, halvings: int, data: st.DataObject
) -> None:
    pixels, size = noise(width, height, 3), Size(width, height)
    level = level_size(size, halvings)
    left, top = data.draw(st.integers(0, level.width - 1)), data.draw(st.integers(0, level.height - 1))
    right, bottom = data.draw(st.integers(left + 1, level.width)), data.draw(st.integers(top + 1, level.height))
    box = Box.between(left, top, right, bottom)
    part = reduced(pixels[source_box(box, halvings, size).slices], halvings)
    assert near(part, reduced(pixels, halvings)[box.slices])


@given(sides, sides, st.sampled_from([1, 3, 4]), st.data())
def test_levels_renewed_in_a_box_are_those_of_the_new_picture(
    width: int, height: int, channels: int, data: st.DataObject
) -> None:
    before, size = noise(width, height, channels), Size(width, height)
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    right, bottom = data.draw(st.integers(left + 1, width)), data.draw(st.integers(top + 1, height))
    changed = Box.between(left, top, right, bottom)
    after = before.copy()
    after[changed.slices] = noise(changed.width, changed.height, channels, seed=1)
    box = touched(changed, size)
    assert box.contains(changed)
    known = coarse(before)
    kept = [level.copy() for level in known.levels]
    made = renewed(known, after[box.slices], box)
    for level, wanted in zip(made.levels, coarse(after).levels, strict=True):
        assert near(level, wanted)
    assert all(np.array_equal(a, b) for a, b in zip(known.levels, kept, strict=True))
