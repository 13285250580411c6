"""The glyph guide: the wanted glyphs as a reference picture, and the words that say what it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from retouch.edit import EditRequest, EditResult, FixedCanvas, Traits
from retouch.orchestrator.document import Document
from retouch.orchestrator.guide import guide
from retouch.orchestrator.project import Project
from retouch.plan import ColourIs, Plan, Step, TextReads
from retouch.style import Face
from retouch.writing import fonts

MakeStep = Callable[..., Step]
MakePlan = Callable[..., Plan]
BOX = (60, 50, 60, 60)


@pytest.fixture(scope="module")
def face() -> Face:
    found = [face for face in fonts.installed() if all(fonts.covers(face, char) for char in "稽亭Ag")]
    if not found:
        pytest.skip("no installed font draws 稽亭Ag")
    return found[0]


class Several:
    """A model that takes so many reference pictures."""

    def __init__(self, references: int, exact: bool = False) -> None:
        self.traits = Traits(FixedCanvas(256 * 256, 32), references=references, exact=exact)
        self.requests: list[EditRequest] = []

    def edit(self, request: EditRequest, watch: Any) -> EditResult:
        self.requests.append(request)
        out = request.canvas.copy()
        out[request.mask] = 30
        return EditResult(out)


def test_a_guide_shows_every_glyph_in_black_on_white(face: Face) -> None:
    reference = guide("稽亭", face)
    assert reference is not None and (reference.kind, reference.text) == ("glyph", "稽亭")
    height, width = reference.pixels.shape[:2]
    assert width > 1.8 * height - 200 and reference.pixels.max() == 255 and reference.pixels.min() < 20
    assert (reference.pixels[:8] == 255).all() and (reference.pixels[:, -8:] == 255).all(), "nothing is clipped"
    ink = reference.ink
    assert ink is not None and np.array_equal(reference.pixels[:, :, 0], np.rint(255 * (1 - ink)).astype(np.uint8))
    left, right = ink[:, : width // 2], ink[:, width // 2 :]
    assert left.sum() > 500 and right.sum() > 500 and not np.array_equal(left, right)


def test_upright_text_is_set_in_a_column_and_long_text_smaller_or_not_at_all(face: Face) -> None:
    column, line, long = guide("稽亭", face, upright=True), guide("Ag 稽", face), guide("稽" * 20, face)
    assert column is not None and column.pixels.shape[0] > column.pixels.shape[1]
    assert line is not None and line.pixels.shape[1] > line.pixels.shape[0]
    assert long is not None and long.pixels.shape[1] < 1200
    assert guide("稽" * 60, face) is None


def test_a_model_that_takes_pictures_gets_the_guide_and_is_told_what_it_is(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, judge: Any, face: Face
) -> None:
    model = Several(2)
    wanted = step("a", BOX, target="稽", instruction='Write "稽"', expectation=TextReads(text="稽"))
    report = document.run(plan=plan(wanted), editors=[model], verifiers=[judge()])
    (request,) = model.requests
    assert [(r.kind, r.text) for r in request.references] == [("glyph", "稽")]
    assert 'in black on white shows "稽" set in a font' in request.instruction
    assert request.instruction.startswith('Write "稽". The picture')
    (attempt,) = project.store.attempts(report.run or "")
    assert attempt.request["references"] == ["glyph 稽"]


@pytest.mark.parametrize(("references", "exact"), [(0, False), (4, True)])
def test_no_guide_for_an_editor_that_takes_none_or_sets_type_itself(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any, references: int, exact: bool
) -> None:
    model = Several(references, exact)
    document.run(plan=plan(step("a", BOX, target="永")), editors=[model], verifiers=[judge()])
    assert model.requests[0].references == () and "picture" not in model.requests[0].instruction


def test_no_guide_where_no_text_is_written(document: Document, plan: MakePlan, step: MakeStep, judge: Any) -> None:
    model = Several(2)
    red = step("a", BOX, operation="recolour", target="red", expectation=ColourIs(colour="red"))
    document.run(plan=plan(red), editors=[model], verifiers=[judge()])
    assert model.requests[0].references == ()
