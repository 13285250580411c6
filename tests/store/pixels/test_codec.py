"""The codec: every kind of pixels comes back, and damaged bytes are refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.errors import DamagedError
from retouch.picture import Pixels
from retouch.store.pixels import codec


def _stack(count: int, height: int, width: int, channels: int, depth: int) -> Pixels:
    dtype = np.uint8 if depth == 8 else np.uint16
    random = np.random.default_rng(height * width)
    return random.integers(0, 2**depth, (count, height, width, channels), dtype=dtype)


@given(
    count=st.integers(1, 3),
    height=st.integers(1, 9),
    width=st.integers(1, 9),
    channels=st.integers(1, 4),
    depth=st.sampled_from([8, 16]),
)
def test_pixels_come_back(count: int, height: int, width: int, channels: int, depth: int) -> None:
    stack = _stack(count, height, width, channels, depth)
    again = codec.decode(codec.encode(stack), height, width, channels, depth)
    assert again.dtype == stack.dtype
    assert np.array_equal(again, stack)


@pytest.mark.parametrize("depth", [8, 16])
def test_smooth_pixels_become_small(depth: int) -> None:
    ramp = (np.arange(128)[:, None] + np.arange(128)[None]).astype(np.uint8 if depth == 8 else np.uint16)
    (data,) = codec.encode(np.repeat(ramp[None, :, :, None], 3, axis=3))
    assert len(data) < 128 * 128 * 3 * depth // 8 / 50


def test_a_damaged_frame_is_refused() -> None:
    (data,) = codec.encode(_stack(1, 8, 8, 3, 8))
    with pytest.raises(DamagedError, match="unpack"):
        codec.decode([b"\0" + data[1:]], 8, 8, 3, 8)


def test_a_frame_of_another_size_is_refused() -> None:
    (data,) = codec.encode(_stack(1, 8, 8, 3, 8))
    with pytest.raises(DamagedError, match="expected 300"):
        codec.decode([data], 10, 10, 3, 8)


def test_a_frame_does_not_say_how_much_memory_it_wants() -> None:
    bomb = codec.compress(bytes(10_000_000))
    with pytest.raises(DamagedError):
        codec.decompress(bomb, 100)
