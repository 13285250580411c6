from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from retouch.editors.foreground import separate
from retouch.editors.look import colour_field, look_of
from retouch.errors import EditorError


def seen_and_look(request: Any) -> tuple[Any, Any]:
    seen = separate(request.canvas, request.mask, request.style)
    return seen, look_of(request, seen)


def test_a_style_is_taken_as_it_is(page: Any) -> None:
    _, look = seen_and_look(page.request(4, "山"))
    style = page.style
    assert look.ink == style.ink
    assert (look.stroke, look.softness, look.width) == (style.stroke.median, style.softness.median, style.width.median)


def test_without_a_style_the_neighbours_tell(page: Any) -> None:
    _, look = seen_and_look(replace(page.request(4, "山"), style=None))
    assert look.stroke == pytest.approx(page.style.stroke.median, rel=0.2)
    assert look.softness == pytest.approx(page.style.softness.median, abs=0.2)
    assert look.darkness == pytest.approx(page.style.darkness.median, abs=0.08)
    assert np.allclose(look.ink, page.style.ink, atol=15)


def test_a_blurred_glyph_does_not_blur_its_successor(page: Any) -> None:
    import cv2

    request = replace(page.request(4, "山"), style=None)
    canvas = page.rgb.copy()
    part = request.box.slices
    canvas[part] = cv2.GaussianBlur(canvas[part], (0, 0), 4)
    _, look = seen_and_look(replace(request, canvas=canvas, shown=canvas))
    assert look.softness < 1.4


def test_ruled_lines_tell_nothing_of_strokes(page: Any) -> None:
    canvas = page.rgb.copy()
    for x in (3, 110, 220, 326):
        canvas[:, x : x + 2] = page.style.ink
    request = replace(page.request(4, "山"), style=None, canvas=canvas, shown=canvas)
    assert seen_and_look(request)[1].stroke == pytest.approx(page.style.stroke.median, rel=0.2)


def test_where_nothing_is_written_there_is_no_look() -> None:
    from retouch.edit import EditRequest
    from retouch.geometry import Box

    blank = np.full((60, 60, 3), 210, np.uint8)
    mask = np.zeros((60, 60), np.bool_)
    mask[10:50, 10:50] = True
    with pytest.raises(EditorError, match="nothing is written"):
        seen_and_look(EditRequest(blank, blank, mask, Box(10, 10, 40, 40), "replace", "", target="山"))


def test_a_gradient_in_the_letters_is_kept(page: Any) -> None:
    ramp = np.linspace(0, 1, page.rgb.shape[0])[:, None, None]
    colours = (1 - ramp) * np.array([230, 20, 30]) + ramp * np.array([60, 20, 200])
    share = page.ink[..., None]
    canvas = np.rint(245 * (1 - share) + colours * share).astype(np.uint8)
    request = replace(page.request(4, "山"), style=None, canvas=canvas, shown=canvas)
    seen, _ = seen_and_look(request)
    field = colour_field(seen, canvas)
    box = request.box
    top, bottom = field[box.y + 12, box.x + 45], field[box.bottom - 18, box.x + 45]
    assert top[0] > bottom[0] + 10 and bottom[2] > top[2] + 10
