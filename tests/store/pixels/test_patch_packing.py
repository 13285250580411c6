"""Patches as bytes: what they set comes back, with or without their own pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from retouch.errors import DamagedError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.store.pixels.patch_packing import pack, patch_hash, unpack

BOX = Box(5, 7, 13, 11)


def _patch(depth: int = 8, channels: int = 3, box: Box = BOX) -> Patch:
    random = np.random.default_rng(depth + channels)
    pixels = random.integers(0, 2**depth, (box.height, box.width, channels)).astype(f"u{depth // 8}")
    return Patch(box, pixels, random.random((box.height, box.width)) < 0.5)


@pytest.mark.parametrize(("depth", "channels"), [(8, 1), (8, 2), (8, 3), (16, 3), (16, 4)])
def test_a_patch_comes_back(depth: int, channels: int) -> None:
    patch = _patch(depth, channels)
    again = unpack(pack(patch))
    assert again.box == patch.box
    assert np.array_equal(again.mask, patch.mask)
    assert np.array_equal(again.pixels, patch.pixels)


def test_an_empty_patch_comes_back() -> None:
    patch = _patch(box=Box(0, 0, 0, 0))
    assert unpack(pack(patch)).empty


def test_pixels_that_a_version_holds_serve_as_well() -> None:
    patch = _patch()
    elsewhere = np.where(patch.mask[:, :, None], patch.pixels, 0).astype(np.uint8)
    again = unpack(replace(pack(patch), pixels=None), elsewhere)
    assert np.array_equal(again.pixels[patch.mask], patch.pixels[patch.mask])


def test_other_pixels_are_refused() -> None:
    patch = _patch()
    with pytest.raises(DamagedError, match="does not match its hash"):
        unpack(replace(pack(patch), pixels=None), patch.pixels + 1)
    with pytest.raises(DamagedError, match="missing"):
        unpack(replace(pack(patch), pixels=None))


def test_only_what_a_patch_sets_counts_for_its_hash() -> None:
    patch = _patch()
    outside = np.where(patch.mask[:, :, None], patch.pixels, 9).astype(np.uint8)
    assert patch_hash(replace(patch, pixels=outside)) == patch_hash(patch)
    assert patch_hash(replace(patch, mask=~patch.mask)) != patch_hash(patch)
