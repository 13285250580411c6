"""Boxes of characters in a strip: their own ink, whole; unowned ink is noticed; rules and seals are not ink."""

from __future__ import annotations

import cv2
import numpy as np

from retouch.geometry import Box
from retouch.writing.cut import Slot
from retouch.writing.ink import Coverage, coverage
from retouch.writing.ownership import NOBODY, owners
from retouch.writing.recogniser import ReadCharacter
from retouch.writing.rules import find_rules
from retouch.writing.seals import find_seals
from retouch.writing.segmentation import character_size, leftover, segment


def strip(*boxes: Box, length: int = 400) -> Coverage:
    out = np.zeros((length, 100), np.float32)
    for box in boxes:
        out[box.slices] = 1
    return out


def test_boxes_hold_their_ink_and_little_more() -> None:
    bodies = [Box(10, 5, 80, 80), Box(15, 100, 70, 70), Box(10, 215, 80, 8)]
    boxes = segment(strip(*bodies, length=300), [Slot(None)] * 3, 85.0)
    for box, body in zip(boxes, bodies, strict=True):
        assert box is not None and box.contains(body)
    assert boxes[0] is not None and boxes[0].area < 1.3 * bodies[0].area
    assert boxes[2] is not None and boxes[2].height >= 0.5 * 85, "a flat character gets room"


def test_a_stroke_that_reaches_over_the_cut_goes_whole_to_its_character() -> None:
    ink = strip(Box(20, 0, 10, 112), Box(10, 20, 80, 10), Box(40, 105, 50, 80))
    owned = owners(ink, [(0, 100), (100, 200)], 95.0)
    assert (owned[0:112, 20:30] == 0).all()
    assert (owned[105:185, 40:90] == 1).all()
    assert owned[300, 50] == NOBODY


def test_ink_that_reaches_in_from_the_next_line_is_nobodys() -> None:
    owned = owners(strip(Box(30, 10, 50, 70), Box(0, 40, 12, 10), Box(92, 60, 8, 8)), [(0, 100)], 95.0)
    assert (owned[10:80, 30:80] == 0).all()
    assert (owned[:, :12] == NOBODY).all() and (owned[:, 92:] == NOBODY).all()


def test_strokes_that_are_shared_evenly_are_cut() -> None:
    owned = owners(strip(Box(20, 0, 60, 200)), [(0, 100), (100, 200)], 95.0)
    assert (owned[:100, 20:80] == 0).all() and (owned[100:200, 20:80] == 1).all()


def test_unowned_ink_is_noticed_if_it_may_be_a_character() -> None:
    ink = strip(Box(10, 0, 80, 80), Box(10, 120, 80, 70), Box(50, 250, 4, 4), Box(10, 320, 80, 9))
    found = leftover(ink, [(0, 90)], 85.0)
    assert [(box.y, box.bottom) for box in found] == [(120, 190), (320, 329)]


def test_size_follows_the_ink_or_the_pitch_where_that_is_shorter() -> None:
    bodies = [Box(20, y, 60, 60) for y in range(0, 400, 100)]
    wide = [ReadCharacter("字", 1.0, (y + 30) / 400) for y in range(0, 400, 100)]
    assert 55 <= character_size(strip(*bodies), wide) <= 80
    close = [ReadCharacter("字", 1.0, (y + 20) / 400) for y in range(0, 400, 40)]
    assert 35 <= character_size(strip(*bodies), close) <= 45


def written(rules: bool) -> Coverage:
    page = np.zeros((600, 400), np.float32)
    for x in (60, 180, 300):
        for y in range(40, 560, 80):
            cv2.line(page, (x - 25, y), (x + 25, y), 1.0, 5)
            cv2.line(page, (x, y - 25), (x, y + 25), 1.0, 5)
    if rules:
        for x in (120, 240):
            cv2.line(page, (x, 10), (x + 4, 590), 1.0, 3)
        cv2.line(page, (10, 8), (390, 8), 1.0, 3)
    return page


def test_rules_are_found_and_strokes_are_not() -> None:
    page, bare = written(rules=True), written(rules=False)
    mask = find_rules(page, 60.0)
    ruled = (page > 0.5) & (bare < 0.5)
    assert mask[ruled].mean() > 0.9
    assert mask[bare > 0.5].mean() < 0.02
    assert not find_rules(bare, 60.0).any()


def test_tilted_rules_are_found() -> None:
    matrix = cv2.getRotationMatrix2D((200, 300), -5, 1)  # clockwise
    page, bare = (np.asarray(cv2.warpAffine(written(r), matrix, (400, 600)), np.float32) for r in (True, False))
    mask = find_rules(page, 60.0, tilt=5.0)
    assert mask[(page > 0.6) & (bare < 0.3)].mean() > 0.8
    assert mask[bare > 0.6].mean() < 0.03


def test_a_seal_is_masked_on_a_black_page_only() -> None:
    page = np.full((600, 400, 3), 235, np.uint8)
    page[written(rules=False) > 0.5] = (20, 20, 25)
    cv2.rectangle(page, (330, 500), (380, 560), (190, 40, 40), -1)
    mask = find_seals(page, coverage(page), 60.0)
    assert mask[505:555, 335:375].all() and not mask[:480].any()
    red = np.full((600, 400, 3), 235, np.uint8)
    red[written(rules=False) > 0.5] = (190, 40, 40)
    assert not find_seals(red, coverage(red), 60.0).any()
