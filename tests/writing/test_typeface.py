from __future__ import annotations

import pytest

from retouch.interfaces.demo.recipe import PaintedPage
from retouch.style import Face
from retouch.writing.cells import Cell
from retouch.writing.fonts import installed
from retouch.writing.hand import OWN, own_ink
from retouch.writing.ink import Coverage, coverage
from retouch.writing.typeface import em_of, fit_faces


@pytest.fixture(scope="module")
def pairs(page: PaintedPage) -> list[tuple[str, Coverage]]:
    ink = coverage(page.rgb)
    cells = [Cell(c.index, c.line, c.box.grown(3), 0.0, c.wanted) for c in page.characters]
    return [(cell.wanted or "", own_ink(ink, cell)) for cell in cells]


def test_the_page_is_written_in_its_own_face(pairs: list[tuple[str, Coverage]], kai: Face) -> None:
    fitted = fit_faces([char for char, _ in pairs], [ink for _, ink in pairs], installed())
    assert fitted[0].face.family == kai.family
    assert fitted[0].distance < OWN
    assert fitted[0].em == pytest.approx(64, rel=0.12)
    families = [f.face.family for f in fitted if f.face.family != kai.family]
    assert families
    assert all(f.distance > fitted[0].distance for f in fitted if f.face.family in families)


def test_without_its_own_family_another_one_fits_less(pairs: list[tuple[str, Coverage]], kai: Face) -> None:
    others = [face for face in installed() if face.family != kai.family]
    if not others:
        pytest.skip("only one Chinese font family is installed")
    fitted = fit_faces([char for char, _ in pairs], [ink for _, ink in pairs], others)
    assert fitted[0].distance > OWN
    assert kai.family not in {f.face.family for f in fitted}


def test_no_faces_and_no_glyphs_give_no_fit(pairs: list[tuple[str, Coverage]], kai: Face) -> None:
    assert fit_faces(["山"], [pairs[0][1]], []) == ()
    assert fit_faces([], [], [kai]) == ()


def test_the_em_is_in_page_pixels(pairs: list[tuple[str, Coverage]], kai: Face) -> None:
    assert em_of(kai, pairs) == pytest.approx(64, rel=0.08)
