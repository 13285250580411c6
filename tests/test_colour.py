"""To sRGB and back: exact where nothing was changed, close where something was."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageCms

from retouch.colour import from_srgb, is_srgb, profile_fault, to_srgb
from retouch.picture import Pixels

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def wide_profile() -> bytes:
    """A matrix profile with red and blue exchanged: valid, for RGB, and plainly not sRGB."""
    profile = bytearray(SRGB)
    count = int.from_bytes(profile[128:132], "big")
    entries = {bytes(profile[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    profile[red + 4 : red + 12], profile[blue + 4 : blue + 12] = (
        profile[blue + 4 : blue + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile)


WIDE = wide_profile()


def pixels(seed: int, depth: int, channels: int) -> Pixels:
    values = np.random.default_rng(seed).integers(0, 2**depth, (9, 7, channels))
    return values.astype(np.uint16 if depth == 16 else np.uint8)


@given(st.integers(0, 999), st.sampled_from([8, 16]), st.integers(1, 4), st.sampled_from([None, SRGB, WIDE]))
def test_looking_at_a_picture_changes_nothing(seed: int, depth: int, channels: int, icc: bytes | None) -> None:
    own = pixels(seed, depth, channels)
    assert np.array_equal(from_srgb(to_srgb(own, icc), own, icc), own)


@given(st.integers(0, 999), st.sampled_from([8, 16]), st.integers(1, 4))
def test_only_changed_pixels_are_converted_and_alpha_is_kept(seed: int, depth: int, channels: int) -> None:
    own = pixels(seed, depth, channels)
    edited = to_srgb(own)
    edited[2:4, 3:5] = 255 - edited[2:4, 3:5]
    back = from_srgb(edited, own)
    outside = np.ones(own.shape[:2], dtype=np.bool_)
    outside[2:4, 3:5] = False
    assert np.array_equal(back[outside], own[outside])
    if channels in (2, 4):
        assert np.array_equal(back[:, :, -1], own[:, :, -1])
    assert back.dtype == own.dtype
    assert np.array_equal(to_srgb(back), edited)


def test_sixteen_bit_is_eight_bit_times_257() -> None:
    own = np.zeros((1, 3, 3), np.uint16)
    edited = np.array([[[0, 128, 255]] * 3], np.uint8)
    assert from_srgb(edited, own)[0, 0].tolist() == [0, 128 * 257, 65535]


def test_grey_stays_grey() -> None:
    own = np.zeros((1, 1, 1), np.uint8)
    assert from_srgb(np.array([[[255, 0, 0]]], np.uint8), own).tolist() == [[[76]]]  # luma of red, BT.601


def test_a_profile_is_honoured_both_ways() -> None:
    red = np.array([[[255, 0, 0]]], np.uint8)
    shown = to_srgb(red, WIDE)
    assert shown[0, 0].tolist() == [0, 0, 255]
    assert from_srgb(red, np.zeros_like(red), WIDE)[0, 0].tolist() == [0, 0, 255]


def test_an_srgb_profile_needs_no_conversion() -> None:
    assert is_srgb(SRGB, 3)
    assert is_srgb(None, 3)
    assert not is_srgb(WIDE, 3)


@pytest.mark.parametrize(("icc", "channels", "said"), [(b"nonsense", 3, "damaged"), (SRGB, 1, "is for RGB")])
def test_an_unusable_profile_is_named_and_ignored(icc: bytes, channels: int, said: str) -> None:
    assert said in (profile_fault(icc, channels) or "")
    own = pixels(1, 8, channels)
    assert np.array_equal(to_srgb(own, icc), to_srgb(own))
    assert profile_fault(None, channels) is None


def test_the_result_is_a_fresh_array() -> None:
    own = pixels(2, 8, 3)
    own.flags.writeable = False
    shown = to_srgb(own)
    shown[0, 0] = 0
    assert shown.flags.writeable


def test_the_wide_profile_of_these_tests_can_be_read(tmp_path: Path) -> None:
    assert ImageCms.ImageCmsProfile(BytesIO(WIDE)).profile.xcolor_space.strip() == "RGB"
