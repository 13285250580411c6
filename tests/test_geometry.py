"""Laws and edges of boxes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.errors import UsageError
from retouch.geometry import Box, Size

lengths = st.integers(0, 60)
places = st.integers(-40, 60)
boxes = st.builds(Box, places, places, lengths, lengths)


@pytest.mark.parametrize("text", ["1,2,3,4", " 1, 2,3,4 "])
def test_parse_reads_four_integers(text: str) -> None:
    assert Box.parse(text) == Box(1, 2, 3, 4)


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,4,5", "a,2,3,4", "1.5,2,3,4", "1,2,0,4", "1,2,3,-4"])
def test_parse_refuses_anything_else(text: str) -> None:
    with pytest.raises(UsageError, match="box"):
        Box.parse(text)


def test_parse_is_the_inverse_of_str() -> None:
    assert Box.parse(str(Box(-3, 4, 5, 6))) == Box(-3, 4, 5, 6)


def test_negative_sides_are_refused() -> None:
    with pytest.raises(UsageError, match="negative"):
        Box(0, 0, -1, 5)


def test_edges_centre_and_slices() -> None:
    box = Box(10, 20, 5, 8)
    assert (box.right, box.bottom, box.area, box.centre) == (15, 28, 40, (12.5, 24.0))
    assert box.slices == (slice(20, 28), slice(10, 15))
    assert box.size == Size(5, 8)


def test_between_without_room_is_empty() -> None:
    assert Box.between(5, 5, 3, 9).empty


def test_shrinking_past_nothing_is_empty() -> None:
    assert Box(0, 0, 4, 4).grown(-3).empty


@given(boxes, boxes)
def test_intersection_lies_in_both(a: Box, b: Box) -> None:
    shared = a.intersection(b)
    assert shared.area <= min(a.area, b.area)
    assert shared.empty or (a.contains(shared) and b.contains(shared))
    assert shared.area == b.intersection(a).area


@given(boxes, boxes)
def test_the_box_around_contains_both(a: Box, b: Box) -> None:
    around = Box.around([a, b])
    assert around.contains(a) and around.contains(b)


@given(boxes)
def test_clamped_lies_inside_the_picture(box: Box) -> None:
    inside = box.clamped(Size(30, 20))
    assert inside.empty or Box(0, 0, 30, 20).contains(inside)


@given(boxes, st.integers(-9, 9), st.integers(-9, 9))
def test_relative_to_undoes_moving(box: Box, dx: int, dy: int) -> None:
    assert box.moved(dx, dy).relative_to(Box(dx, dy, 1, 1)) == box


@given(boxes, boxes)
def test_overlap_ratio_is_symmetric_and_one_only_for_equal_boxes(a: Box, b: Box) -> None:
    assert a.overlap_ratio(b) == b.overlap_ratio(a)
    assert 0 <= a.overlap_ratio(b) <= 1
    if a.area and b.area:
        assert (a.overlap_ratio(b) == 1) == (a == b)
