from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from retouch.editors.foreground import separate
from retouch.editors.lettering import CLIPPED, Setting, best_shift, clipped, draw, ink_centre, sketch, smooth_noise
from retouch.editors.look import Look, look_of
from retouch.geometry import Size
from retouch.writing.metrics import glyph_box, measure

SIZE = Size(160, 160)


@pytest.fixture
def look(page: Any) -> Look:
    request = page.request(4, "永")
    return look_of(request, separate(request.canvas, request.mask, request.style))


def drawn(page: Any, look: Look, **more: Any) -> Any:
    setting = Setting(**({"char": "山", "face": page.face, "x": 80, "y": 80, "width": 90, "height": 90} | more))
    return draw([setting], look, SIZE, np.random.default_rng(1))


def test_a_glyph_has_the_looks_stroke_and_softness(page: Any, look: Look) -> None:
    own = measure(drawn(page, look)).stroke
    heavy = measure(drawn(page, replace(look, stroke=look.stroke + 3)))
    assert heavy.stroke - own == pytest.approx(3, abs=0.8)
    assert measure(drawn(page, replace(look, stroke=12, softness=2.0))).softness == pytest.approx(2.0, abs=0.35)


def test_a_glyph_stands_where_it_is_set(page: Any, look: Look) -> None:
    setting = Setting("山", page.face, 70, 90, 90, 90)
    ink = draw([setting], look, SIZE, np.random.default_rng(1))
    assert np.allclose(glyph_box(ink).centre, ink_centre(setting), atol=2)
    assert np.allclose(ink_centre(setting.moved(5, -3)), np.array(ink_centre(setting)) + (5, -3))


def test_a_glyph_is_turned_clockwise_and_leans(page: Any, look: Look) -> None:
    stroke = [drawn(page, look, char="一", angle=angle) for angle in (0, 90)]
    assert glyph_box(stroke[0]).width > 60 > 40 > glyph_box(stroke[1]).width
    upright, leaning = (np.argwhere(drawn(page, look, char="丨", slant=s) > 0.5) for s in (0, 20))
    top, bottom = (leaning[leaning[:, 0] == row, 1].mean() for row in (leaning[:, 0].min(), leaning[:, 0].max()))
    assert top > bottom + 15 and np.ptp(upright[:, 1]) < np.ptp(leaning[:, 1])


def test_only_a_hand_wanders(page: Any, look: Look) -> None:
    setting = [Setting("永", page.face, 80, 80, 90, 90)]
    for hand, same in ((False, True), (True, False)):
        first, second = (draw(setting, replace(look, hand=hand), SIZE, np.random.default_rng(s)) for s in (1, 2))
        assert np.array_equal(first, second) == same


def test_a_sketch_is_near_the_drawing(page: Any, look: Look) -> None:
    setting = [Setting("永", page.face, 80, 80, 90, 90)]
    exact = draw(setting, replace(look, stroke=0, modulation=None, hand=False), SIZE, np.random.default_rng(1))
    assert np.corrcoef(sketch(setting, SIZE).ravel(), exact.ravel())[0, 1] > 0.93


def test_clipping_is_seen_and_moved_away_from(page: Any, look: Look) -> None:
    ink = drawn(page, look)
    box = glyph_box(ink)
    mask = np.zeros(ink.shape, np.bool_)
    mask[box.grown(6).moved(0, -5).slices] = True
    assert clipped(ink, np.ones_like(mask)) == 0
    cut = mask.copy()
    cut[box.bottom - 6 :] = False
    assert clipped(ink, cut) == 1
    dx, dy, loss = best_shift(ink, cut, 12)
    assert abs(dx) <= 1 and loss <= CLIPPED and -12 <= dy < 0


def test_smooth_noise_is_smooth_and_the_same_for_the_same_seed() -> None:
    first, second = (smooth_noise(np.random.default_rng(3), 200, 4) for _ in range(2))
    assert np.array_equal(first, second)
    assert np.abs(np.diff(first, axis=0)).max() < 0.4 < first.std()
