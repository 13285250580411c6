"""Blame as a picture."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.geometry import Box
from retouch.interfaces.blame_map import blame_map
from retouch.picture import Picture
from retouch.store.operations.blame import Blame


def blamed(box: Box, marks: dict[int, Box]) -> Blame:
    map_ = np.zeros((box.height, box.width), np.int32)
    for index, place in marks.items():
        map_[place.slices] = index
    return Blame(box, tuple(f"{n:x}" * 16 for n in range(1, max(marks, default=0) + 2)), map_, ())


@pytest.fixture
def page() -> Picture:
    return Picture(np.full((80, 120, 3), 200, np.uint8))


def test_each_version_has_a_colour_of_its_own_and_the_ground_has_none(page: Picture) -> None:
    places = {1: Box(5, 5, 20, 20), 2: Box(40, 5, 20, 20), 3: Box(80, 5, 20, 20)}
    shown = blame_map(page, blamed(page.box, places), {}).pixels
    colours = {tuple(int(v) for v in shown[place.y + 3, place.x + 3]) for place in places.values()}
    assert len(colours) == 3
    assert (shown[70, 5] == 200).all(), "what the import shows stays as it is"
    for place in places.values():
        inside = shown[place.slices].reshape(-1, 3)
        assert (inside == inside[0]).all() and np.ptp(inside[0]) > 60


def test_a_legend_stands_below(page: Picture) -> None:
    shown = blame_map(page, blamed(page.box, {1: Box(5, 5, 20, 20)}), {"1" * 16: "import"})
    assert shown.size.width == 120 and shown.size.height > 80 + 2 * 13
    assert (np.ptp(shown.pixels[80:], axis=2) > 100).any(), "with the colours"


def test_a_part_of_the_page_is_shown_where_the_blame_is_of_one(page: Picture) -> None:
    part = Box(30, 10, 50, 40)
    assert blame_map(page, blamed(part, {1: Box(0, 0, 5, 5)}), {}).size.width == 50


def test_many_versions_do_not_make_an_endless_legend(page: Picture) -> None:
    many = {n: Box(n % 100, n // 100 * 2, 1, 1) for n in range(1, 200)}
    shown = blame_map(page, blamed(page.box, many), {})
    assert shown.size.height < 80 + 45 * 30


def test_a_page_of_one_version_has_no_colour(page: Picture) -> None:
    shown = blame_map(page, blamed(page.box, {}), {})
    assert np.ptp(shown.pixels[:80], axis=2).max() == 0
