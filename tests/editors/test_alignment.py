"""A new text of another length stands as its line is aligned, on posters painted here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from retouch.edit import EditRequest
from retouch.editors.alignment import END, MIDDLE, START, alignment_of
from retouch.editors.foreground import separate
from retouch.editors.placement import old_box
from retouch.editors.typeset import TypesetEditor
from retouch.geometry import Box
from retouch.patch import mask_box
from retouch.writing import fonts

PAPER, INK = (236, 230, 214), (40, 36, 60)
ANCHORS = {START: ("la", 40), MIDDLE: ("ma", 320), END: ("ra", 600)}


def face() -> Any:
    able = [each for each in fonts.installed() if "Sans" in each.family and each.style == "Regular"]
    if not able:
        pytest.skip("no sans-serif font is installed (Debian: fonts-noto-cjk)")
    return able[0]


def poster(place: float, *lines: tuple[str, int]) -> tuple[NDArray[np.uint8], list[Box]]:
    """The lines of text, each with its size in pixels, under each other; and the boxes of their ink."""
    one = face()
    image = Image.new("RGB", (640, 90 * len(lines) + 40), PAPER)
    draw = ImageDraw.Draw(image)
    anchor, x = ANCHORS[place]
    boxes = []
    for number, (text, size) in enumerate(lines):
        font = ImageFont.truetype(one.path, size, index=one.index)
        draw.text((x, 30 + 90 * number), text, font=font, fill=INK, anchor=anchor)
        left, top, right, bottom = draw.textbbox((x, 30 + 90 * number), text, font=font, anchor=anchor)
        boxes.append(Box.between(*(int(value) for value in (left, top, right, bottom))))
    noise = np.random.default_rng(2).normal(0, 1.2, (image.height, image.width, 1))
    return np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8), boxes


def request(rgb: NDArray[np.uint8], box: Box, source: str, target: str, room: Box | None = None) -> EditRequest:
    mask = np.zeros(rgb.shape[:2], np.bool_)
    mask[(room or box.grown(8)).slices] = True
    return EditRequest(
        canvas=rgb,
        shown=rgb,
        mask=mask,
        box=box,
        operation="replace",
        instruction="",
        source=source,
        target=target,
        rung="font",
    )


def written(rgb: NDArray[np.uint8], band: Box) -> Box:
    """The box of what is dark in a band."""
    dark = np.zeros(rgb.shape[:2], np.bool_)
    dark[band.slices] = (rgb[band.slices].astype(int).sum(axis=2)) < 400
    return mask_box(dark)


@pytest.mark.parametrize("place", ANCHORS)
def test_the_lines_round_it_tell_how_a_line_is_aligned(place: float) -> None:
    rgb, boxes = poster(place, ("LIVE MUSIC", 60), ("Saturday at nine", 40), ("Tickets at the door, ten each", 32))
    asked = request(rgb, boxes[1], "Saturday at nine", "Friday")
    seen = separate(rgb, asked.mask)
    assert alignment_of(seen, old_box(seen), False, "Friday") == place


@pytest.mark.parametrize("place", ANCHORS)
def test_a_shorter_text_keeps_the_alignment(place: float, watch: Any) -> None:
    rgb, boxes = poster(place, ("LIVE MUSIC", 60), ("Saturday at nine", 40), ("Tickets at the door, ten each", 32))
    asked = request(rgb, boxes[1], "Saturday at nine", "Friday")
    old, new = written(rgb, boxes[1].grown(8)), written(TypesetEditor().edit(asked, watch).pixels, boxes[1].grown(8))
    kept = {START: (old.x, new.x), MIDDLE: (old.centre[0], new.centre[0]), END: (old.right, new.right)}[place]
    assert abs(kept[0] - kept[1]) <= 4
    assert new.width < 0.6 * old.width and abs(new.height - old.height) <= 4, "as large as before"


def test_a_word_stays_at_the_words_beside_it(watch: Any) -> None:
    rgb, boxes = poster(START, ("Open until Wednesday night", 40))
    font = ImageFont.truetype(face().path, 40, index=face().index)
    x, step = boxes[0].x + font.getlength("Open until "), font.getlength("Wednesday")
    box = Box.between(round(x), boxes[0].y, round(x + step), boxes[0].bottom)
    after = TypesetEditor().edit(request(rgb, box, "Wednesday", "May", box.grown(4)), watch).pixels
    new = written(after, box)
    assert abs(new.x - written(rgb, box).x) <= 3 and new.width < 0.6 * box.width


def test_a_longer_text_takes_the_free_room_before_it_is_made_smaller(watch: Any) -> None:
    rgb, boxes = poster(MIDDLE, ("Sale", 60), ("only this weekend", 32))
    wide = Box(20, boxes[0].y - 8, 600, boxes[0].height + 16)
    free = TypesetEditor().edit(request(rgb, boxes[0], "Sale", "Clearance", wide), watch).pixels
    tight = TypesetEditor().edit(request(rgb, boxes[0], "Sale", "Clearance"), watch).pixels
    old, large, small = written(rgb, wide), written(free, wide), written(tight, wide)
    assert abs(large.height - old.height) <= 3 and abs(large.centre[0] - old.centre[0]) <= 4
    assert large.width > 1.8 * old.width
    assert boxes[0].grown(8).contains(small) and small.height < 0.7 * old.height, "no letters in each other"


def test_numbers_of_a_column_stay_flush_right() -> None:
    rgb, boxes = poster(END, ("2.50", 40), ("4.20", 40), ("2.20", 40))
    seen = separate(rgb, request(rgb, boxes[1], "4.20", "13.80").mask)
    assert alignment_of(seen, old_box(seen), False, "13.80") == END
    assert alignment_of(seen, old_box(seen), False, "free") == MIDDLE
