from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from retouch.geometry import Box
from retouch.writing.ink import coverage, dark_on_light, ink_box, strokes

Page = NDArray[np.uint8]
CROSS = (slice(80, 92), slice(30, 170))


def page(paper: tuple[int, int, int], ink: tuple[int, int, int]) -> Page:
    rgb = np.full((200, 200, 3), paper, dtype=np.uint8)
    rgb[CROSS] = ink
    rgb[40:160, 94:106] = ink
    return rgb


@pytest.mark.parametrize(
    ("paper", "ink"),
    [((245, 240, 225), (30, 28, 30)), ((20, 24, 30), (240, 240, 235)), ((250, 250, 250), (190, 30, 30))],
    ids=["black on cream", "white on black", "red on white"],
)
def test_ink_is_one_and_paper_nothing(paper: tuple[int, int, int], ink: tuple[int, int, int]) -> None:
    found = coverage(page(paper, ink))
    assert found.dtype == np.float32
    assert found[CROSS].mean() > 0.97
    assert found[:20].max() < 0.05


def test_shade_over_the_paper_is_not_ink() -> None:
    rgb = page((245, 240, 225), (30, 28, 30)).astype(np.float32)
    shade = np.linspace(1.0, 0.7, 200, dtype=np.float32)[None, :, None]
    found = coverage((rgb * shade).astype(np.uint8))
    assert found[:20].max() < 0.15
    assert found[CROSS].min() > 0.75


def test_a_red_frame_beside_black_writing_is_damped() -> None:
    rgb = page((240, 230, 205), (25, 25, 25))
    cv2.rectangle(rgb, (10, 10), (190, 190), (220, 30, 30), 3)
    found = coverage(rgb)
    assert found[11, 40:160].max() < 0.1
    assert found[CROSS].mean() > 0.95


def test_blank_paper_has_no_ink() -> None:
    grain = np.random.default_rng(1).normal(235, 3, (120, 160, 3))
    found = coverage(np.clip(grain, 0, 255).astype(np.uint8))
    assert found.max() < 0.5
    assert ink_box(found) is None


def test_polarity() -> None:
    assert dark_on_light(page((240, 240, 240), (10, 10, 10)))
    assert not dark_on_light(page((10, 10, 10), (240, 240, 240)))


def test_strokes_keep_pale_ink() -> None:
    ink = np.zeros((50, 50), dtype=np.float32)
    ink[10:15, 5:45] = 1.0
    ink[30:35, 5:45] = 0.45
    assert strokes(ink)[10:15, 5:45].all()
    assert strokes(ink)[30:35, 5:45].all()
    assert not strokes(ink)[:8].any()


@settings(max_examples=40, deadline=None)
@given(st.integers(5, 60), st.integers(5, 60), st.integers(8, 40), st.integers(8, 40))
def test_ink_box_is_tight(x: int, y: int, width: int, height: int) -> None:
    ink = np.zeros((110, 110), dtype=np.float32)
    ink[y : y + height, x : x + width] = 0.9
    assert ink_box(ink) == Box(x, y, width, height)


def test_specks_do_not_widen_the_box() -> None:
    ink = np.zeros((100, 100), dtype=np.float32)
    ink[30:70, 30:70] = 1
    ink[2:4, 2:4] = 1
    assert ink_box(ink) == Box(30, 30, 40, 40)


def test_a_brown_border_beside_black_writing_is_damped() -> None:
    rgb = page((214, 212, 205), (28, 25, 24))
    cv2.rectangle(rgb, (8, 8), (192, 192), (166, 122, 104), 4)
    found = coverage(rgb)
    assert found[9, 40:160].max() < 0.15
    assert found[CROSS].mean() > 0.95


def test_purple_writing_that_fades_to_pink_is_ink() -> None:
    rgb = page((250, 250, 250), (120, 20, 220))
    rgb[40:92, 94:106] = (230, 40, 200)
    found = coverage(rgb)
    assert found[100:150, 96:104].mean() > 0.9
    assert found[45:75, 96:104].mean() > 0.25
