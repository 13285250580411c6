"""Component repair: it starts from the attempt that was nearly right and is committed as one patch on the head."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from retouch.attempt import StepStatus
from retouch.edit import EditRequest
from retouch.editors.scripted import ScriptedEditor
from retouch.geometry import Box
from retouch.orchestrator import batch
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import Plan, Step
from retouch.verdict import Outcome

BOX = (20, 20, 40, 40)
PART = Box(40, 20, 20, 40)


def halves(request: EditRequest) -> Any:
    """Fills the region with 5 at first; as a component repair, the component with 9."""
    out = request.canvas.copy()
    if request.rung != "component":
        out[request.mask] = 5
        return out
    out[Box(*request.options["component_box"]).slices] = 9
    return out


def right(pixels: Any, step: Step) -> tuple[Outcome, float]:
    """Right where the left half shows 5 and the right half 9; nearly so with the left half alone."""
    left, part = bool((pixels[:, :20] == 5).all()), bool((pixels[:, 20:] == 9).all())
    return (Outcome.PASS, 1.0) if left and part else (Outcome.FAIL, 0.5 if left else 0.0)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "component_region", lambda session, work, nearly: PART)


@pytest.mark.usefixtures("known")
def test_a_component_repair_starts_from_the_nearly_right_attempt(
    document: Document,
    project: Project,
    page: Picture,
    plan: Callable[..., Plan],
    step: Callable[..., Step],
    judge: Any,
) -> None:
    editor = ScriptedEditor(halves, rungs=("first", "component"))
    report = document.run(plan=plan(step("a", BOX)), editors=[editor], verifiers=[judge(right)])
    (done,) = report.steps
    assert done.status is StepStatus.FIXED and done.attempts == 2
    first, repair = editor.requests
    assert not (first.canvas == 5).all(axis=2).any()
    assert (repair.canvas == 5).all(axis=2).sum() == 1600, "it sees the attempt it repairs"
    assert repair.mask.sum() == 1600, "an exact editor places the component by the whole region"
    attempts = project.store.attempts(report.run or "")
    assert [a.repairs for a in attempts] == [None, attempts[0].id]
    assert {a.base for a in attempts} == {report.base}
    version = document.version(done.version or "")
    assert version.parents[0].id == report.base and version.record.box == Box(*BOX), "the whole region is its patch"
    pixels = document.head().picture.pixels
    assert (pixels[20:60, 20:40] == 5).all() and (pixels[20:60, 40:60] == 9).all()
    outside = np.ones(pixels.shape[:2], np.bool_)
    outside[20:60, 20:60] = False
    assert np.array_equal(pixels[outside], page.pixels[outside])


@pytest.mark.usefixtures("known")
def test_a_repair_may_not_change_more_than_its_component(
    document: Document, plan: Callable[..., Plan], step: Callable[..., Step], judge: Any
) -> None:
    def greedy(request: EditRequest) -> Any:
        out = request.canvas.copy()
        out[request.mask] = 5 if request.rung != "component" else 9
        return out

    editor = ScriptedEditor(greedy, rungs=("first", "component"))
    report = document.run(plan=plan(step("a", BOX)), editors=[editor], verifiers=[judge(right)])
    assert report.steps[0].status is StepStatus.FIXED
    assert (document.head().picture.pixels[20:60, 20:40] == 5).all(), "the other half is the repaired attempt's"


def test_without_anything_nearly_right_the_rung_is_passed_over(
    document: Document, plan: Callable[..., Plan], step: Callable[..., Step], judge: Any
) -> None:
    editor = ScriptedEditor(halves, rungs=("component", "first"))
    report = document.run(plan=plan(step("a", BOX)), editors=[editor], verifiers=[judge(Outcome.FAIL)])
    assert [r.rung for r in editor.requests] == ["first"] and report.steps[0].status is StepStatus.UNFIXED


@pytest.mark.usefixtures("known")
def test_a_repair_that_changes_nothing_is_not_taken_for_the_attempt_it_started_from(
    document: Document, plan: Callable[..., Plan], step: Callable[..., Step], judge: Any
) -> None:
    def lazy(request: EditRequest) -> Any:
        return halves(request) if request.rung == "first" else request.canvas

    calls = judge(right)
    editor = ScriptedEditor(lazy, rungs=("first", "component"))
    report = document.run(plan=plan(step("a", BOX)), editors=[editor], verifiers=[calls])
    assert report.steps[0].status is StepStatus.UNFIXED and report.steps[0].reason == "outside: nothing changed"
    assert calls.calls == 1, "the verifiers are not asked about what the guard refuses"
