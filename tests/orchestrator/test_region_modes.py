"""Region modes with editors that behave like models: resampled canvases, shifts, zooms, tints, frames left over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest

from retouch.attempt import StepStatus
from retouch.edit import RGB, Cost, EditRequest, EditResult, FixedCanvas, Traits
from retouch.editors.scripted import ScriptedEditor
from retouch.geometry import Box
from retouch.orchestrator.call import MEASURED, NO_PROMISE
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import Plan, Step

MakeStep = Callable[..., Step]
MakePlan = Callable[..., Plan]
BOX = (70, 55, 50, 50)
INK = (30, 90, 60)


class Model:
    """Draws a rectangle inside every mark, or inside the box, on what it was shown; then does what models do to it.

    `leaves` keeps the drawn frames in the picture, `harm` is what becomes of the canvas, `area` that of its canvas.
    """

    def __init__(
        self,
        harm: Callable[[RGB], RGB] = lambda pixels: pixels,
        *,
        leaves: bool = False,
        paints: tuple[int, int, int] = INK,
        area: int = 256 * 256,
        together: int = 1,
        modes: tuple[Any, ...] = ("crop", "marked", "whole"),
        rungs: tuple[str, ...] = ("first",),
        references: int = 0,
    ) -> None:
        self.traits = Traits(
            canvas=FixedCanvas(area, 32),
            modes=modes,
            exact=False,
            together=together,
            rungs=rungs,
            references=references,
        )
        self._harm, self._leaves, self._paints = harm, leaves, paints
        self.requests: list[EditRequest] = []

    def edit(self, request: EditRequest, watch: Any) -> EditResult:
        self.requests.append(request)
        out = (request.shown if self._leaves else request.canvas).copy()
        for box in [mark.box for mark in request.marks] or [request.box]:
            inner = box.grown(-box.width // 5, -box.height // 5)
            out[inner.slices] = self._paints
        return EditResult(self._harm(out), cost=Cost(calls=1, seconds=0.5, money=0.25))


def resampled(pixels: RGB) -> RGB:
    """Down to half the size and up again, as an autoencoder softens."""
    size = (pixels.shape[1], pixels.shape[0])
    small = cv2.resize(pixels, (size[0] // 2, size[1] // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def moved(dx: float, dy: float, zoom: float = 1.0) -> Callable[[RGB], RGB]:
    def harm(pixels: RGB) -> RGB:
        size = (pixels.shape[1], pixels.shape[0])
        shift = [dx + size[0] / 2 * (1 - zoom), dy + size[1] / 2 * (1 - zoom)]
        warp = np.array([[zoom, 0, shift[0]], [0, zoom, shift[1]]])
        return np.asarray(
            cv2.warpAffine(pixels, warp, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
        )

    return harm


def tinted(pixels: RGB) -> RGB:
    return np.asarray(np.clip(pixels.astype(np.float32) * 0.96 + (6, 3, -4), 0, 255), np.uint8)


HARMS: dict[str, Callable[[RGB], RGB]] = {
    "none": lambda pixels: pixels,
    "resampled": resampled,
    "shift": moved(3, -2),
    "zoom": moved(0, 0, 1.01),
    "tint": tinted,
    "all": lambda pixels: tinted(moved(2, 1, 1.01)(resampled(pixels))),
}


@pytest.mark.parametrize("mode", ["crop", "marked", "mask"])
@pytest.mark.parametrize("harm", HARMS)
def test_what_models_do_is_undone_in_every_boxed_mode(
    document: Document, page: Picture, plan: MakePlan, step: MakeStep, judge: Any, mode: str, harm: str
) -> None:
    model = Model(HARMS[harm], modes=("crop", "marked", "mask"))
    report = document.run(plan=plan(step("a", BOX, mode=mode)), editors=[model], verifiers=[judge()])
    (done,) = report.steps
    assert done.status is StepStatus.FIXED, done.reason
    after, box = document.head().picture.pixels, Box(*BOX)
    outside = np.ones(after.shape[:2], np.bool_)
    outside[box.slices] = False
    assert np.array_equal(after[outside], page.pixels[outside])
    middle = after[75:85, 90:100].reshape(-1, 3).astype(int)
    assert np.abs(middle.mean(axis=0) - INK).max() <= 3, "the drawn place is there, in the colour it was drawn"
    registration = done.verdicts[0].evidence["registration"]
    assert registration["shift_left"] <= 0.5 and registration["tint_left"] <= 1


def test_a_frame_left_on_the_ring_does_no_harm_and_one_inside_is_refused(
    document: Document, page: Picture, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    """A model that forgets to take the frame away: it lies outside the mask, and compositing leaves it behind."""
    model = Model(resampled, leaves=True)
    report = document.run(plan=plan(step("a", BOX, mode="marked")), editors=[model], verifiers=[judge()])
    assert report.exit_code == 0, report.steps[0].reason
    after = document.head().picture.pixels.astype(int)
    red = (after[:, :, 0] > after[:, :, 1] + 60) & (after[:, :, 0] > after[:, :, 2] + 60)
    assert not red.any()
    inside = Model(resampled, paints=(235, 30, 40))
    report = document.run(plan=plan(step("b", (10, 10, 40, 40), mode="marked")), editors=[inside], verifiers=[judge()])
    assert report.steps[0].status is StepStatus.UNFIXED and "of the marker are left" in (report.steps[0].reason or "")


def test_the_mark_avoids_the_colour_that_is_wanted(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    model = Model(paints=(235, 30, 40))
    wanted = step("a", BOX, mode="marked", operation="recolour", target="#ff0000", instruction="make it red")
    report = document.run(plan=plan(wanted), editors=[model], verifiers=[judge()])
    assert report.exit_code == 0
    assert [mark.name for mark in model.requests[0].marks] == ["blue"]
    assert "inside the blue box" in model.requests[0].instruction


def test_another_picture_is_rejected_with_the_measured_figure(
    document: Document, page: Picture, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    def nonsense(pixels: RGB) -> RGB:
        return np.random.default_rng(0).integers(0, 256, pixels.shape, dtype=np.uint8)

    report = document.run(plan=plan(step("a", BOX)), editors=[Model(nonsense)], verifiers=[judge()])
    (done,) = report.steps
    measured = done.verdicts[0].evidence
    assert done.status is StepStatus.UNFIXED
    assert f"differs by {measured['ring_residual']:.1f} grey levels in the mean, 12 may be" in (done.reason or "")
    assert np.array_equal(document.head().picture.pixels, page.pixels)


def test_a_movement_that_cannot_be_undone_is_named_with_its_figure(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    def bent(pixels: RGB) -> RGB:
        """Upper and lower half slide apart: no affine map undoes that."""
        half = pixels.shape[0] // 2
        return np.concatenate([np.roll(pixels[:half], 3, 1), np.roll(pixels[half:], -9, 1)])

    report = document.run(plan=plan(step("a", BOX)), editors=[Model(bent)], verifiers=[judge()])
    reason = report.steps[0].reason or ""
    assert report.steps[0].status is StepStatus.UNFIXED
    bend = report.steps[0].verdicts[0].evidence["registration"]["bend_left"]
    assert bend > 1 and f"a part of it is {bend:.2f} px off, 1 may be" in reason


def test_the_whole_picture_promises_nothing_outside_and_says_so(
    document: Document, project: Project, page: Picture, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    model = Model(lambda pixels: np.asarray(255 - pixels, np.uint8))
    night = Step(id="a", operation="restyle", mode="whole", instruction="Make it night", box=Box(*BOX))
    report = document.run(plan=plan(night), editors=[model], verifiers=[judge()])
    assert report.exit_code == 0, report.steps[0].reason
    changed = (document.head().picture.pixels != page.pixels).any(axis=2)
    assert changed.mean() > 0.95, "also far from the box"
    (attempt,) = project.store.attempts(report.run or "")
    assert NO_PROMISE in attempt.notes and attempt.effective[MEASURED]["promised"] is False
    assert attempt.request["mode"] == "whole"
    assert any(note == "step a: " + NO_PROMISE for note in report.notes)
    assert report.model_dump(mode="json")["notes"] == list(report.notes)


def test_an_editor_that_takes_no_whole_picture_is_not_asked(document: Document, plan: MakePlan, judge: Any) -> None:
    model = Model(modes=("crop",))
    night = Step(id="a", operation="restyle", mode="whole", instruction="Make it night")
    report = document.run(plan=plan(night), editors=[model], verifiers=[judge()])
    assert model.requests == [] and "on the whole picture" in (report.steps[0].reason or "")


def test_a_mode_that_an_editor_does_not_know_falls_back_to_the_crop_and_is_noted(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    model = Model(modes=("crop",))
    report = document.run(plan=plan(step("a", BOX, mode="marked")), editors=[model], verifiers=[judge()])
    (attempt,) = project.store.attempts(report.run or "")
    assert report.exit_code == 0 and model.requests[0].marks == ()
    assert any("takes no marked box" in note for note in attempt.notes)


def test_an_exact_editor_needs_no_registration(document: Document, plan: MakePlan, step: MakeStep, judge: Any) -> None:
    def filled(request: EditRequest) -> Any:
        out = request.canvas.copy()
        out[request.mask] = INK
        return out

    report = document.run(plan=plan(step("a", BOX)), editors=[ScriptedEditor(filled)], verifiers=[judge()])
    assert "registration" not in report.steps[0].verdicts[0].evidence
