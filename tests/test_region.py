"""Regions: box and mask, and their form as text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from retouch.errors import PlanError
from retouch.geometry import Box
from retouch.region import Region

masks = arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12)))


def region(mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], x: int = 3, y: int = 5) -> Region:
    return Region(Box(x, y, mask.shape[1], mask.shape[0]), mask)


@given(masks)
def test_decode_is_the_inverse_of_encode(mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> None:
    there = region(mask)
    back = Region.decode(there.box, there.encode())
    assert np.array_equal(back.mask, mask)


def test_a_whole_box_needs_no_mask() -> None:
    assert Region.whole(Box(0, 0, 4, 3)).encode() is None
    assert Region.decode(Box(0, 0, 4, 3), None).mask.all()


@pytest.mark.parametrize("text", ["data:image/png;base64,", "data:image/png;base64,AAAA", "not base64!"])
def test_a_mask_that_is_no_png_is_refused(text: str) -> None:
    with pytest.raises(PlanError, match="mask of region"):
        Region.decode(Box(0, 0, 4, 3), text)


def test_a_mask_of_another_size_is_refused() -> None:
    text = Region(Box(0, 0, 4, 3), np.eye(3, 4, dtype=np.bool_)).encode()
    with pytest.raises(PlanError, match=r"expected bool \(5, 5\)"):
        Region.decode(Box(0, 0, 5, 5), text)


@given(masks, masks, st.integers(-9, 9), st.integers(-9, 9))
def test_union_holds_the_pixels_of_both(
    a: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    b: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    dx: int,
    dy: int,
) -> None:
    one, other = region(a), region(b, 3 + dx, 5 + dy)
    both = one.union(other)
    page = Box(-20, -20, 60, 60)
    assert np.array_equal(both.within(page), one.within(page) | other.within(page))
    assert one.disjoint(other) == (not (one.within(page) & other.within(page)).any())


def test_within_leaves_out_what_lies_outside_the_frame() -> None:
    seen = Region.whole(Box(0, 0, 4, 4)).within(Box(2, 2, 4, 4))
    assert seen[:2, :2].all()
    assert int(seen.sum()) == 4
