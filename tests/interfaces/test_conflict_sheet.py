"""Conflicts as a picture."""

from __future__ import annotations

import numpy as np

from retouch.geometry import Box
from retouch.interfaces.conflict_sheet import conflict_sheet
from retouch.interfaces.difference import FRAME
from retouch.picture import Picture


def page(value: int, width: int = 400) -> Picture:
    return Picture(np.full((300, width, 3), value, np.uint8))


def holds(shown: np.ndarray, value: int) -> bool:
    return bool((shown == value).all(axis=2).any())


def test_every_side_of_every_conflict_is_shown_with_its_frame() -> None:
    sides = {"base": page(10), "ours": page(120), "theirs": page(230)}
    boxes = [Box(20, 20, 30, 40), Box(300, 200, 60, 60)]
    shown = conflict_sheet(sides, boxes).pixels
    assert all(holds(shown, value) for value in (10, 120, 230))
    one = conflict_sheet(sides, boxes[:1]).pixels
    assert shown.shape[0] > 1.8 * one.shape[0]
    assert (one == FRAME).all(axis=2).sum() > 3 * 2 * (30 + 40)


def test_what_the_conflict_is_about_is_inside_the_frame() -> None:
    ours = page(120)
    pixels = ours.pixels.copy()
    pixels[20:60, 20:50] = 77
    shown = conflict_sheet({"ours": Picture(pixels)}, [Box(20, 20, 30, 40)]).pixels
    assert (shown == 77).all(axis=2).sum() == 30 * 40


def test_a_small_page_and_sides_of_other_sizes_can_be_shown() -> None:
    sides = {"base": page(10, 20), "ours": page(120, 400), "theirs": page(230, 5)}
    assert conflict_sheet(sides, [Box(0, 0, 20, 300)]).pixels.size
    assert conflict_sheet({"base": Picture(np.zeros((1, 1, 1), np.uint16))}, [Box(0, 0, 1, 1)]).pixels.size
