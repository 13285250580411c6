"""Ink at a line's end belongs to the line if it may be a character, is near, and is no other line's."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from retouch.geometry import Box, Size
from retouch.style import Direction
from retouch.writing.arrangement import Rect, page_quad
from retouch.writing.ink import Coverage
from retouch.writing.layout import Line
from retouch.writing.line_ends import claims, lengthened

SIZE = 50.0


def column(low: float, begin: float, end: float, degrees: float = 0.0) -> Line:
    quad = page_quad(Rect(low, low + 60, begin, end, degrees), degrees, Direction.VERTICAL_RL)
    return Line(0, Box(*cv2.boundingRect(quad)), quad, degrees, Direction.VERTICAL_RL, ())


def sheet(*strokes: Box) -> Coverage:
    out = np.zeros((600, 400), np.float32)
    for stroke in strokes:
        out[stroke.slices] = 1
    return out


def longer(line: Line, ink: Coverage, *others: Line) -> Line:
    return lengthened(line, SIZE, ink, claims([line, *others], Size(400, 600)))


def test_a_flat_character_below_is_taken_in() -> None:
    line = longer(column(100, 50, 300), sheet(Box(108, 335, 44, 6)))
    assert line.straight_box.y == 50
    assert 341 <= line.straight_box.bottom <= 355


def test_a_character_above_is_taken_in() -> None:
    line = longer(column(100, 150, 300), sheet(Box(110, 90, 40, 40)))
    assert 75 <= line.straight_box.y <= 90 and line.straight_box.bottom == 300


def test_two_characters_that_follow_each_other_are() -> None:
    line = longer(column(100, 50, 300), sheet(Box(110, 310, 40, 40), Box(110, 365, 40, 40)))
    assert 405 <= line.straight_box.bottom <= 415


@pytest.mark.parametrize(
    "stroke",
    [Box(125, 320, 5, 5), Box(108, 420, 44, 20), Box(200, 320, 44, 20)],
    ids=["a speck", "ink far off", "ink beside"],
)
def test_other_ink_is_not(stroke: Box) -> None:
    before = column(100, 50, 300)
    assert longer(before, sheet(stroke)) is before


def test_another_lines_ink_is_not() -> None:
    before = column(100, 50, 300)
    assert longer(before, sheet(Box(110, 320, 40, 40)), column(95, 310, 500)) is before


def test_a_tilted_line_is_drawn_out_along_itself() -> None:
    tilted = column(100, 50, 300, 5.0)
    way = (tilted.quad[3] - tilted.quad[0]) / np.linalg.norm(tilted.quad[3] - tilted.quad[0])
    x, y = (tilted.quad[2] + tilted.quad[3]) / 2 + way * 30
    page = sheet()
    cv2.circle(page, (round(float(x)), round(float(y))), 18, 1.0, -1)
    line = longer(tilted, page)
    assert 40 <= line.length - tilted.length <= 62
    assert np.allclose(line.quad[:2], tilted.quad[:2], atol=0.01)
