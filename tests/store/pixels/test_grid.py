"""The grid: its tiles cover every pixel once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retouch.geometry import Box
from retouch.store.pixels.grid import TILE, Grid

_SIDES = st.sampled_from([1, TILE - 1, TILE, TILE + 1, 3 * TILE, 300])


@given(width=_SIDES, height=_SIDES)
def test_every_pixel_lies_in_one_tile(width: int, height: int) -> None:
    grid = Grid(width, height, 3, 8)
    seen = np.zeros((height, width), np.uint8)
    for index in range(grid.count):
        seen[grid.box(index).slices] += 1
    assert (seen == 1).all()


@given(data=st.data(), width=_SIDES, height=_SIDES)
def test_the_tiles_under_a_box_are_those_that_overlap_it(data: st.DataObject, width: int, height: int) -> None:
    grid = Grid(width, height, 1, 16)
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    box = Box(x, y, data.draw(st.integers(1, width - x)), data.draw(st.integers(1, height - y)))
    overlapping = [i for i in range(grid.count) if grid.box(i).overlaps(box)]
    assert grid.covering(box).tolist() == overlapping
    assert grid.block(box) == Box.around(grid.box(i) for i in overlapping)


def test_nothing_lies_under_an_empty_box() -> None:
    assert Grid(300, 200, 3, 8).covering(Box(0, 0, 0, 0)).size == 0
