"""The region in which a character may be redrawn: its own strokes wherever they reach, never a neighbour's."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from retouch.geometry import Box
from retouch.writing.cells import Cell
from retouch.writing.extent import SLACK, glyph_region
from retouch.writing.frames import Frame
from retouch.writing.ink import Coverage

PAGE = Box(0, 0, 200, 400)


def column(*boxes: Box, angle: float = 0.0) -> list[Cell]:
    return [Cell(i, 0, box, angle, "字") for i, box in enumerate(boxes)]


def ink(*boxes: Box) -> Coverage:
    out = np.zeros((PAGE.height, PAGE.width), np.float32)
    for box in boxes:
        out[box.slices] = 1
    return out


UPPER, LOWER = Box(60, 60, 80, 80), Box(60, 150, 80, 80)


def test_an_overflowing_stroke_belongs_to_its_character() -> None:
    stroke = Box(90, 70, 10, 95)  # from the upper cell into the lower one
    page = ink(stroke, Box(65, 190, 70, 12))
    cells = column(UPPER, LOWER)
    upper, lower = (glyph_region(page, cells, i).within(PAGE) for i in (0, 1))
    assert upper[stroke.slices].all(), "the whole stroke may be redrawn"
    assert not lower[stroke.slices].any(), "and is kept when the neighbour is"
    assert not upper[190:202, 65:135].any(), "the neighbour's own ink is out"


def test_blank_paper_is_room_up_to_the_neighbours_cell() -> None:
    region = glyph_region(ink(Box(80, 80, 40, 10), Box(70, 170, 60, 10)), column(UPPER, LOWER), 0).within(PAGE)
    assert region[UPPER.slices].all()
    assert region[100, 60 - int(0.9 * SLACK * 80) : 60].all(), "slack to the side"
    assert not region[LOWER.slices].any(), "the neighbour's cell is not taken"


def test_a_frame_drawn_round_a_character_is_kept() -> None:
    box = UPPER.grown(2)
    line = np.ones((box.height, box.width), np.bool_)
    line[3:-3, 3:-3] = False
    frame = Frame(box, box.grown(-3), (200, 0, 0), "red", line)
    region = glyph_region(ink(Box(80, 80, 40, 10)), column(UPPER), 0, [frame])
    assert not region.within(box)[line].any()
    assert region.within(box)[~line].all()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), angle=st.sampled_from([0.0, 4.0, -5.0]))
def test_no_pixel_of_ink_belongs_to_two_characters(seed: int, angle: float) -> None:
    rng = np.random.default_rng(seed)
    page = np.zeros((PAGE.height, PAGE.width), np.float32)
    for _ in range(25):
        start, end = (rng.integers([50, 50], [150, 330]) for _ in range(2))
        to = start + np.clip(end - start, -60, 60)
        cv2.line(page, start.tolist(), to.tolist(), 1.0, int(rng.integers(2, 7)))
    cells = column(Box(60, 50, 80, 80), Box(60, 140, 80, 80), Box(60, 235, 80, 80), angle=angle)
    masks = [glyph_region(page, cells, i).within(PAGE) for i in range(3)]
    for i, one in enumerate(masks):
        for other in masks[i + 1 :]:
            assert not np.any(one & other & (page > 0))
