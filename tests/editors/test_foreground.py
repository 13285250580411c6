from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from retouch.editors.foreground import separate


def region(page: Any, position: int, grow: int = 5) -> Any:
    mask = np.zeros(page.rgb.shape[:2], np.bool_)
    mask[page.box(position).grown(grow).slices] = True
    return mask


@pytest.mark.parametrize("styled", [True, False])
@pytest.mark.parametrize(
    ("colour", "paper"),
    [((20, 14, 10), (216, 190, 140)), ((250, 248, 240), (30, 40, 90)), ((190, 30, 40), (240, 236, 220))],
)
def test_coverage_is_that_with_which_the_page_was_painted(
    styled: bool, colour: tuple[int, int, int], paper: tuple[int, int, int], make_page: Callable[..., Any]
) -> None:
    page = make_page(colour=colour, paper=paper)
    seen = separate(page.rgb, region(page, 4), page.style if styled else None)
    assert np.abs(seen.coverage - page.ink).mean() < 0.02
    assert np.corrcoef(seen.coverage.ravel(), page.ink.ravel())[0, 1] > 0.99
    assert np.allclose(seen.ink, colour, atol=12)
    assert np.allclose(seen.paper.mean(axis=(0, 1)), paper, atol=4)


def test_paper_is_seen_under_uneven_light(make_page: Callable[..., Any]) -> None:
    page = make_page()
    light = np.linspace(0.6, 1.0, page.rgb.shape[1])[None, :, None]
    seen = separate((page.rgb * light).astype(np.uint8), region(page, 4))
    assert np.corrcoef(seen.coverage.ravel(), page.ink.ravel())[0, 1] > 0.98


def test_strokes_are_parted_by_where_most_of_them_lies(page: Any) -> None:
    seen = separate(page.rgb, region(page, 4), page.style)
    inside, outside = region(page, 4), ~region(page, 4)
    assert not (seen.own & seen.others).any()
    assert (seen.own & inside).sum() > 0.95 * ((page.ink > 0.5) & inside).sum()
    assert (seen.others & outside).sum() > 0.95 * ((page.ink > 0.5) & outside).sum()


def test_old_ink_holds_every_trace_and_stays_inside(page: Any) -> None:
    mask = region(page, 4)
    seen = separate(page.rgb, mask, page.style)
    old = seen.old_ink(mask)
    assert not (old & ~mask).any()
    assert not (mask & (page.ink > 0.02) & ~old).any()


def test_a_frame_of_another_colour_is_not_ink(page: Any) -> None:
    framed = page.rgb.copy()
    box = page.box(4).grown(3)
    for y in (box.y, box.bottom - 2):
        framed[y : y + 2, box.x : box.right] = (150, 40, 30)
    for x in (box.x, box.right - 2):
        framed[box.y : box.bottom, x : x + 2] = (150, 40, 30)
    seen = separate(framed, region(page, 4, grow=8), page.style)
    assert not seen.own[box.y, box.x : box.right].any()
    assert not seen.own[box.y : box.bottom, box.x].any()


def test_softness_is_the_pages(page: Any) -> None:
    seen = separate(page.rgb, region(page, 4), page.style)
    assert seen.softness == pytest.approx(page.style.softness.median, abs=0.2)
