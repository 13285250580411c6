"""What a model is shown has the size it works at, and its boxes come back to where it meant them."""

from __future__ import annotations

import base64
import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.clients.view import LONGEST_ASPECT, BoxConvention, Limits, View, convention, convention_of
from retouch.errors import PictureError, SpecError
from retouch.geometry import Box, Size
from retouch.picture import Picture

CONVENTIONS: tuple[BoxConvention, ...] = ("absolute", "1000", "1")
PICTURE = Picture(np.zeros((600, 900, 3), np.uint8))
VIEW = View.of(PICTURE)
sizes = st.builds(Size, st.integers(1, 6000), st.integers(1, 6000)).filter(
    lambda size: max(size.width, size.height) <= LONGEST_ASPECT * min(size.width, size.height)
)
limits = st.builds(
    lambda multiple, least, times: Limits(multiple, least * multiple**2, times * least * multiple**2),
    st.sampled_from([14, 28, 32]),
    st.integers(1, 300),
    st.integers(4, 40),
)


@given(sizes, limits)
def test_what_is_sent_is_what_is_processed(size: Size, within: Limits) -> None:
    resize = pytest.importorskip("transformers.models.qwen2_vl.image_processing_pil_qwen2_vl").smart_resize
    sent = within.fitted(size)
    assert resize(sent.height, sent.width, within.multiple, within.min_pixels, within.max_pixels) == (
        sent.height,
        sent.width,
    )


@given(sizes, limits)
def test_a_fitted_size_is_within_the_limits_and_keeps_the_shape(size: Size, within: Limits) -> None:
    sent = within.fitted(size)
    assert within.min_pixels <= sent.area <= within.max_pixels
    assert sent.width % within.multiple == sent.height % within.multiple == 0
    assert within.fitted(sent) == sent


@st.composite
def shown(draw: st.DrawFn) -> tuple[View, Box]:
    """A view of a part of a picture, and a box of at least 40 pixels a side in it."""
    part = Box(
        draw(st.integers(0, 500)), draw(st.integers(0, 500)), draw(st.integers(60, 1500)), draw(st.integers(60, 1500))
    )
    size = Limits().fitted(part.size)
    x, y = draw(st.integers(0, part.width - 40)), draw(st.integers(0, part.height - 40))
    width, height = draw(st.integers(40, part.width - x)), draw(st.integers(40, part.height - y))
    pixels = np.broadcast_to(np.zeros((1, 1, 3), np.uint8), (size.height, size.width, 3))
    return View(pixels, part), Box(part.x + x, part.y + y, width, height)


@given(shown(), st.sampled_from(CONVENTIONS), st.booleans(), st.booleans())
def test_a_box_comes_back_from_every_convention_and_order(
    case: tuple[View, Box], how: BoxConvention, mirrored: bool, upside_down: bool
) -> None:
    view, box = case
    x1, y1, x2, y2 = view.corners(box, how)
    if mirrored:
        x1, x2 = x2, x1
    if upside_down:
        y1, y2 = y2, y1
    back = view.place((x1, y1, x2, y2), how)
    step = {
        "absolute": max(view.box.width / view.size.width, view.box.height / view.size.height),
        "1": 1.5,
        "1000": 1.5,
    }
    error = max(abs(a - b) for a, b in zip(_edges(back), _edges(box), strict=True))
    assert error <= math.ceil(step[how] / 2) + 1


def _edges(box: Box) -> tuple[int, int, int, int]:
    return box.x, box.y, box.right, box.bottom


@pytest.mark.parametrize(
    ("corners", "how", "box"),
    [
        ((0, 0, 1000, 1000), "1000", Box(0, 0, 900, 600)),
        ((500, 500, 1000, 1000), "1000", Box(450, 300, 450, 300)),
        ((0.5, 0.5, 1, 1), "1", Box(450, 300, 450, 300)),
        ((-20, 0, 1030, 500), "1000", Box(0, 0, 900, 300)),
        ((VIEW.size.width, VIEW.size.height, 0, 0), "absolute", Box(0, 0, 900, 600)),
    ],
)
def test_boxes_of_each_convention(corners: tuple[float, ...], how: BoxConvention, box: Box) -> None:
    assert VIEW.place(corners, how) == box


@pytest.mark.parametrize(
    ("corners", "how", "why"),
    [
        ((100, 100, 100, 300), "1000", "has no area"),
        ((0.1, 0.1, 0.4, 0.5), "1000", "has no area"),
        ((0.1, 0.1, 0.4, 0.5), "absolute", "has no area"),
        ((1001, 1002, 1040, 1030), "1000", "has no area"),
        ((100, 100, 300, 300), "1", "reaches outside"),
        ((100, 100, 3000, 3000), "1000", "reaches outside"),
        ((-400, 0, 500, 500), "absolute", "reaches outside"),
        ((0, 0, float("nan"), 1), "1", "four finite numbers"),
        ((0, 0, float("inf"), 1), "1", "four finite numbers"),
        ((1, 2, 3), "1000", "four finite numbers"),
    ],
)
def test_boxes_that_mean_nothing_are_refused(corners: tuple[float, ...], how: BoxConvention, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        VIEW.place(corners, how)


def test_a_hair_is_not_shown() -> None:
    with pytest.raises(PictureError, match="1000x4 is too long"):
        View.of(Picture(np.zeros((4, 1000, 3), np.uint8)))


@pytest.mark.parametrize("wrong", [(28, 10, 10**6), (28, 4000, 5000), (0, 4000, 50000)])
def test_limits_that_leave_no_room_are_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(SpecError, match="picture limits"):
        Limits(*wrong)


def test_shrinking_leaves_no_message_that_was_hidden_in_single_pixels() -> None:
    """A page whose every fourth pixel is black looks grey to a person: so it must to a model."""
    pixels = np.full((1600, 1600, 3), 220, np.uint8)
    pixels[::4, ::4] = 0
    view = View.of(Picture(pixels), limits=Limits(28, 784, 400 * 400))
    assert view.pixels.min() > 190


def test_the_data_uri_holds_the_pixels() -> None:
    picture = Picture(np.random.default_rng(1).integers(0, 255, (448, 448, 3), np.uint8).astype(np.uint8))
    view = View.of(picture, limits=Limits(28, 784, 448 * 448))
    raw = base64.b64decode(view.data_uri.partition(",")[2])
    back = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)
    assert back is not None
    assert np.array_equal(back[:, :, ::-1], picture.pixels)
    assert np.array_equal(view.pixels, picture.pixels)


def test_how_models_count() -> None:
    assert [convention_of(n) for n in ("Qwen2.5-VL-7B", "qwen2_5_vl", "Qwen2-VL", "qwen3-vl", "other")] == [
        "absolute",
        "absolute",
        "1000",
        "1000",
        "1000",
    ]
    assert convention(1000, "qwen2.5-vl") == "1000"


@pytest.mark.parametrize("how", CONVENTIONS)
def test_the_convention_is_said_in_words(how: BoxConvention) -> None:
    said = VIEW.convention_in_words(how)
    assert (str(VIEW.size.width) in said) == (how == "absolute")
