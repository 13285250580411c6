"""The whole loop with a tiny pipeline as the editor: what it draws is noise, all else is as with a large one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from retouch.errors import CancelledError
from retouch.geometry import Box
from retouch.orchestrator.cancel import Cancel
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import Answers, Mode, Plan, Step
from retouch.verifiers.scripted import ScriptedVerifier
from tests.models import tiny

BOX = Box(60, 40, 80, 60)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.open(tmp_path / "page.retouch", create=True) as opened:
        yield opened


def paper(channels: int = 3, dtype: type = np.uint8) -> NDArray[Any]:
    """A grey sheet with some grain and a dark bar in the box; the tiny pipelines draw grey noise."""
    rng = np.random.default_rng(1)
    sheet = 127 + rng.integers(-3, 4, (160, 200, channels))
    sheet[60:80, 70:130] = 20
    if channels in (2, 4):
        sheet[..., -1] = rng.integers(100, 255, (160, 200))
    scale = 257 if dtype is np.uint16 else 1
    return (sheet * scale).astype(dtype)


def plan(mode: Mode = "crop") -> Plan:
    expectation = Answers(question="Is the bar gone?", answer="yes")
    step = Step(
        id="bar",
        operation="remove-object",
        box=BOX,
        mode=mode,
        instruction="remove the bar",
        expectation=expectation,
    )
    return Plan(goal="remove the bar", steps=(step,))


def spec(folder: Path, **options: object) -> str:
    given = {"steps": 2, "area": tiny.AREA, **options}
    return f"diffusers:{folder}?" + "&".join(f"{name}={value}" for name, value in given.items())


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("RGB", "marked"), ("RGB", "mask"), *((kind, "crop") for kind in ("RGB", "L", "RGBA", "LA", "RGB16"))],
)
def test_a_step_changes_its_box_and_nothing_else(qwen: Path, project: Project, kind: str, mode: Mode) -> None:
    channels = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "RGB16": 3}[kind]
    page = Picture(paper(channels, np.uint16 if kind == "RGB16" else np.uint8))
    document = project.import_picture(page, "page")
    options = {"pipeline": "QwenImageEditInpaintPipeline"} if mode == "mask" else {}
    report = document.run(plan=plan(mode), editors=[spec(qwen, **options)], verifiers=["scripted"])
    after = document.head().picture
    assert [step.status for step in report.steps] == ["fixed"], report.steps[0].reason
    assert after.pixels.dtype == page.pixels.dtype and after.mode == page.mode
    differs = (after.pixels != page.pixels).any(axis=2)
    assert differs[BOX.slices].mean() > 0.2
    differs[BOX.slices] = False
    assert not differs.any()
    if page.alpha is not None:
        assert after.alpha is not None and np.array_equal(after.alpha, page.alpha)


def test_the_record_says_what_ran_and_what_was_dropped(unlisted: Path, project: Project) -> None:
    document = project.import_picture(Picture(paper()), "page")
    document.run(plan=plan(), editors=[spec(unlisted, seed=5)], verifiers=["scripted"])
    attempt = document.log()[1].attempt()
    assert attempt is not None
    assert attempt.effective["pipeline"] == "StableDiffusionInstructPix2PixPipeline"
    assert attempt.effective["seed"] == 5
    assert tuple(attempt.dropped) == ("height", "width")


def test_each_try_has_a_seed_of_its_own(qwen: Path, project: Project) -> None:
    document = project.import_picture(Picture(paper()), "page")
    report = document.run(plan=plan(), editors=[spec(qwen)], verifiers=[ScriptedVerifier(["fail", "fail", "pass"])])
    assert (report.steps[0].status, report.steps[0].attempts) == ("fixed", 3)
    candidates = [version.picture.pixels for version in document.log()[1:]]
    assert len(candidates) == 3
    assert not np.array_equal(candidates[0], candidates[1])


def test_a_cancelled_step_leaves_the_page_and_can_be_resumed(qwen: Path, project: Project) -> None:
    page = Picture(paper())
    document = project.import_picture(page, "page")
    cancel = Cancel()

    def listen(event: Any) -> None:
        if event.event == "progress":
            cancel.cancel()

    with pytest.raises(CancelledError):
        document.run(plan=plan(), editors=[spec(qwen)], verifiers=["scripted"], listen=listen, cancel=cancel)
    assert document.head().picture.same_pixels(page)
