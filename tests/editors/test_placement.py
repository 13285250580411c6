from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from retouch.editors.foreground import separate
from retouch.editors.lettering import ink_centre
from retouch.editors.look import look_of
from retouch.editors.placement import old_box, place
from retouch.geometry import Box
from retouch.style import Direction


def settings(request: Any, text: str, face: Any) -> Any:
    seen = separate(request.canvas, request.mask, request.style)
    return place(text, face, request, seen, look_of(request, seen)), seen


def test_a_full_bodied_glyph_takes_the_old_ones_middle(page: Any) -> None:
    (one,), seen = settings(page.request(4, "林"), "林", page.face)
    assert np.allclose(ink_centre(one), old_box(seen).centre, atol=0.6)
    assert one.em == pytest.approx(90, rel=0.06)


def test_a_flat_glyph_stays_on_its_place_in_the_square(page: Any) -> None:
    (one,), _ = settings(page.request(4, "，"), "，", page.face)
    x, y = ink_centre(one)
    assert x < page.box(4).centre[0] and y > page.box(4).centre[1], "a comma stands at the lower left"


def test_a_remnant_does_not_make_the_glyph_small(page: Any) -> None:
    canvas = page.rgb.copy()
    request = page.request(4, "林")
    canvas[request.mask] = page.style.paper
    canvas[request.box.y + 40 : request.box.y + 46, request.box.x + 10 : request.box.x + 30] = page.style.ink
    (one,), _ = settings(replace(request, canvas=canvas, shown=canvas), "林", page.face)
    assert one.em > 75
    assert np.allclose(ink_centre(one), request.box.centre, atol=3)


def test_letters_of_an_upright_line_stand_below_each_other(page: Any) -> None:
    mask = np.zeros(page.rgb.shape[:2], np.bool_)
    column = Box.around([page.box(0), page.box(2)])
    mask[column.grown(4).slices] = True
    request = replace(page.request(1, "山水月"), mask=mask, box=column, source="永和九")
    placed, _ = settings(request, "山水月", page.face)
    assert [s.char for s in placed] == list("山水月")
    for position, setting in enumerate(placed):
        assert np.allclose((setting.x, setting.y), page.box(position).centre, atol=6)
        assert setting.em == pytest.approx(90, rel=0.12)


def test_a_longer_text_is_set_tighter_then_smaller(page: Any) -> None:
    mask = np.zeros(page.rgb.shape[:2], np.bool_)
    row = Box.around([page.box(1), page.box(7)])
    mask[row.grown(4).slices] = True
    style = replace(page.style, direction=Direction.HORIZONTAL)
    request = replace(page.request(4, "x"), mask=mask, box=row, source="和春事", style=style)
    same, _ = settings(request, "山水月", page.face)
    longer, _ = settings(request, "山水明月清風", page.face)
    assert longer[0].em < same[0].em
    assert longer[0].x - longer[0].em / 2 >= row.x - 14 and longer[-1].x + longer[-1].em / 2 <= row.right + 14
    assert all(later.x > earlier.x for earlier, later in zip(longer, longer[1:], strict=False))


def test_blanks_take_room_and_no_ink(page: Any) -> None:
    mask = np.zeros(page.rgb.shape[:2], np.bool_)
    row = Box.around([page.box(1), page.box(7)])
    mask[row.grown(4).slices] = True
    style = replace(page.style, direction=Direction.HORIZONTAL)
    request = replace(page.request(4, "x"), mask=mask, box=row, source="和春事", style=style)
    placed, _ = settings(request, "山 水", page.face)
    assert [s.char for s in placed] == ["山", "水"]
    assert placed[1].x - placed[0].x > 1.15 * placed[0].em
