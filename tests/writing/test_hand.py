from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.geometry import Box
from retouch.interfaces.demo.recipe import PaintedPage
from retouch.style import Direction, Face
from retouch.writing.cells import Cell
from retouch.writing.fonts import installed
from retouch.writing.hand import Hand, Norm, compared, likened, own_ink, study
from retouch.writing.ink import Coverage, coverage, ink_box
from retouch.writing.recogniser import Reading


@pytest.fixture(scope="module")
def ink(page: PaintedPage) -> Coverage:
    return coverage(page.rgb)


@pytest.fixture(scope="module")
def cells(page: PaintedPage) -> list[Cell]:
    return [Cell(c.index, c.line, c.box.grown(3), 0.0, c.wanted) for c in page.characters]


def studied(page: PaintedPage, ink: Coverage, cells: list[Cell], faces: list[Face] | None) -> Hand:
    readings = [Reading(1.0, cell.wanted or "", 1.0, ((cell.wanted or "", 1.0),)) for cell in cells]
    return study(page.rgb, ink, cells, readings, Direction.VERTICAL_RL, faces)


@pytest.fixture(scope="module")
def hand(page: PaintedPage, ink: Coverage, cells: list[Cell]) -> Hand:
    return studied(page, ink, cells, None)


def test_a_page_in_an_installed_font_can_be_judged(hand: Hand, kai: Face) -> None:
    assert hand.strokes_judged
    assert hand.faces[0].face.family == kai.family
    assert [f.face.family for f in hand.templates("稽")] == [kai.family]
    assert hand.style.faces[0] == hand.faces[0].face


def test_the_style_is_that_of_the_page(hand: Hand) -> None:
    style = hand.style
    assert max(style.ink) < 80 < 180 < min(style.paper)
    assert 2.5 < style.stroke.median < 9
    assert style.stroke.low <= style.stroke.median <= style.stroke.high
    assert 45 < style.height.median < 72


def test_a_page_that_no_face_fits_is_not_judged(page: PaintedPage, ink: Coverage, cells: list[Cell]) -> None:
    cursive = [face for face in installed() if face.family.endswith("Sousyo")]
    if not cursive:
        pytest.skip("no cursive font is installed")
    hand = studied(page, ink, cells, cursive)
    assert not hand.strokes_judged
    assert hand.faces[0].distance > 0.1


def test_without_faces_there_is_a_hand_all_the_same(page: PaintedPage, ink: Coverage, cells: list[Cell]) -> None:
    hand = studied(page, ink, cells, [])
    assert hand.faces == ()
    assert not hand.strokes_judged
    assert hand.templates("稽") == ()
    assert compared(hand, "稽", own_ink(ink, cells[0])) is None
    assert len(hand.exemplars("會")) == 2


def test_exemplars_are_good_copies_elsewhere(hand: Hand, cells: list[Cell]) -> None:
    copies = hand.exemplars("會")
    assert [glyph.char for glyph in copies] == ["會", "會"]
    assert hand.exemplars("會", excluding=copies[0].cell.box) == copies[1:]
    assert hand.doubting([copies[0].cell.box]).exemplars("會") == copies[1:]
    assert hand.exemplars("龍") == ()


def test_a_copy_is_like_its_character_and_unlike_another(hand: Hand, ink: Coverage, cells: list[Cell]) -> None:
    one, other = (glyph.cell for glyph in hand.exemplars("會"))
    (same,) = likened(hand, "會", own_ink(ink, one), one.box)
    different = likened(hand, "會", own_ink(ink, cells[0]), None)
    assert len(different) == 2
    assert same < 0.1 < min(different)
    assert likened(hand, "會", own_ink(ink, other), other.box)[0] == pytest.approx(same, rel=0.5)


def test_every_glyph_is_near_its_template(hand: Hand, ink: Coverage, cells: list[Cell]) -> None:
    found = [compared(hand, cell.wanted or "", own_ink(ink, cell)) for cell in cells]
    distances = [one.distance for one in found if one is not None]
    assert len(distances) == len(cells)
    assert np.quantile(distances, 0.9) < 0.03
    wrong = compared(hand, "龍", own_ink(ink, cells[0]))
    assert wrong is not None
    assert wrong.distance > 10 * hand.faces[0].distance


def test_strokes_of_a_neighbour_are_left_out() -> None:
    ink = np.zeros((120, 200), dtype=np.float32)
    ink[30:90, 50:60] = 1  # own stroke
    ink[30:90, 80:86] = 1  # own stroke at the edge
    ink[50:56, 96:190] = 1  # the neighbour's, reaching into the cell's margin
    own = own_ink(ink, Cell(0, 0, Box(40, 20, 50, 80)))
    box = ink_box(own)
    grow = (own.shape[1] - 50) // 2
    assert box == Box(10 + grow, 10 + grow, 36, 60)


def test_where_neighbours_touch_the_edge_of_the_cell_cuts() -> None:
    ink = np.zeros((120, 300), dtype=np.float32)
    ink[30:90, 50:60] = 1
    ink[50:56, 50:200] = 1  # one bar through this cell and the next
    ink[20:100, 60:88] = 1
    own = own_ink(ink, Cell(0, 0, Box(40, 15, 50, 90)))
    grow = (own.shape[1] - 50) // 2
    assert own[:, grow + 50 + 3 :].max() == 0
    assert own[:, grow : grow + 50].sum() > 2000


@given(st.lists(st.floats(-5, 5), min_size=5, max_size=40), st.floats(-3, 3), st.floats(0.5, 4))
def test_a_norm_moves_with_its_values(values: list[float], shift: float, gain: float) -> None:
    plain = Norm.of(values, 1e-3)
    moved = Norm.of([gain * value + shift for value in values], 1e-3 * gain)
    assert moved.median == pytest.approx(gain * plain.median + shift, abs=1e-6)
    assert moved.z(gain * 2 + shift) == pytest.approx(plain.z(2), rel=1e-6, abs=1e-6)


def test_few_values_are_filled_up_with_what_is_usual() -> None:
    assert Norm.of([], 0.5, 3.0) == Norm(3.0, 0.5)
    assert Norm.of([9.0], 0.5, 3.0).median == 3.0
    assert math.isclose(Norm.of([1.0] * 9 + [50.0], 0.5).deviation, 0.5)


def test_strokes_are_measured_as_they_stand_on_a_tilted_page(page: PaintedPage, ink: Coverage) -> None:
    """Turning a crop upright softens it: the same glyphs, said to be tilted, are no softer for that."""
    level = [Cell(c.index, c.line, c.box.grown(3), 0.0, c.wanted) for c in page.characters]
    tilted = [Cell(c.index, c.line, c.box.grown(3), 1.0, c.wanted) for c in page.characters]
    plain, turned = (studied(page, ink, cells, []).style for cells in (level, tilted))
    assert turned.softness.median == pytest.approx(plain.softness.median, abs=0.02)
    assert turned.stroke.median == pytest.approx(plain.stroke.median, abs=0.3)
