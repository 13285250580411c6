from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from retouch.edit import RGB, EditRequest
from retouch.editors.inpaint import InpaintEditor
from retouch.editors.rules import find_rules
from retouch.editors.typeset import TypesetEditor
from retouch.geometry import Box
from retouch.writing.fonts import covers, installed, render

SIDE = 112
"""Where the line runs: beside the middle character, whose box begins at 120."""
Mask = NDArray[np.bool_]


def ruled(rgb: RGB, colour: tuple[int, int, int], width: int, lean: float, dash: int, level: bool) -> tuple[RGB, Mask]:
    """The page under a line of `width` pixels that leans by `lean` pixels over the page, and where it was drawn."""
    share = np.zeros(rgb.shape[:2], np.float32)
    end = rgb.shape[0] - 1
    pieces = range(0, end, 2 * dash) if dash else [0]
    for start in pieces:
        stop = min(end, start + dash) if dash else end
        ends = [(SIDE + lean * (at / end - 0.5), at) for at in (start, stop)]
        points = [(round(16 * (y if level else x)), round(16 * (x if level else y))) for x, y in ends]
        layer = np.zeros(rgb.shape[:2], np.uint8)
        cv2.line(layer, points[0], points[1], 255, width, cv2.LINE_AA, 4)
        share = np.maximum(share, layer.astype(np.float32) / 255)
    mixed = rgb * (1 - share[..., None]) + np.array(colour, np.float32) * share[..., None]
    return np.rint(mixed).astype(np.uint8), share > 0.05


def touching(rgb: RGB, ink: tuple[float, ...], level: bool) -> RGB:
    """A stroke of the middle character that runs over the line and ends beyond it."""
    out = rgb.copy()
    ends = ((SIDE - 8, 160), (SIDE + 40, 170))
    points = [(y, x) if level else (x, y) for x, y in ends]
    cv2.line(out, points[0], points[1], tuple(float(value) for value in ink), 6, cv2.LINE_AA)
    return out


def on(request: EditRequest, canvas: RGB) -> EditRequest:
    mask = np.zeros_like(request.mask)
    mask[request.box.grown(18).slices] = True
    return replace(request, canvas=canvas, shown=canvas, mask=mask)


@pytest.mark.parametrize("level", [False, True])
@pytest.mark.parametrize(
    ("colour", "width", "lean", "dash"),
    [
        ((150, 92, 70), 3, 0.0, 0),
        ((190, 40, 30), 2, 4.0, 0),
        ((40, 60, 150), 3, -4.0, 0),
        ((120, 120, 118), 1, 0.0, 0),
        ((30, 26, 22), 3, 2.0, 0),
        ((30, 26, 22), 2, 0.0, 6),
        ((170, 60, 50), 3, 0.0, 5),
    ],
)
def test_a_ruled_line_stands_when_the_glyph_beside_it_is_set_anew(
    colour: tuple[int, int, int], width: int, lean: float, dash: int, level: bool, page: Any, watch: Any
) -> None:
    canvas, line = ruled(page.rgb, colour, width, lean, dash, level)
    done = TypesetEditor().edit(on(page.request(4, "日"), canvas), watch).pixels
    assert np.array_equal(done[line], canvas[line])


@pytest.mark.parametrize("level", [False, True])
@pytest.mark.parametrize("colour", [(150, 92, 70), (190, 40, 30), (40, 60, 150), (30, 26, 22)])
def test_a_line_goes_on_where_a_stroke_lay_on_it(
    colour: tuple[int, int, int], level: bool, page: Any, watch: Any
) -> None:
    canvas, line = ruled(page.rgb, colour, 3, 2.0, 0, level)
    written = touching(canvas, page.style.ink, level)
    request = on(page.request(4, "日"), written)
    done = TypesetEditor().edit(request, watch).pixels
    away = np.abs(done.astype(int) - canvas).max(axis=2)
    assert away[line].max() < 60 and np.percentile(away[line], 97) <= 12
    beyond = request.mask & (np.abs(written.astype(int) - canvas).max(axis=2) > 0)
    beyond[(slice(None), slice(SIDE, None))[:: -1 if level else 1]] = False
    assert beyond.any() and np.percentile(away[beyond], 95) < 40


@pytest.mark.parametrize("colour", [(200, 30, 30), (30, 60, 190), (20, 140, 60)])
def test_no_old_ink_stays_on_a_drawn_frame(colour: tuple[int, int, int], page: Any, watch: Any) -> None:
    framed = page.rgb.copy()
    request = page.request(4, "日")
    box = request.box.grown(7)
    cv2.rectangle(framed, (box.x, box.y), (box.right, box.bottom), colour, 3, cv2.LINE_AA)
    line = (np.abs(framed.astype(int) - page.rgb).max(axis=2) > 0) & on(request, framed).mask
    written = framed.copy()
    cv2.line(written, (box.x + 1, 160), (box.x + 40, 170), page.style.ink, 6, cv2.LINE_AA)
    done = TypesetEditor().edit(on(request, written), watch).pixels
    assert np.abs(written.astype(int) - framed)[line].max() > 60
    assert np.abs(done.astype(int) - framed)[line].max() <= 25


def test_deleting_a_character_leaves_the_line(page: Any, watch: Any) -> None:
    canvas, line = ruled(page.rgb, (190, 40, 30), 3, 0.0, 0, False)
    request = on(page.request(4, None, operation="delete"), canvas)
    done = InpaintEditor().edit(request, watch).pixels
    assert np.array_equal(done[line], canvas[line])
    assert not np.array_equal(done, canvas)


@pytest.mark.parametrize("angle", [-8.0, 5.0])
def test_lines_turn_with_the_page(angle: float) -> None:
    ink = np.zeros((300, 300), np.float32)
    lean = np.tan(np.radians(angle)) * 300
    cv2.line(ink, (round(80 + lean / 2), 0), (round(80 - lean / 2), 299), 0.5, 3)
    (rule,) = find_rules(ink, ink < 0, Box(110, 105, 90, 90), 90.0, angle)
    assert rule.upright
    drawn = ink > 0
    assert (rule.pixels((300, 300), rule.alone) & drawn).sum() > 0.97 * drawn.sum()


@pytest.mark.parametrize("char", "三川中十口目")
def test_strokes_of_characters_are_no_lines(char: str, make_page: Callable[..., Any]) -> None:
    page = make_page(char * 9)
    assert find_rules(page.ink, page.ink < 0, page.box(4), 90.0) == ()


@pytest.mark.parametrize("tilt", [0.0, -2.0, 2.0])
@pytest.mark.parametrize("char", "彼短海陰")
def test_strokes_one_below_the_other_are_no_line(char: str, tilt: float) -> None:
    """A column set tightly in a print face: its characters' upright strokes nearly meet."""
    face = next((face for face in installed() if "Serif" in face.family and covers(face, char)), None)
    if face is None:
        pytest.skip("no serif face is installed")
    size, gap = 48, 2
    column = np.zeros((3 * (size + gap) + 20, 3 * size), np.float32)
    for row in range(3):
        top = 10 + row * (size + gap)
        column[top : top + size, size : 2 * size] = render(face, char, size)[:size, :size]
    middle = (column.shape[1] / 2, column.shape[0] / 2)
    column = np.asarray(
        cv2.warpAffine(column, cv2.getRotationMatrix2D(middle, tilt, 1), column.shape[::-1]), np.float32
    )
    assert find_rules(column, column < 0, Box(size, 10 + size + gap, size, size), float(size), tilt) == ()
