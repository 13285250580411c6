from __future__ import annotations

import numpy as np

from retouch.geometry import Box
from retouch.orchestrator.writing_room import room
from retouch.picture import Picture

BOX = Box(100, 40, 80, 24)


def sheet(*blots: Box) -> Picture:
    """Light paper with a word of four bars in `BOX`, and further blots."""
    rgb = np.full((110, 400, 3), 230, np.uint8)
    for x in range(BOX.x, BOX.right, 20):
        rgb[BOX.y : BOX.bottom, x : x + 8] = 30
    for blot in blots:
        rgb[blot.slices] = 30
    return Picture(rgb)


def test_a_text_that_is_no_longer_keeps_to_its_place() -> None:
    assert BOX.grown(8).contains(room(sheet(), BOX, (), grow=True, longer=0.5).box)


def test_a_longer_text_gets_room_on_both_sides() -> None:
    region = room(sheet(), BOX, (), grow=True, longer=2.0)
    assert region.box.x <= BOX.x - 80 and region.box.right >= BOX.right + 80
    assert region.box.y >= BOX.y - 8 and region.box.bottom <= BOX.bottom + 8


def test_the_room_ends_before_what_stands_there() -> None:
    word = Box(220, 42, 10, 20)
    region = room(sheet(word), BOX, (), grow=True, longer=2.0)
    assert region.box.x <= BOX.x - 80
    assert BOX.right < region.box.right <= word.x - 24 // 3


def test_the_room_stays_in_the_picture() -> None:
    picture = sheet()
    assert picture.box.contains(room(picture, BOX, (), grow=True, longer=9.0).box)
