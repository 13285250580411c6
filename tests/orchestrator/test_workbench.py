"""The workbench: attempts are tried on and leave no trace; what is kept can be looked behind."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from retouch.errors import PictureError
from retouch.geometry import Box
from retouch.orchestrator.workbench import Workbench, merged
from retouch.patch import Patch
from retouch.picture import Picture


def patch(box: Box, value: int, mask: NDArray[np.bool_] | None = None) -> Patch:
    pixels = np.full((box.height, box.width, 3), value, np.uint8)
    return Patch(box, pixels, np.ones((box.height, box.width), np.bool_) if mask is None else mask)


def test_trying_shows_before_and_after_and_leaves_no_trace(page: Picture) -> None:
    bench = Workbench(page)
    with bench.trying(patch(Box(10, 20, 30, 40), 7)) as (before, after):
        assert before.same_pixels(page)
        assert (after.pixels[20:60, 10:40] == 7).all()
        changed = (before.pixels != after.pixels).any(axis=2)
        assert not changed[:20].any() and not changed[:, 40:].any()
    with bench.trying(patch(Box(0, 0, 1, 1), 0)) as (_, after):
        assert np.array_equal(after.pixels[1:], page.pixels[1:])


def test_views_cannot_be_written(page: Picture) -> None:
    bench = Workbench(page)
    with bench.trying(patch(Box(0, 0, 5, 5), 1)) as (before, after):
        for picture in (before, after):
            with pytest.raises(ValueError, match="read-only"):
                picture.pixels[0, 0] = 9


def test_a_failed_trial_is_taken_back_too(page: Picture) -> None:
    bench = Workbench(page)
    with pytest.raises(ZeroDivisionError), bench.trying(patch(Box(3, 3, 9, 9), 200)):
        raise ZeroDivisionError
    with bench.trying(patch(Box(100, 100, 1, 1), 0)) as (_, after):
        assert np.array_equal(after.pixels[:50], page.pixels[:50])


def test_the_base_is_the_head_at_the_start_of_the_batch(page: Picture) -> None:
    bench = Workbench(page)
    bench.keep(patch(Box(0, 0, 4, 4), 1))
    bench.start_batch()
    start = bench.head.pixels.copy()
    bench.keep(patch(Box(2, 2, 8, 8), 2))
    bench.keep(patch(Box(4, 4, 8, 8), 3))
    assert np.array_equal(bench.base(Box(0, 0, 20, 20)).pixels, start[:20, :20])
    assert (bench.head.pixels[5, 5] == 3).all()


def test_an_overlay_lies_on_the_base_only(page: Picture) -> None:
    bench = Workbench(page)
    over = bench.base(Box(0, 0, 20, 20), patch(Box(15, 15, 50, 50), 9))
    assert (over.pixels[15:, 15:] == 9).all()
    assert np.array_equal(over.pixels[:15], page.pixels[:15, :20])
    assert bench.head.same_pixels(page)


def test_a_base_outside_the_picture_is_refused(page: Picture) -> None:
    with pytest.raises(PictureError, match="does not lie inside"):
        Workbench(page).base(Box(190, 0, 20, 20))


def test_merged_patches_set_what_either_sets_and_the_upper_wins(page: Picture) -> None:
    lower, upper = patch(Box(0, 0, 10, 10), 1), patch(Box(5, 5, 10, 10), 2)
    both = merged(lower, upper)
    assert both.box == Box(0, 0, 15, 15) and int(both.mask.sum()) == 175
    expected = upper.apply(lower.apply(page))
    assert both.apply(page).same_pixels(expected)
    assert merged(None, upper) is upper
