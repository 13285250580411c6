from __future__ import annotations

import cv2
import numpy as np
import pytest

from retouch.geometry import Box
from retouch.style import Direction
from retouch.writing.ink import Coverage
from retouch.writing.layout import Line
from retouch.writing.registers import parted

SIZE = 40


def columns(rows: list[int], count: int = 4, pitch: int = 50) -> tuple[Coverage, list[Line]]:
    """Columns from the right, a square of ink at each row; the lines run over all rows."""
    ink = np.zeros((rows[-1] + 60, count * pitch + 20), np.float32)
    lines = []
    for number in range(count):
        x = (count - 1 - number) * pitch + 15
        for y in rows:
            ink[y : y + SIZE, x : x + SIZE] = 1
        box = Box(x - 3, rows[0] - 3, SIZE + 6, rows[-1] - rows[0] + SIZE + 6)
        quad = cv2.boxPoints((box.centre, (box.width, box.height), 0))[[1, 2, 3, 0]].astype(np.float32)
        lines.append(Line(number, box, quad, 0.0, Direction.VERTICAL_RL, ()))
    return ink, lines


@pytest.mark.parametrize("gap", [32, 80])
def test_columns_are_cut_between_registers_and_the_upper_ones_come_first(gap: int) -> None:
    upper = [10, 55, 100]
    lower = [140 + gap, 185 + gap]
    ink, lines = columns(upper + lower)
    parts = parted(lines, ink, SIZE)
    assert [part.index for part in parts] == list(range(8))
    assert [part.box.x for part in parts[:4]] == [line.box.x for line in lines]
    assert all(part.box.bottom < 140 + gap for part in parts[:4])
    assert all(part.box.y > 140 and part.box.bottom >= 185 + gap + SIZE for part in parts[4:])


@pytest.mark.parametrize("rows", [[10, 55, 100, 145], [10, 90, 170, 250]])
def test_the_rows_of_a_grid_are_no_registers(rows: list[int]) -> None:
    ink, lines = columns(rows)
    assert parted(lines, ink, SIZE) == tuple(lines)


def test_a_gap_in_some_columns_is_none() -> None:
    ink, lines = columns([10, 55, 100, 145, 190])
    ink[100:140, : ink.shape[1] // 2] = 0
    assert parted(lines, ink, SIZE) == tuple(lines)


def test_two_columns_may_have_a_heading() -> None:
    ink, lines = columns([10, 120, 165], count=2)
    assert parted(lines, ink, SIZE) == tuple(lines)
