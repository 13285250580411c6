from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from retouch.edit import EditResult
from retouch.editors.scripted import ScriptedEditor
from retouch.errors import BudgetError, EditorError, SpecError
from retouch.geometry import Box
from retouch.parts import create
from retouch.patch import Patch
from retouch.protocols import Editor
from retouch.spec import Spec


def test_a_sequence_is_given_out_in_order_and_then_ends(page: Any, watch: Any) -> None:
    whole = np.full_like(page.rgb, 7)
    box = page.box(4)
    part = np.full((box.height, box.width, 3), 9, np.uint8)
    patch = Patch(Box(0, 0, 2, 2), np.full((2, 2, 3), 1, np.uint8), np.ones((2, 2), np.bool_))
    ready = EditResult(whole, notes=("ready",))
    editor = ScriptedEditor([whole, part, patch, BudgetError("no money left"), ready])
    asked = page.request(4, "山")
    assert np.array_equal(editor.edit(asked, watch).pixels, whole)
    second = editor.edit(asked, watch).pixels
    assert (second[box.slices] == 9).all() and np.array_equal(second[:10], page.rgb[:10])
    assert (editor.edit(asked, watch).pixels[:2, :2] == 1).all()
    with pytest.raises(BudgetError, match="no money"):
        editor.edit(asked, watch)
    assert editor.edit(asked, watch) is ready
    with pytest.raises(EditorError, match="only 5 replies"):
        editor.edit(asked, watch)
    assert editor.calls == 6 and editor.requests[0] is asked


def test_a_function_answers_each_request(page: Any, watch: Any) -> None:
    editor = ScriptedEditor(lambda request: request.canvas + np.uint8(1))
    assert np.array_equal(editor.edit(page.request(4, "山"), watch).pixels, page.rgb + np.uint8(1))


def test_a_picture_of_another_size_is_handed_on_for_the_guard_to_refuse(page: Any, watch: Any) -> None:
    odd = np.zeros((3, 5, 3), np.uint8)
    assert ScriptedEditor([odd]).edit(page.request(4, "山"), watch).pixels.shape == (3, 5, 3)


def test_the_spec_fills_the_mask(page: Any, watch: Any) -> None:
    editor = create("editors", Spec.parse("scripted?colour=red"))
    assert isinstance(editor, Editor)
    asked = page.request(4, "山")
    done = editor.edit(asked, watch).pixels
    assert (done[asked.mask] == (255, 0, 0)).all()
    assert np.array_equal(done[~asked.mask], page.rgb[~asked.mask])


def test_the_plain_spec_changes_nothing(page: Any, watch: Any) -> None:
    done = create("editors", Spec.parse("scripted")).edit(page.request(4, "山"), watch).pixels
    assert np.array_equal(done, page.rgb)


def test_the_spec_lays_a_picture_on_the_box(page: Any, watch: Any, tmp_path: Path) -> None:
    file = tmp_path / "blue.png"
    cv2.imwrite(str(file), np.full((8, 8, 3), (200, 30, 10), np.uint8))
    done = create("editors", Spec.parse(f"scripted:{file}")).edit(page.request(4, "山"), watch).pixels
    assert (done[page.box(4).slices] == (10, 30, 200)).all()


@pytest.mark.parametrize(
    ("spec", "found"), [("scripted:/no/such.png", "no picture"), ("scripted?colour=xyz", "no colour")]
)
def test_what_cannot_be_used_is_named(spec: str, found: str) -> None:
    with pytest.raises(SpecError, match=found):
        create("editors", Spec.parse(spec))


def test_rungs_and_parallel_calls_can_be_told() -> None:
    traits = ScriptedEditor(rungs="first,second", parallel=3).traits
    assert traits.rungs == ("first", "second") and traits.parallel == 3
