"""Cells, straightened crops, and the way from a line's strip to the page and back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.geometry import Box, Size
from retouch.style import Direction
from retouch.writing.arrangement import Rect, page_quad
from retouch.writing.cells import Cell, glyph
from retouch.writing.layout import Line
from retouch.writing.strip import along, ink_strip, page_box


def line(direction: Direction, degrees: float) -> Line:
    quad = page_quad(Rect(100, 160, 200, 600, degrees), degrees, direction)
    x, y, width, height = cv2.boundingRect(quad)
    return Line(0, Box(x, y, width, height), quad, degrees, direction, ())


def test_an_untilted_crop_keeps_its_pixels() -> None:
    page = np.random.default_rng(0).integers(0, 255, (80, 90, 3), dtype=np.uint8)
    cell = Cell(0, 0, Box(10, 20, 30, 25))
    assert np.array_equal(glyph(page, cell), page[20:45, 10:40])
    assert glyph(page, cell, margin=0.5).shape == (55, 60, 3)
    assert np.array_equal(glyph(page, cell, margin=0.5)[15:40, 15:45], page[20:45, 10:40])


@pytest.mark.parametrize("degrees", [-6.0, 3.0, 6.0])
def test_a_tilted_glyph_comes_out_upright(degrees: float) -> None:
    upright = np.zeros((200, 200), np.float32)
    upright[60:140, 90:110] = 1
    # OpenCV counts counter-clockwise.
    turned = cv2.warpAffine(upright, cv2.getRotationMatrix2D((99.5, 99.5), -degrees, 1), (200, 200))
    seen = glyph(np.asarray(turned, np.float32), Cell(0, 0, Box(50, 50, 100, 100), degrees))
    assert np.abs(seen - upright[50:150, 50:150]).mean() < 0.01
    assert np.abs(turned[50:150, 50:150] - upright[50:150, 50:150]).mean() > 0.015


@given(
    begin=st.integers(0, 300),
    length=st.integers(10, 90),
    degrees=st.sampled_from([0.0, -5.5, 2.0, 6.0]),
    way=st.sampled_from([Direction.VERTICAL_RL, Direction.HORIZONTAL]),
)
def test_from_the_strip_to_the_page_and_back(begin: int, length: int, degrees: float, way: Direction) -> None:
    here = line(way, degrees)
    box = page_box(here, Box(5, begin, 40, length))
    assert box.size == (Size(40, length) if way.upright else Size(length, 40))
    assert along(here, box) == pytest.approx((begin, begin + length), abs=2)


@pytest.mark.parametrize("way", [Direction.VERTICAL_RL, Direction.HORIZONTAL])
@pytest.mark.parametrize("degrees", [0.0, 5.0])
def test_ink_in_the_strip_lies_where_page_box_says(way: Direction, degrees: float) -> None:
    here = line(way, degrees)
    page = np.zeros((900, 900), np.float32)
    spot = page_box(here, Box(20, 150, 10, 10))
    x, y = spot.centre
    cv2.circle(page, (round(x), round(y)), 4, 1.0, -1)
    strip = ink_strip(page, here)
    assert strip.shape == (400, 60)
    rows, columns = np.nonzero(strip > 0.5)
    assert rows.mean() == pytest.approx(155, abs=2) and columns.mean() == pytest.approx(25, abs=2)
