"""The first promise: outside the regions of accepted steps the picture is bit-identical, whatever the editor did."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retouch.attempt import StepStatus
from retouch.edit import Cost, EditRequest, EditResult, FixedCanvas, NativeCanvas, Traits
from retouch.editors.scripted import ScriptedEditor
from retouch.geometry import Box
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import Plan, Step, TextReads
from retouch.region import Region
from retouch.verdict import Outcome, Verdict

SHAPES = [(np.uint8, 1), (np.uint8, 2), (np.uint8, 3), (np.uint8, 4), (np.uint16, 1), (np.uint16, 3), (np.uint16, 4)]


class Yes:
    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        return Verdict(verifier="yes", outcome=Outcome.PASS, score=1.0)


def noise(rng: np.random.Generator, request: EditRequest) -> Any:
    return rng.integers(0, 256, request.canvas.shape, dtype=np.uint8)


def only_masked(rng: np.random.Generator, request: EditRequest) -> Any:
    out = request.canvas.copy()
    out[request.mask] = noise(rng, request)[request.mask]
    return out


def whole_tinted(rng: np.random.Generator, request: EditRequest) -> Any:
    out = np.clip(request.canvas.astype(int) + 4, 0, 255).astype(np.uint8)
    out[request.mask] = 40
    return out


def shifted(rng: np.random.Generator, request: EditRequest) -> Any:
    return np.roll(only_masked(rng, request), (1, 1), (0, 1))


def unchanged(rng: np.random.Generator, request: EditRequest) -> Any:
    return request.canvas


def spoils_its_request(rng: np.random.Generator, request: EditRequest) -> Any:
    request.canvas[:] = 0
    request.mask[:] = True
    return request.canvas


def wrong_size(rng: np.random.Generator, request: EditRequest) -> Any:
    return request.canvas[:-1]


def constant(rng: np.random.Generator, request: EditRequest) -> Any:
    return np.full_like(request.canvas, 77)


REPLIES = [noise, only_masked, whole_tinted, shifted, unchanged, spoils_its_request, wrong_size, constant]


class Wild:
    """An editor of any traits that replies by one of the functions above."""

    def __init__(self, reply: Callable[[np.random.Generator, EditRequest], Any], exact: bool, fixed: bool) -> None:
        canvas = FixedCanvas(area=64 * 64, multiple=16) if fixed else NativeCanvas()
        self.traits = Traits(canvas=canvas, modes=("crop", "marked", "mask", "whole"), exact=exact)
        self._reply = reply
        self._rng = np.random.default_rng(5)

    def edit(self, request: EditRequest, watch: Any) -> EditResult:
        return EditResult(self._reply(self._rng, request), cost=Cost())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    reply=st.sampled_from(REPLIES),
    exact=st.booleans(),
    fixed=st.booleans(),
    shape=st.sampled_from(SHAPES),
    mode=st.sampled_from(["crop", "marked", "mask"]),
    seed=st.integers(0, 2**20),
)
def test_outside_is_bit_identical_whatever_an_editor_returns(
    tmp_path_factory: pytest.TempPathFactory,
    reply: Any,
    exact: bool,
    fixed: bool,
    shape: tuple[Any, int],
    mode: Any,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    dtype, channels = shape
    top = np.iinfo(dtype).max
    pixels = rng.integers(0, top, (60, 80, channels), dtype=dtype, endpoint=True)
    mask = rng.random((20, 30)) < 0.7
    step = Step(
        id="a",
        operation="other",
        box=Box(25, 15, 30, 20),
        mask=Region(Box(25, 15, 30, 20), mask).encode(),
        mode=mode,
        expectation=TextReads(text="永"),
    )
    with Project.open(tmp_path_factory.mktemp("p") / "p.retouch", create=True) as project:
        document = project.import_picture(Picture(pixels), "page")
        report = document.run(
            plan=Plan(goal="g", steps=(step,)), editors=[Wild(reply, exact, fixed)], verifiers=[Yes()]
        )
        after = document.head().picture.pixels
        outside = np.ones((60, 80), np.bool_)
        outside[15:35, 25:55] = ~mask
        assert np.array_equal(after[outside], pixels[outside])
        if channels in (2, 4):
            assert np.array_equal(after[:, :, -1], pixels[:, :, -1]), "alpha is never changed"
        if report.steps[0].status is not StepStatus.FIXED:
            assert np.array_equal(after, pixels)


def test_a_grey_sixteen_bit_picture_stays_one_and_keeps_unchanged_values(project: Project) -> None:
    pixels = np.random.default_rng(0).integers(0, 65536, (40, 50, 1), dtype=np.uint16)
    document = project.import_picture(Picture(pixels), "deep")

    def half(request: EditRequest) -> Any:
        out = request.canvas.copy()
        out[: out.shape[0] // 2][request.mask[: out.shape[0] // 2]] = (10, 200, 30)
        return out

    step = Step(id="a", operation="other", box=Box(10, 10, 20, 20), expectation=TextReads(text="永"))
    report = document.run(plan=Plan(goal="g", steps=(step,)), editors=[ScriptedEditor(half)], verifiers=[Yes()])
    assert report.exit_code == 0
    after = document.head().picture
    assert (after.mode, after.depth) == ("L", 16)
    assert np.array_equal(after.pixels[20:30], pixels[20:30]), "masked pixels the editor left alone keep all 16 bits"
    assert len(np.unique(after.pixels[10:20, 10:30])) == 1


@pytest.mark.parametrize("reply", [wrong_size, constant, unchanged, noise])
def test_results_that_are_none_are_refused_with_the_reason(document: Document, reply: Any) -> None:
    step = Step(id="a", operation="other", box=Box(25, 15, 30, 20), expectation=TextReads(text="永"))
    report = document.run(plan=Plan(goal="g", steps=(step,)), editors=[Wild(reply, True, False)], verifiers=[Yes()])
    (done,) = report.steps
    assert done.status is StepStatus.UNFIXED and done.reason
    reasons = {
        wrong_size: "they must be equal",
        constant: "one colour, (77, 77, 77)",
        unchanged: "nothing changed",
        noise: "what was to be kept differs",
    }
    assert reasons[reply] in done.reason


def test_floats_that_are_not_finite_are_refused(document: Document) -> None:
    step = Step(id="a", operation="other", box=Box(25, 15, 30, 20), expectation=TextReads(text="永"))
    broken = Wild(lambda rng, request: np.full(request.canvas.shape, np.nan), True, False)
    report = document.run(plan=Plan(goal="g", steps=(step,)), editors=[broken], verifiers=[Yes()])
    assert "holds values that are not finite" in (report.steps[0].reason or "") and report.exit_code == 6


def test_a_blank_result_on_blank_paper_is_honest(project: Project) -> None:
    pixels = np.full((60, 80, 3), 240, np.uint8)
    pixels[25:30, 30:40] = 20
    document = project.import_picture(Picture(pixels), "note")
    step = Step(id="a", operation="other", box=Box(25, 20, 30, 20), expectation=TextReads(text="永"))
    cleaner = Wild(lambda rng, request: np.full_like(request.canvas, 240), True, False)
    report = document.run(plan=Plan(goal="g", steps=(step,)), editors=[cleaner], verifiers=[Yes()])
    assert report.exit_code == 0 and (document.head().picture.pixels == 240).all()


def test_a_marker_left_in_the_result_is_a_failure(document: Document) -> None:
    """The frame is drawn on the copy only; an editor that paints it into the region is caught."""
    step = Step(id="a", operation="other", box=Box(60, 50, 40, 40), mode="marked", expectation=TextReads(text="永"))
    seen: list[EditRequest] = []

    def paints(request: EditRequest) -> Any:
        seen.append(request)
        out = request.canvas.copy()
        out[request.mask] = 128
        box = request.box
        out[box.y : box.y + 3, box.x : box.right] = request.marks[0].colour
        return out

    report = document.run(plan=Plan(goal="g", steps=(step,)), editors=[ScriptedEditor(paints)], verifiers=[Yes()])
    assert "pixels of the marker are left" in (report.steps[0].reason or "")
    (request,) = seen
    mark = request.marks[0]
    assert not (request.canvas == mark.colour).all(axis=2).any(), "the clean canvas has no frame"
    shown = (request.shown == mark.colour).all(axis=2)
    assert shown.any() and not (shown & request.mask).any(), "the frame lies outside what may change"
    assert mark.name in request.instruction


def test_the_whole_picture_can_be_a_step(document: Document, page: Picture) -> None:
    step = Step(id="a", operation="restyle", mode="whole", expectation=TextReads(text="永"))
    report = document.run(
        plan=Plan(goal="g", steps=(step,)), editors=[ScriptedEditor(lambda r: 255 - r.canvas)], verifiers=[Yes()]
    )
    assert report.exit_code == 0
    assert np.array_equal(document.head().picture.pixels, 255 - page.pixels)


def test_a_model_like_editor_is_registered_and_brought_back(document: Document, page: Picture, tmp_path: Path) -> None:
    """Shifted by two pixels and tinted on a scaled canvas, it still leaves what it was not asked to change alone."""

    def drawn(rng: np.random.Generator, request: EditRequest) -> Any:
        out = np.clip(np.roll(request.canvas, (2, -2), (0, 1)).astype(int) + 5, 0, 255).astype(np.uint8)
        box = request.box.grown(-6).moved(-2, 2)
        out[box.slices] = (200, 40, 40)
        return out

    step = Step(id="a", operation="other", box=Box(70, 50, 50, 50), expectation=TextReads(text="永"))
    editor = Wild(drawn, exact=False, fixed=False)
    report = document.run(plan=Plan(goal="g", steps=(step,)), editors=[editor], verifiers=[Yes()])
    (done,) = report.steps
    measured = done.verdicts[0].evidence["registration"]
    assert done.status is StepStatus.FIXED, done.reason
    assert measured["shift"] == pytest.approx([2, -2], abs=0.3) and measured["shift_left"] < 0.5
    after = document.head().picture.pixels
    assert np.abs(after[65:85, 85:105].astype(int) - (195, 35, 35)).max() <= 3
    assert np.array_equal(after[50:54, 70:120], page.pixels[50:54, 70:120]), "the unchanged rim keeps its values"
