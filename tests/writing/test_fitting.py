from __future__ import annotations

import numpy as np
import pytest

from retouch.errors import PictureError
from retouch.style import Face
from retouch.writing import fonts
from retouch.writing.fitting import (
    EM,
    advance,
    body,
    ink_box,
    outline,
    outline_of,
    signed_distance,
    softened,
    stroke_ratio,
    typical_stroke,
    weighted,
)
from retouch.writing.metrics import edge_softness, glyph_box, stroke_width


@pytest.fixture(scope="module")
def kai() -> Face:
    faces = [face for face in fonts.installed() if "ukai" in face.path]
    if not faces:
        pytest.skip("AR PL UKai is not installed (Debian: fonts-arphic-ukai)")
    return faces[0]


def test_signed_distance_is_positive_inside_and_grows_by_one_a_pixel() -> None:
    ink = np.zeros((41, 41), np.float32)
    ink[10:31, 10:31] = 1
    field = signed_distance(ink)
    assert field[20, 20] == pytest.approx(10.5, abs=0.5)
    assert field[20, 10] == pytest.approx(0.5) and field[20, 9] == pytest.approx(-0.5)
    assert field[20, 0] == pytest.approx(-9.5)


def test_a_ratio_of_one_gives_the_glyph_back(kai: Face) -> None:
    glyph = outline(kai, "永")
    again, drawn = weighted(glyph, 1.0), fonts.render(kai, "永", EM)
    rim = (again.shape[0] - drawn.shape[0]) // 2
    part = again[rim : rim + drawn.shape[0], rim : rim + drawn.shape[1]]
    assert np.abs(part - drawn).mean() < 0.004


@pytest.mark.parametrize("ratio", [0.7, 1.3, 1.6])
def test_strokes_get_the_wanted_width(ratio: float, kai: Face) -> None:
    glyph = outline(kai, "山")
    thin, fat = stroke_width(weighted(glyph, 1.0)), stroke_width(weighted(glyph, ratio))
    assert fat == pytest.approx(ratio * thin, rel=0.12)


def test_a_dense_glyph_is_not_filled_up(kai: Face) -> None:
    glyph = outline(kai, "觞")
    blackest = weighted(glyph, 9.0)
    box = glyph_box(blackest)
    assert blackest[box.slices].mean() < 0.62
    assert weighted(glyph, 1.0)[box.slices].mean() < blackest[box.slices].mean()


def test_less_contrast_evens_thick_and_thin_out(kai: Face) -> None:
    glyph = outline(kai, "永")
    even, varied = (outline_of(weighted(glyph, 1.0, contrast)).modulation for contrast in (0.4, 1.4))
    assert even < glyph.modulation < varied


def test_pressure_changes_weight_where_it_is(kai: Face) -> None:
    glyph = outline(kai, "山")
    pressure = np.zeros((glyph.side, glyph.side), np.float32)
    pressure[:, glyph.side // 2 :] = 0.4
    plain, pressed = weighted(glyph, 1.0), weighted(glyph, 1.0, pressure=pressure)
    half = glyph.side // 2
    assert np.allclose(plain[:, : half - 1], pressed[:, : half - 1])
    assert pressed[:, half + 1 :].sum() > 1.1 * plain[:, half + 1 :].sum()


@pytest.mark.parametrize("softness", [0.6, 1.0, 1.6])
def test_edges_get_the_wanted_softness(softness: float, kai: Face) -> None:
    ink = softened(fonts.render(kai, "山", 120), softness)
    assert edge_softness(ink) == pytest.approx(softness, abs=0.25)


def test_a_pages_stroke_of_the_faces_own_width_asks_for_no_change(kai: Face) -> None:
    own, glyph = typical_stroke(kai, 90, 1.0) * 90, outline(kai, "永")
    assert stroke_ratio(kai, glyph, 90, own, 1.0) == pytest.approx(1)
    assert stroke_ratio(kai, glyph, 90, own / 2, 1.0) == pytest.approx(0.5)


def test_a_heavier_page_widens_all_strokes_by_the_same_amount(kai: Face) -> None:
    own = typical_stroke(kai, 90, 1.0) * 90
    extra = []
    for char in "山觞":
        glyph = outline(kai, char)
        extra.append((stroke_ratio(kai, glyph, 90, own + 2, 1.0) - 1) * glyph.stroke * 90 / EM)
    assert extra == [pytest.approx(2), pytest.approx(2)]


def test_small_strokes_measure_wider_than_they_are(kai: Face) -> None:
    assert typical_stroke(kai, 20, 1.0) > 1.2 * typical_stroke(kai, 100, 1.0)


def test_bodies_and_boxes_are_in_em(kai: Face) -> None:
    width, height = body(kai)
    assert 0.8 < width < 1 and 0.8 < height < 1
    flat = ink_box(kai, "一")
    assert flat.height < 0.15 * EM < flat.width
    assert abs(flat.centre[1]) < 0.15 * EM


def test_latin_letters_advance_by_their_width(kai: Face) -> None:
    assert advance(kai, "永") == pytest.approx(1)
    assert advance(kai, "m") < 1


def test_a_character_the_face_does_not_draw_is_named(kai: Face) -> None:
    with pytest.raises(PictureError, match="no glyph"):
        outline(kai, "\U0010fffe")
