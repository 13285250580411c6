"""Differences as pictures."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.errors import PictureError
from retouch.geometry import Box
from retouch.interfaces.difference import FRAME, before_after, beside, difference_picture, framed
from retouch.picture import Metadata, Picture

PLACE = Box(20, 10, 12, 8)


def pair(dtype: type[np.uint8] | type[np.uint16] = np.uint8, channels: int = 3) -> tuple[Picture, Picture]:
    before = np.full((40, 60, channels), np.iinfo(dtype).max // 2, dtype)
    after = before.copy()
    after[PLACE.slices] = np.iinfo(dtype).max
    return Picture(before), Picture(after, Metadata(dpi=(300.0, 300.0)))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_exactly_what_differs_is_coloured(dtype: type[np.uint8] | type[np.uint16], channels: int) -> None:
    shown = difference_picture(*pair(dtype, channels), [])
    coloured = np.ptp(shown.pixels, axis=2) > 0
    wanted = np.zeros((40, 60), bool)
    wanted[PLACE.slices] = True
    assert (shown.mode, shown.depth) == ("RGB", 8)
    assert np.array_equal(coloured, wanted)


def test_one_grey_level_is_seen_and_more_is_redder() -> None:
    before = np.full((4, 2, 3), 100, np.uint8)
    after = before.copy()
    after[:, 0], after[:, 1] = 101, 220
    little, much = difference_picture(Picture(before), Picture(after), []).pixels[0]
    assert np.ptp(little) > 80
    assert int(much[1]) < int(little[1]) - 50, "less green is redder"


def test_frames_lie_outside_the_boxes() -> None:
    before, after = pair()
    shown = framed(after.srgb(), [PLACE])
    assert np.array_equal(shown[PLACE.slices], after.srgb()[PLACE.slices])
    assert tuple(shown[PLACE.y - 1, PLACE.x]) == FRAME
    assert framed(after.srgb(), [after.box]).shape == after.srgb().shape, "a frame outside the page is cut off"


def test_both_pictures_stand_beside_each_other_at_full_size() -> None:
    before, after = pair()
    shown = beside(before, after, []).pixels
    assert np.array_equal(shown[:, :60], before.pixels) and np.array_equal(shown[:, -60:], after.pixels)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_before_and_after_keep_depth_mode_and_metadata(dtype: type[np.uint8] | type[np.uint16], channels: int) -> None:
    before, after = pair(dtype, channels)
    shown = before_after(before, after, PLACE)
    assert (shown.mode, shown.depth, shown.metadata) == (after.mode, after.depth, after.metadata)
    assert np.array_equal(shown.pixels[:, :12], before.crop(PLACE).pixels)
    assert np.array_equal(shown.pixels[:, -12:], after.crop(PLACE).pixels)


def test_pictures_of_other_sizes_cannot_be_compared() -> None:
    before, after = pair()
    with pytest.raises(PictureError):
        difference_picture(before.crop(PLACE), after, [])
    with pytest.raises(PictureError):
        before_after(before, after, Box(59, 0, 9, 9))
