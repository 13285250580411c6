"""Framing: context, canvas, and the way back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retouch.edit import FixedCanvas, NativeCanvas
from retouch.errors import PlanError
from retouch.geometry import Box, Size
from retouch.orchestrator.frame import Frame, canvas_size, choose

QWEN = FixedCanvas(area=1024 * 1024, multiple=32)
SMALL = FixedCanvas(area=64 * 64, multiple=8)

sizes = st.builds(Size, st.integers(8, 300), st.integers(8, 300))


@st.composite
def boxes_in(draw: st.DrawFn) -> tuple[Box, Size]:
    size = draw(sizes)
    width, height = draw(st.integers(1, size.width)), draw(st.integers(1, size.height))
    x, y = draw(st.integers(0, size.width - width)), draw(st.integers(0, size.height - height))
    return Box(x, y, width, height), size


@given(boxes_in(), st.floats(0, 2))
def test_a_native_frame_is_the_box_with_context_inside_the_picture(drawn: tuple[Box, Size], margin: float) -> None:
    box, size = drawn
    frame = choose(box, size, NativeCanvas(), margin)
    assert frame.crop.contains(box) and frame.crop == frame.inside
    assert Box(0, 0, size.width, size.height).contains(frame.crop)
    assert frame.canvas == frame.crop.size and not frame.scaled


@given(boxes_in(), st.integers(0, 2**31))
def test_a_native_frame_sends_and_brings_back_every_bit(drawn: tuple[Box, Size], seed: int) -> None:
    box, size = drawn
    pixels = np.random.default_rng(seed).integers(0, 256, (size.height, size.width, 3), dtype=np.uint8)
    frame = choose(box, size, NativeCanvas())
    part = pixels[frame.inside.slices]
    assert np.array_equal(frame.bring_back(frame.send(part)), part)


@settings(max_examples=60)
@given(boxes_in())
def test_a_fixed_frame_has_the_canvas_aspect_to_a_pixel(drawn: tuple[Box, Size]) -> None:
    box, size = drawn
    frame = choose(box, size, SMALL)
    assert frame.crop.contains(box)
    assert frame.inside == frame.crop.clamped(size)
    crop, canvas = frame.crop, frame.canvas
    error = abs(crop.width * canvas.height - crop.height * canvas.width)
    assert error <= max(canvas.width, canvas.height) / 2, "one side is rounded to whole pixels, the other is as given"


@given(boxes_in())
def test_a_fixed_crop_reaches_out_only_where_the_picture_is_too_small(drawn: tuple[Box, Size]) -> None:
    box, size = drawn
    frame = choose(box, size, SMALL)
    if frame.crop.width <= size.width:
        assert frame.crop.x >= 0 and frame.crop.right <= size.width
    if frame.crop.height <= size.height:
        assert frame.crop.y >= 0 and frame.crop.bottom <= size.height


@given(st.floats(0.05, 20))
def test_the_pipelines_own_resize_of_a_canvas_is_the_identity(aspect: float) -> None:
    size = canvas_size(aspect, QWEN)
    assert size.width % 32 == 0 and size.height % 32 == 0
    width = math.sqrt(QWEN.area * size.width / size.height)
    height = width / (size.width / size.height)
    assert (round(width / 32) * 32, round(height / 32) * 32) == (size.width, size.height)


def test_a_small_picture_is_extended_by_its_edges() -> None:
    part = np.zeros((10, 80, 3), np.uint8)
    part[0], part[-1] = 10, 200
    frame = choose(Box(0, 0, 80, 10), Size(80, 10), FixedCanvas(area=32 * 32, multiple=16))
    assert frame.crop == Box(0, -5, 80, 20) and frame.inside == Box(0, 0, 80, 10)
    canvas = frame.send(part)
    assert canvas.shape == (frame.canvas.height, frame.canvas.width, 3)
    assert canvas[0].max() <= 12 and canvas[-1].min() >= 198
    assert frame.bring_back(canvas).shape == part.shape


def test_masks_and_boxes_keep_every_pixel_they_touch() -> None:
    frame = Frame(Box(100, 50, 60, 40), Box(100, 50, 60, 40), Size(24, 16))
    mask = np.zeros((40, 60), np.bool_)
    mask[11, 31] = True
    sent = frame.send_mask(mask)
    assert sent.sum() >= 1 and frame.bring_back_mask(sent)[11, 31]
    assert frame.send_box(Box(131, 61, 1, 1)) == Box(12, 4, 1, 1)
    assert frame.scale == pytest.approx(0.4)


def test_a_resize_keeps_a_smooth_picture_within_two_levels() -> None:
    y, x = np.mgrid[0:90, 0:120]
    smooth = np.repeat((x + y)[:, :, None], 3, axis=2).astype(np.uint8)
    frame = choose(Box(30, 30, 40, 30), Size(120, 90), FixedCanvas(area=256 * 256, multiple=32))
    part = smooth[frame.inside.slices]
    back = frame.bring_back(frame.send(part))
    assert np.abs(back.astype(int) - part)[2:-2, 2:-2].max() <= 2


def test_a_box_outside_the_picture_is_refused() -> None:
    with pytest.raises(PlanError, match="500,0,10,10 lies outside the picture of 100x80"):
        choose(Box(500, 0, 10, 10), Size(100, 80), NativeCanvas())
