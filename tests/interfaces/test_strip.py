"""Small pictures of one place before and after."""

from __future__ import annotations

import base64
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from retouch.geometry import Box, Size
from retouch.interfaces.strip import before_and_after, place, sheet, side_by_side
from retouch.orchestrator.thumbnail import data_uri, reduced, surroundings
from retouch.picture import Picture


@pytest.mark.parametrize("box", [Box(0, 0, 10, 10), Box(90, 70, 10, 10), Box(40, 30, 20, 8), Box(0, 0, 100, 80)])
def test_surroundings_hold_the_box_and_stay_inside(box: Box) -> None:
    frame = surroundings(box, Size(100, 80))
    assert frame.contains(box)
    assert Box(0, 0, 100, 80).contains(frame)
    assert frame.width == frame.height or frame.height == 80


@pytest.mark.parametrize("side", [20, 220, 2000])
def test_a_place_is_shown_at_one_size(side: int) -> None:
    picture = Picture(np.zeros((side, side, 3), np.uint8))
    assert place(picture, picture.box).shape == (220, 220, 3)
    assert place(Picture(np.zeros((side, 1, 3), np.uint8)), Box(0, 0, 1, side)).shape[0] == 220


def test_views_stand_in_rows() -> None:
    tall, wide = np.zeros((40, 10, 3), np.uint8), np.zeros((20, 30, 3), np.uint8)
    assert side_by_side([tall, wide]).shape == (40, 46, 3)
    assert sheet([tall, wide, wide], 2).shape == (40 + 28 + 20, 10 + 28 + 30, 3)


def test_before_and_after_show_the_same_place() -> None:
    before = Picture(np.full((60, 60, 3), 255, np.uint8))
    after = before.pixels.copy()
    after[25:35, 25:35] = 0
    strip = before_and_after(before, Picture(after), Box(25, 25, 10, 10))
    half = (strip.shape[1] - 6) // 2
    assert (strip[:, :half] == 255).all()
    assert strip[strip.shape[0] // 2, -half // 2].max() < 10
    assert (strip[:, half : half + 6] == 250).all()


@pytest.mark.parametrize("quality", [None, 80])
def test_a_data_uri_holds_the_picture(quality: int | None) -> None:
    rgb = np.random.default_rng(0).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    with Image.open(BytesIO(base64.b64decode(data_uri(rgb, quality).split(",", 1)[1]))) as image:
        assert image.size == (30, 20)
        assert quality is not None or np.array_equal(np.asarray(image.convert("RGB")), rgb)


def test_only_large_pictures_are_reduced() -> None:
    assert reduced(np.zeros((400, 200, 3), np.uint8), 100).shape == (100, 50, 3)
    assert reduced(np.zeros((40, 20, 3), np.uint8), 100).shape == (40, 20, 3)


def test_a_picture_much_longer_than_wide_is_reduced_too() -> None:
    assert reduced(np.zeros((700, 2, 3), np.uint8), 52).shape == (52, 1, 3)
    assert reduced(np.zeros((2, 700, 3), np.uint8), 700).shape == (2, 700, 3)
