"""The way onto a sheet of a service's own size and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retouch.editors.sheet import png, read, sheet_for, size
from retouch.errors import EditorError
from retouch.geometry import Size
from tests.servers.edits import raw

SIZES = (Size(128, 128), Size(192, 128), Size(128, 192))
sides = st.integers(8, 300)


@given(sides, sides)
@settings(max_examples=60, deadline=None)
def test_the_canvas_comes_back_from_any_sheet(width: int, height: int) -> None:
    """Smooth pictures survive the two resizes; the size is exactly the canvas's."""
    y, x = np.mgrid[0:height, 0:width]
    canvas = np.stack([x * 200 // width, y * 200 // height, (x + y) * 100 // (width + height)], axis=2).astype(np.uint8)
    sheet = sheet_for(Size(width, height), SIZES)
    assert sheet.size in SIZES
    laid = sheet.lay(canvas)
    assert laid.shape == (sheet.size.height, sheet.size.width, 3)
    back, notes = sheet.take(laid, "test")
    assert back.shape == canvas.shape
    assert notes == ()
    if min(width, height) * 12 > max(width, height) and max(width, height) < 200:
        assert np.abs(back.astype(int) - canvas).mean() < 6


@given(sides, sides)
def test_without_sizes_nothing_is_changed(width: int, height: int) -> None:
    canvas = np.random.default_rng(0).integers(0, 255, (height, width, 3), dtype=np.uint8)
    sheet = sheet_for(Size(width, height))
    assert np.array_equal(sheet.lay(canvas), canvas)
    assert np.array_equal(sheet.take(canvas, "test")[0], canvas)


@given(sides, sides, st.data())
@settings(deadline=None)
def test_the_mask_lies_where_the_canvas_does(width: int, height: int, data: st.DataObject) -> None:
    sheet = sheet_for(Size(width, height), SIZES)
    everywhere = sheet.lay_mask(np.ones((height, width), np.bool_))
    inside = np.zeros_like(everywhere)
    inside[sheet.box.slices] = True
    assert np.array_equal(everywhere, inside)


def test_pictures_are_written_and_read_without_loss() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (31, 57, 3), dtype=np.uint8)
    assert np.array_equal(read(png(pixels), "test"), pixels)
    clear = np.dstack([pixels, np.full((31, 57), 7, np.uint8)])
    assert np.array_equal(raw(png(clear)), clear)


@pytest.mark.parametrize("body", [b"", b"GIF", b"\x89PNG\r\n\x1a\n", b"<svg/>", bytes(1000)])
def test_what_is_no_picture_is_an_editor_error(body: bytes) -> None:
    with pytest.raises(EditorError, match="^test: the result"):
        read(body, "test")


@pytest.mark.parametrize(("text", "found"), [("1024x768", Size(1024, 768)), ("512*512", Size(512, 512))])
def test_sizes_are_read(text: str, found: Size) -> None:
    assert size(text) == found


@pytest.mark.parametrize("text", ["", "1024", "0x5", "-1x5", "1x2x3", "axb", "１x２x"])
def test_no_size_is_none(text: str) -> None:
    assert size(text) is None
