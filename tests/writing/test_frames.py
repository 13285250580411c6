"""Drawn frames are found by their colour; seals, rules and black boxes are none."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from retouch.edit import RGB
from retouch.geometry import Box
from retouch.picture import Picture
from retouch.writing.frames import find_frames

LANTING = Path(__file__).parents[3] / "shared" / "data" / "lanting.png"


def sheet(paper: tuple[int, int, int] = (225, 205, 165)) -> RGB:
    page = np.full((400, 500, 3), paper, np.uint8)
    for x in range(60, 460, 80):
        cv2.line(page, (x, 60), (x + 10, 340), (25, 22, 20), 9)
        cv2.line(page, (x - 25, 200), (x + 35, 195), (25, 22, 20), 9)
    return page


@pytest.mark.parametrize(
    ("colour", "name"),
    [((200, 30, 30), "red"), ((30, 60, 210), "blue"), ((30, 150, 50), "green"), ((150, 40, 200), "purple")],
)
def test_a_drawn_frame_is_found_with_its_colour(colour: tuple[int, int, int], name: str) -> None:
    page = sheet()
    cv2.rectangle(page, (120, 150), (260, 250), colour, 3)
    (frame,) = find_frames(page)
    assert frame.box.overlap_ratio(Box(119, 149, 143, 103)) > 0.9
    assert frame.name == name
    assert frame.box.contains(frame.inner) and frame.inner.overlap_ratio(Box(122, 152, 137, 97)) > 0.9
    assert max(abs(a - b) for a, b in zip(frame.colour, colour, strict=True)) < 40
    assert frame.mask.shape == (frame.box.height, frame.box.width)
    assert frame.mask[:2].mean() > 0.8 and not frame.mask[20:-20, 20:-20].any()


def test_a_frame_drawn_by_hand_wanders() -> None:
    page = sheet()
    corners = np.array([[118, 152], [190, 147], [262, 155], [257, 200], [263, 252], [180, 247], [121, 254], [124, 200]])
    cv2.polylines(page, [corners.astype(np.int32)], True, (210, 40, 40), 4)
    (frame,) = find_frames(page)
    assert frame.box.overlap_ratio(Box(116, 145, 149, 112)) > 0.85


def test_a_seal_is_no_frame() -> None:
    page = sheet()
    cv2.rectangle(page, (300, 40), (380, 120), (190, 30, 30), 4)
    for x in (318, 340, 362):
        cv2.line(page, (x, 52), (x, 108), (190, 30, 30), 6)
    cv2.rectangle(page, (400, 300), (460, 360), (190, 30, 30), -1)
    assert find_frames(page) == ()


def test_black_and_open_boxes_are_no_frames() -> None:
    page = sheet()
    cv2.rectangle(page, (120, 150), (260, 250), (20, 20, 20), 3)
    cv2.polylines(page, [np.array([[300, 100], [300, 200], [400, 200], [400, 100]], np.int32)], False, (200, 30, 30), 3)
    assert find_frames(page) == ()


def test_two_frames_come_from_the_top_down() -> None:
    page = sheet()
    cv2.rectangle(page, (300, 250), (380, 330), (30, 60, 210), 3)
    cv2.rectangle(page, (40, 40), (140, 120), (200, 30, 30), 3)
    assert [frame.name for frame in find_frames(page)] == ["red", "blue"]


def test_the_frame_on_the_real_page() -> None:
    if not LANTING.exists():
        pytest.skip(f"{LANTING} is not here")
    (frame,) = find_frames(Picture.open(LANTING).srgb())
    assert frame.name == "red"
    assert frame.box.overlap_ratio(Box(17, 988, 87, 99)) > 0.85
