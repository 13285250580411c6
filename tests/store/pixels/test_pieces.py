"""Marked pixels near each other are one piece, with its exact box."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from retouch.geometry import Box
from retouch.store.pixels.pieces import NEAR, piece_boxes, pieces


def _mask(width: int, height: int, *points: tuple[int, int]) -> NDArray[np.bool_]:
    mask = np.zeros((height, width), np.bool_)
    for x, y in points:
        mask[y, x] = True
    return mask


def _groups(points: set[tuple[int, int]]) -> set[frozenset[tuple[int, int]]]:
    """Pieces found slowly: points whose distance along and across leaves at most NEAR others between."""
    left, found = set(points), set()
    while left:
        reached, edge = set(), {left.pop()}
        while edge:
            here = edge.pop()
            reached.add(here)
            near = {p for p in left if max(abs(p[0] - here[0]), abs(p[1] - here[1])) <= NEAR + 1}
            left -= near
            edge |= near
        found.add(frozenset(reached))
    return found


@pytest.mark.parametrize(("between", "count"), [(NEAR, 1), (NEAR + 1, 2)])
@pytest.mark.parametrize("down", [False, True])
def test_a_gap_of_near_pixels_is_bridged_and_a_wider_one_is_not(between: int, count: int, down: bool) -> None:
    points = [(2, 3), (2, 3 + between + 1)] if down else [(2, 3), (2 + between + 1, 3)]
    assert len(pieces(_mask(40, 40, *points)).boxes) == count


def test_no_marked_pixel_is_no_piece() -> None:
    found = pieces(np.zeros((4, 5), np.bool_))
    assert found.boxes == () and found.labels.shape == (4, 5) and not found.labels.any()
    assert pieces(np.zeros((0, 0), np.bool_)).boxes == ()


def test_boxes_touch_the_border_exactly() -> None:
    mask = np.ones((3, 50), np.bool_)
    assert pieces(mask).boxes == (Box(0, 0, 50, 3),)
    assert pieces(np.ones((1, 1), np.bool_)).boxes == (Box(0, 0, 1, 1),)


def test_boxes_are_told_where_the_mask_lies_from_the_top_left_on() -> None:
    mask = _mask(60, 60, (50, 0), (0, 0), (0, 40), (1, 40))
    assert piece_boxes(mask, Box(100, 200, 60, 60)) == (
        Box(100, 200, 1, 1),
        Box(150, 200, 1, 1),
        Box(100, 240, 2, 1),
    )


@given(st.sets(st.tuples(st.integers(0, 69), st.integers(0, 44)), max_size=12))
def test_pieces_are_those_found_one_by_one(points: set[tuple[int, int]]) -> None:
    found = pieces(_mask(70, 45, *points))
    seen = {
        frozenset((int(x), int(y)) for y, x in np.argwhere(found.labels == label + 1))
        for label in range(len(found.boxes))
    }
    assert seen == _groups(points)
    for label, box in enumerate(found.boxes):
        rows, columns = np.nonzero(found.labels == label + 1)
        assert box == Box.between(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
