"""The recogniser: glyphs and lines in a typeface that is installed, both directions, in one batch or many."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from retouch.edit import RGB
from retouch.style import Face
from retouch.writing.fonts import covers, installed, render
from retouch.writing.recogniser import BATCH, Recogniser
from retouch.writing.variants import fold_text

TEXT = "永和九年歲在癸丑暮春之初"


@cache
def face() -> Face:
    able = [face for face in installed() if all(covers(face, char) for char in TEXT)]
    if not able:
        pytest.skip(f"no installed font draws {TEXT}")
    return next((face for face in able if "Kai" in face.family), able[0])


@cache
def drawn(char: str) -> RGB:
    ink = render(face(), char, 64)
    grey = np.asarray(235 - 210 * np.clip(ink, 0, 1), np.uint8)
    page = np.full((80, 80), 235, np.uint8)
    height, width = (min(80, side) for side in grey.shape)
    top, left = (80 - height) // 2, (80 - width) // 2
    page[top : top + height, left : left + width] = grey[:height, :width]
    return np.repeat(page[:, :, None], 3, axis=2)


def test_single_glyphs_are_read_in_order_across_batches() -> None:
    chars = (TEXT * 3)[: 2 * BATCH + 1]
    readings = Recogniser.shared().characters([drawn(char) for char in chars], chars)
    assert [reading.best for reading in readings] == list(chars)
    assert min(reading.wanted for reading in readings) > 0.8
    assert all(abs(reading.probability - reading.top[0][1]) < 1e-6 for reading in readings)


def test_a_wrong_character_has_a_low_probability() -> None:
    (reading,) = Recogniser.shared().characters([drawn("永")], ["和"])
    assert reading.wanted < 0.05 and reading.best == "永" and reading.chance("永") > 0.8


def test_without_a_wanted_character_or_with_an_unknown_one_nothing_is_wanted() -> None:
    readings = Recogniser.shared().characters([drawn("永"), drawn("永")], [None, "\U0010fffd"])
    assert [reading.wanted for reading in readings] == [0.0, 0.0]
    assert Recogniser.shared().knows("永") and not Recogniser.shared().knows("\U0010fffd")


@pytest.mark.parametrize("upright", [True, False])
def test_a_line_is_read_in_its_direction_with_places(upright: bool) -> None:
    glyphs = [drawn(char) for char in TEXT]
    strip = np.concatenate(glyphs, axis=0 if upright else 1)
    read = Recogniser.shared().line(strip, upright)
    assert "".join(seen.char for seen in read) == TEXT
    places = np.array([seen.position for seen in read]) * len(TEXT)
    assert np.abs(places - (np.arange(len(TEXT)) + 0.5)).max() < 0.5


def test_a_line_longer_than_the_network_takes_is_read_in_pieces() -> None:
    strip = np.concatenate([drawn(char) for char in TEXT * 6], axis=1)
    read = Recogniser.shared().line(strip)
    # A long line is read with its context: 歲 may come back as 岁.
    assert fold_text("".join(seen.char for seen in read)) == fold_text(TEXT * 6)
    positions = [seen.position for seen in read]
    assert positions == sorted(positions)


def test_nothing_is_read_on_nothing() -> None:
    assert Recogniser.shared().line(np.full((60, 400, 3), 230, np.uint8)) == ()
    assert Recogniser.shared().line(np.full((1, 400, 3), 230, np.uint8)) == ()
    assert Recogniser.shared().characters([], []) == ()
