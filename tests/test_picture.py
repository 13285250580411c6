"""Pictures in memory."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.errors import PictureError
from retouch.geometry import Box, Size
from retouch.picture import Metadata, Picture


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (2, "LA"), (3, "RGB"), (4, "RGBA")])
def test_mode_and_alpha_follow_from_the_channels(channels: int, mode: str) -> None:
    picture = Picture(np.zeros((3, 5, channels), np.uint16))
    assert (picture.mode, picture.depth, picture.size) == (mode, 16, Size(5, 3))
    assert (picture.alpha is not None) == mode.endswith("A")


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((3, 5), np.uint8),
        np.zeros((3, 5, 5), np.uint8),
        np.zeros((0, 5, 3), np.uint8),
        np.zeros((3, 5, 3), np.float32),
        np.zeros((3, 5, 3), np.int16),
    ],
)
def test_other_arrays_are_refused(pixels: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> None:
    with pytest.raises(PictureError, match="expected uint8 or uint16"):
        Picture(pixels)  # type: ignore[arg-type]


def test_pixels_cannot_be_written() -> None:
    picture = Picture(np.zeros((3, 5, 3), np.uint8))
    with pytest.raises(ValueError, match="read-only"):
        picture.pixels[0, 0, 0] = 1


def test_crop_keeps_the_metadata_and_must_lie_inside() -> None:
    picture = Picture(np.arange(60, dtype=np.uint8).reshape(4, 5, 3), Metadata(dpi=(300.0, 300.0)))
    part = picture.crop(Box(1, 2, 3, 2))
    assert np.array_equal(part.pixels, picture.pixels[2:4, 1:4])
    assert part.metadata.dpi == (300.0, 300.0)
    with pytest.raises(PictureError, match="does not lie inside"):
        picture.crop(Box(3, 2, 3, 2))


def test_same_pixels_tells_depths_apart() -> None:
    shallow, deep = Picture(np.zeros((2, 2, 3), np.uint8)), Picture(np.zeros((2, 2, 3), np.uint16))
    assert shallow.same_pixels(shallow)
    assert not shallow.same_pixels(deep)


def test_a_notebook_gets_a_png() -> None:
    assert Picture(np.zeros((2, 2, 3), np.uint8))._repr_png_().startswith(b"\x89PNG")
