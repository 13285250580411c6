"""Boxes to lines: split columns are joined, neighbours are not, reading order follows the direction."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.style import Direction
from retouch.writing.arrangement import Rect, lines, ordered, page_quad, straightened, upright
from retouch.writing.detector import Quad, corners
from retouch.writing.tilt import angle, page_tilt, sides


def quad(x: float, y: float, width: float, height: float) -> Quad:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)


def test_a_column_split_at_its_gap_is_one_line() -> None:
    found = lines([Rect(0, 100, 0, 400), Rect(5, 108, 620, 1200), Rect(130, 240, 0, 1200)], Direction.VERTICAL_RL)
    assert sorted((round(r.low), round(r.end)) for r in found) == [(0, 1200), (130, 1200)]


def test_a_thin_note_beside_a_column_stays_alone() -> None:
    found = lines([Rect(0, 100, 0, 800), Rect(80, 120, 820, 1000)], Direction.VERTICAL_RL)
    assert len(found) == 2


def test_columns_that_were_taken_for_lines_on_a_grid_of_rows_are_not_joined() -> None:
    columns = [Rect(50, 700, x, x + 52) for x in range(40, 640, 55)]
    found = lines(columns, Direction.HORIZONTAL)
    assert len(found) == len(columns)
    assert max(rect.length for rect in found) == 52


def test_narrow_characters_of_one_row_are_joined() -> None:
    row = [Rect(0, 50, x, x + 20) for x in range(0, 200, 30)]
    assert len(lines(row, Direction.HORIZONTAL)) == 1


def test_boxes_far_apart_in_one_row_of_a_poster_stay_apart() -> None:
    row = [Rect(0, 20, 0, 60), Rect(0, 20, 70, 120), Rect(0, 20, 300, 380)]
    assert sorted(round(r.begin) for r in lines(row, Direction.HORIZONTAL)) == [0, 300]


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        (Direction.VERTICAL_RL, [200, 100, 0]),
        (Direction.VERTICAL_LR, [0, 100, 200]),
        (Direction.HORIZONTAL, [0, 100, 200]),
    ],
)
def test_reading_order(direction: Direction, expected: list[int]) -> None:
    rects = [Rect(100, 180, 0, 900), Rect(200, 280, 10, 900), Rect(0, 80, 0, 880)]
    assert [round(rect.low) for rect in ordered(rects, direction)] == expected


def test_pieces_of_one_column_are_read_downwards() -> None:
    rects = [Rect(0, 80, 500, 900), Rect(4, 60, 0, 300)]
    assert [round(rect.begin) for rect in ordered(rects, Direction.VERTICAL_RL)] == [0, 500]


def test_direction_shows_in_the_boxes() -> None:
    assert upright([quad(0, 0, 50, 500), quad(80, 0, 50, 480)])
    assert not upright([quad(0, 0, 500, 50), quad(0, 80, 400, 50)])
    assert upright([quad(0, y, 50, 50) for y in (0, 60, 120)] + [quad(150, y, 50, 50) for y in (0, 60, 120)])


@given(
    tilt=st.floats(-8, 8),
    x=st.floats(0, 500),
    y=st.floats(0, 500),
    width=st.floats(30, 80),
    height=st.floats(200, 900),
    way=st.sampled_from([Direction.VERTICAL_RL, Direction.HORIZONTAL]),
)
def test_straightening_a_quad_and_back_is_the_identity(
    tilt: float, x: float, y: float, width: float, height: float, way: Direction
) -> None:
    rect = Rect(x, x + width, y, y + height, tilt)
    there = page_quad(rect, tilt, way)
    back = straightened(there, tilt, way, tilt)
    assert (back.low, back.high, back.begin, back.end) == pytest.approx((x, x + width, y, y + height), abs=0.01)
    assert angle(there, way.upright) == pytest.approx(tilt, abs=0.05)
    assert sides(there) == pytest.approx((width, height) if way.upright else (height, width), abs=0.01)


def test_page_tilt_is_the_long_lines_median() -> None:
    leaning = [page_quad(Rect(i * 100, i * 100 + 60, 0, 900, 3.0), 3.0, Direction.VERTICAL_RL) for i in range(4)]
    assert page_tilt([*leaning, quad(0, 0, 50, 50)], upright=True) == pytest.approx(3.0, abs=0.05)
    assert page_tilt([quad(0, 0, 50, 900)], upright=True) == 0.0


@given(st.integers(0, 3), st.floats(-40, 40))
def test_corners_do_not_depend_on_the_order_they_come_in(turn: int, degrees: float) -> None:
    base = page_quad(Rect(100, 160, 50, 400, degrees), degrees, Direction.VERTICAL_RL)
    assert np.allclose(corners(np.roll(base, turn, axis=0)), base, atol=1e-3)
