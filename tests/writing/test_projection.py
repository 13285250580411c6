"""Lines from ink alone: grids at any tilt, both directions."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from retouch.style import Direction
from retouch.writing.ink import Coverage
from retouch.writing.projection import project


def grid(rows: int, columns: int, pitch: int, degrees: float) -> Coverage:
    rng = np.random.default_rng(3)
    page = np.zeros((rows * pitch + 120, columns * pitch + 120), np.float32)
    for row in range(rows):
        for column in range(columns):
            y, x = 60 + row * pitch, 60 + column * pitch
            for _ in range(5):
                one, two = rng.integers(0, 40, (2, 2))
                cv2.line(page, (x + int(one[0]), y + int(one[1])), (x + int(two[0]), y + int(two[1])), 1.0, 4)
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)  # OpenCV turns counter-clockwise
    return np.asarray(cv2.warpAffine(page, matrix, (width, height)), np.float32)


@pytest.mark.parametrize("degrees", [0.0, -5.0, 3.0])
@pytest.mark.parametrize("direction", [Direction.VERTICAL_RL, Direction.HORIZONTAL])
def test_a_grid_has_its_rows_and_its_columns(degrees: float, direction: Direction) -> None:
    tilt, rects = project(grid(7, 9, 70, degrees), 40.0, direction)
    assert tilt == pytest.approx(degrees, abs=0.6)
    assert len(rects) == (9 if direction.upright else 7)
    assert all(30 <= rect.thickness <= 60 for rect in rects)
    assert all(rect.length > 380 for rect in rects)


def test_an_empty_page_has_no_lines() -> None:
    assert project(np.zeros((100, 100), np.float32), 40.0, Direction.HORIZONTAL) == (0.0, ())
