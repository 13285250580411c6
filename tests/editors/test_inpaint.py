from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from retouch.edit import EditRequest
from retouch.editors.inpaint import InpaintEditor
from retouch.errors import EditorError
from retouch.geometry import Box
from retouch.parts import create
from retouch.protocols import Editor
from retouch.spec import Spec


def request(canvas: Any, box: Box, operation: Any = "remove-object") -> EditRequest:
    mask = np.zeros(canvas.shape[:2], np.bool_)
    mask[box.slices] = True
    return EditRequest(canvas, canvas, mask, box, operation, "")


def test_it_is_an_editor_that_the_registry_makes() -> None:
    editor = create("editors", Spec.parse("inpaint"))
    assert isinstance(editor, Editor)
    assert set(editor.traits.operations) == {"delete", "remove-object"}


def test_flat_stays_flat(watch: Any) -> None:
    canvas = np.full((90, 90, 3), (200, 180, 160), np.uint8)
    canvas[40:50, 40:50] = (10, 20, 200)
    done = InpaintEditor().edit(request(canvas, Box(36, 36, 18, 18)), watch).pixels
    assert (done == (200, 180, 160)).all()


def test_an_object_is_gone_and_the_rest_untouched(watch: Any) -> None:
    rng = np.random.default_rng(7)
    ground = np.clip(rng.normal((90, 140, 100), 5, (120, 160, 3)), 0, 255).astype(np.uint8)
    canvas = ground.copy()
    canvas[50:70, 60:90] = (240, 40, 40)
    asked = request(canvas, Box(55, 45, 40, 30))
    done = InpaintEditor().edit(asked, watch).pixels
    assert np.array_equal(done[~asked.mask], canvas[~asked.mask])
    filled = done[asked.mask].astype(np.float32)
    assert np.allclose(filled.mean(axis=0), (90, 140, 100), atol=4)
    assert filled.std(axis=0).mean() == pytest.approx(5, rel=0.4)


def test_deleting_text_takes_its_ink_alone(page: Any, watch: Any) -> None:
    asked = page.request(4, None, operation="delete")
    result = InpaintEditor().edit(asked, watch)
    paper_inside = asked.mask & (page.ink < 0.001)
    kept = (result.pixels == page.rgb).all(axis=2)
    assert kept[paper_inside].mean() > 0.4
    was_ink = asked.mask & (page.ink > 0.3)
    assert np.allclose(result.pixels[was_ink].mean(axis=0), page.style.paper, atol=3)
    assert any("ink alone" in note for note in result.notes)


def test_neighbouring_writing_does_not_run_into_the_hole(page: Any, watch: Any) -> None:
    asked = page.request(4, None, operation="remove-object")
    done = InpaintEditor().edit(asked, watch).pixels
    assert done[asked.mask].min(axis=1).min() > 110, "paper's darkest channel is 140; ink would be 10"


def test_the_same_request_gives_the_same_bytes(page: Any, watch: Any) -> None:
    asked = page.request(4, None, operation="delete", seed=9)
    first, second = (InpaintEditor().edit(asked, watch).pixels.tobytes() for _ in range(2))
    assert first == second


def test_masks_that_leave_nothing_to_do_or_nothing_to_go_on_from(page: Any, watch: Any) -> None:
    asked = page.request(4, None, operation="delete")
    for mask, found in ((np.zeros_like(asked.mask), "is empty"), (np.ones_like(asked.mask), "whole canvas")):
        with pytest.raises(EditorError, match=found):
            InpaintEditor().edit(replace(asked, mask=mask), watch)
