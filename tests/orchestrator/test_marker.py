"""Markers: a colour the picture does not show, drawn outside what may change."""

from __future__ import annotations

import numpy as np

from retouch.edit import Mark
from retouch.geometry import Box
from retouch.orchestrator.marker import COLOURS, choose, draw, left_over


def test_red_is_first_and_another_where_red_is_there() -> None:
    canvas = np.full((80, 80, 3), 220, np.uint8)
    assert choose(canvas, [Box(20, 20, 30, 30)])[0].name == "red"
    canvas[:10] = COLOURS["red"]
    assert choose(canvas, [Box(20, 20, 30, 30)])[0].name == "blue"
    assert choose(np.full((80, 80, 3), 220, np.uint8), [Box(20, 20, 30, 30)], avoid={"red"})[0].name == "blue"


def test_drawing_leaves_the_canvas_and_the_mask_alone() -> None:
    canvas = np.full((80, 100, 3), 220, np.uint8)
    mask = np.zeros((80, 100), np.bool_)
    mask[30:50, 40:60] = True
    mask[26:30, 45:50] = True  # overflows into where the frame would run
    mark = Mark(Box(40, 30, 20, 20), COLOURS["red"], "red")
    shown = draw(canvas, mask, (mark,))
    red = (shown == mark.colour).all(axis=2)
    assert red.sum() > 60 and not (red & mask).any() and (canvas == 220).all()


def test_a_frame_at_the_canvas_edge_is_cut_not_refused() -> None:
    canvas = np.full((40, 40, 3), 220, np.uint8)
    mark = Mark(Box(0, 0, 40, 40), COLOURS["red"], "red")
    assert draw(canvas, np.ones((40, 40), np.bool_), (mark,)).shape == canvas.shape


def test_only_new_marker_pixels_count_as_left_over() -> None:
    clean = np.full((40, 40, 3), 220, np.uint8)
    clean[5:10, 5:10] = COLOURS["red"]
    result = clean.copy()
    result[20:22, 10:30] = (240, 20, 15)
    mark = Mark(Box(10, 10, 20, 20), COLOURS["red"], "red")
    assert left_over(clean, result, np.ones((40, 40), np.bool_), (mark,)) == 40
    assert left_over(clean, clean, np.ones((40, 40), np.bool_), (mark,)) == 0
