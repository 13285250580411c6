from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from retouch.edit import RGB
from retouch.geometry import Box
from retouch.interfaces.demo.recipe import PaintedPage
from retouch.verifiers.identity import Identity, identify, misread_when_clean
from retouch.writing.cells import Cell
from retouch.writing.fonts import covers, installed, render
from retouch.writing.hand import own_ink
from retouch.writing.ink import Coverage, coverage
from retouch.writing.recogniser import Reading, Recogniser


def drawn(char: str, wanted: str | None, turn: float = 0.0) -> tuple[RGB, Coverage, Cell]:
    face = next((face for face in installed() if covers(face, char)), None)
    if face is None:
        pytest.skip(f"no installed font draws {char}")
    ink = np.pad(render(face, char, 80), 60)
    size = ink.shape[0]
    matrix = cv2.getRotationMatrix2D((size / 2, size / 2), -turn, 1)
    ink = np.asarray(cv2.warpAffine(ink, matrix, (size, size)), dtype=np.float32)
    rgb = np.asarray(235 - 200 * ink[..., None].repeat(3, axis=2), dtype=np.uint8)
    return rgb, coverage(rgb), Cell(0, 0, Box(55, 55, size - 110, size - 110), turn, wanted)


def read(char: str, wanted: str | None, turn: float = 0.0) -> Identity:
    rgb, ink, cell = drawn(char, wanted, turn)
    return identify(rgb, [own_ink(ink, cell)], [cell], Recogniser.shared())[0]


@pytest.mark.parametrize("turn", [0.0, 12.0])
def test_a_character_reads_as_itself(turn: float) -> None:
    found = read("稽", "稽", turn)
    assert found.certain
    assert found.variant is None
    assert found.rival is None


def test_another_character_does_not() -> None:
    found = read("會", "稽")
    assert not found.certain
    assert found.rival == found.reading.best == "會"


def test_a_variant_is_the_character_and_is_named() -> None:
    found = read("為", "为")
    assert found.certain
    assert found.variant == "為"
    assert found.wanted == pytest.approx(found.reading.chance("為"), abs=0.05)


def test_without_a_wanted_character_the_likeliest_is_taken() -> None:
    found = read("山", None)
    assert found.certain
    assert found.reading.best == "山"


class Counting(Recogniser):
    """Reads everything as 山 and counts the looks; knows no 稧."""

    def __init__(self) -> None:
        self.looks: list[int] = []

    def knows(self, char: str) -> bool:
        return char == "山"

    def characters(self, crops: Sequence[RGB], wanted: Sequence[str | None]) -> tuple[Reading, ...]:
        self.looks.append(len(crops))
        return tuple(Reading(0.9 if char == "山" else 0.0, "山", 0.9, (("山", 0.9),)) for char in wanted)


def test_only_doubtful_glyphs_are_looked_at_again(flawed: PaintedPage, flawed_ink: Coverage) -> None:
    cells = [
        Cell(c.index, c.line, c.box, 0.0, char) for c, char in zip(flawed.characters, ("山", "山", "水"), strict=False)
    ]
    recogniser = Counting()
    recogniser.knows = lambda char: True  # type: ignore[method-assign]
    found = identify(flawed.rgb, [own_ink(flawed_ink, cell) for cell in cells], cells, recogniser)
    assert recogniser.looks == [3, 3]  # three further looks at the one doubtful glyph
    assert [one.certain for one in found] == [True, True, False]


def test_what_the_recogniser_cannot_know_is_said(flawed: PaintedPage, flawed_ink: Coverage) -> None:
    cell = Cell(0, 0, flawed.characters[0].box, 0.0, "䶮")
    (found,) = identify(flawed.rgb, [own_ink(flawed_ink, cell)], [cell], Counting())
    assert not found.known
    assert not found.certain


def test_a_character_that_is_misread_however_clean_is_no_evidence() -> None:
    faces = [face for face in installed() if face.family in ("AR PL UKai", "TW-Kai") and covers(face, "慼")]
    if not faces:
        pytest.skip("no Kai font is installed")
    assert misread_when_clean("慼", "感", faces)
    assert not misread_when_clean("理", "埋", faces)
    assert not misread_when_clean("慼", "感", [])
