from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from retouch.editors.recolour import RecolourEditor
from retouch.errors import EditorError
from retouch.geometry import Box
from retouch.parts import create
from retouch.protocols import Editor
from retouch.spec import Spec

EDITOR = RecolourEditor()


def lightness(rgb: Any) -> Any:
    return cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 0]


def test_it_is_an_editor_that_the_registry_makes() -> None:
    editor = create("editors", Spec.parse("recolour"))
    assert isinstance(editor, Editor)
    assert editor.traits.operations == ("recolour",)


@pytest.mark.parametrize(("target", "rgb"), [("#c81e28", (200, 30, 40)), ("navy", (0, 0, 128))])
def test_the_ink_gets_the_colour_and_edges_run_into_the_paper(
    target: str, rgb: tuple[int, int, int], page: Any, watch: Any
) -> None:
    asked = page.request(4, target, operation="recolour")
    done = EDITOR.edit(asked, watch).pixels.astype(np.float32)
    full, half = (asked.mask & (page.ink > low) & (page.ink < high) for low, high in ((0.98, 2), (0.4, 0.6)))
    assert np.allclose(np.median(done[full], axis=0), rgb, atol=8)
    between = np.array(rgb) * 0.5 + np.array(page.style.paper) * 0.5
    assert np.allclose(done[half].mean(axis=0), between, atol=20)


def test_outside_the_mask_and_bare_paper_stay(page: Any, watch: Any) -> None:
    asked = page.request(4, "red", operation="recolour")
    done = EDITOR.edit(asked, watch).pixels
    assert np.array_equal(done[~asked.mask], page.rgb[~asked.mask])
    paper = asked.mask & (page.ink == 0)
    assert np.abs(done[paper].astype(int) - page.rgb[paper]).mean() < 1.5


def test_specks_of_the_paper_keep_their_colour(page: Any, watch: Any) -> None:
    asked = page.request(4, "red", operation="recolour")
    done = EDITOR.edit(asked, watch).pixels
    away = asked.mask & (cv2.dilate((page.ink > 0.15).astype(np.uint8), np.ones((11, 11), np.uint8)) == 0)
    assert away.sum() > 100
    assert np.array_equal(done[away], page.rgb[away])


def test_shading_is_left(watch: Any, page: Any) -> None:
    shade = np.linspace(90, 170, 80)[:, None]
    canvas = np.full((120, 120, 3), 245, np.uint8)
    canvas[20:100, 30:90] = np.repeat(shade, 60, axis=1)[..., None] * np.array([0.4, 0.6, 1.0])
    mask = np.zeros((120, 120), np.bool_)
    mask[20:100, 30:90] = True
    asked = page.request(4, "#a03030", operation="recolour")
    asked = replace(asked, canvas=canvas, shown=canvas, mask=mask, box=Box(30, 20, 60, 80), style=None)
    result = EDITOR.edit(asked, watch)
    assert result.effective["recoloured"] == "the whole mask"
    before, after = (lightness(p)[25:95, 40:80].mean(axis=1) for p in (canvas, result.pixels))
    assert np.corrcoef(before, after)[0, 1] > 0.999
    assert np.ptp(after) == pytest.approx(np.ptp(before), rel=0.1)
    middle = result.pixels[25:95, 40:80].reshape(-1, 3).astype(float).mean(axis=0)
    assert middle[0] > middle[1] + 60 and middle[0] > middle[2] + 60


def test_light_ink_on_dark_paper(make_page: Any, watch: Any) -> None:
    page = make_page(colour=(250, 248, 240), paper=(30, 40, 90))
    asked = page.request(4, "gold", operation="recolour")
    done = EDITOR.edit(asked, watch).pixels
    full = asked.mask & (page.ink > 0.98)
    assert np.allclose(np.median(done[full], axis=0), (255, 215, 0), atol=12)


@pytest.mark.parametrize("target", [None, "", "vermillionish"])
def test_what_is_no_colour_is_named(target: str | None, page: Any, watch: Any) -> None:
    with pytest.raises(EditorError, match="is no colour"):
        EDITOR.edit(page.request(4, target, operation="recolour"), watch)


def test_an_empty_mask_is_refused(page: Any, watch: Any) -> None:
    asked = page.request(4, "red", operation="recolour")
    with pytest.raises(EditorError, match="is empty"):
        EDITOR.edit(replace(asked, mask=np.zeros_like(asked.mask)), watch)
