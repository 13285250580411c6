"""What the tests of the orchestrator share: a small page, a project, editors and verifiers that do as they are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retouch.geometry import Box
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import Plan, Step, TextReads
from retouch.verdict import Outcome, Verdict

Judgement = Outcome | tuple[Outcome, float] | Exception


class Judge:
    """A verifier that says what it is told: an outcome, or a function of the pixels in the step's box."""

    def __init__(self, says: Judgement | Callable[[NDArray[np.generic], Step], Judgement] = Outcome.PASS) -> None:
        self._says = says
        self.calls = 0

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        self.calls += 1
        box = step.box or after.box
        said = self._says(after.pixels[box.slices], step) if callable(self._says) else self._says
        if isinstance(said, Exception):
            raise said
        outcome, score = said if isinstance(said, tuple) else (said, 1.0 if said is Outcome.PASS else 0.0)
        return Verdict(
            verifier="judge", outcome=outcome, score=score, reason="" if outcome is Outcome.PASS else "told so"
        )


@pytest.fixture
def judge() -> type[Judge]:
    return Judge


@pytest.fixture
def page() -> Picture:
    """200 × 160 RGB: a slope with some texture, so that shifts and tints can be seen."""
    y, x = np.mgrid[0:160, 0:200].astype(np.float64)
    waves = 60 * np.sin(x / 7) * np.cos(y / 9) + 20 * np.sin(x / 2.3 + y / 3.1)
    grey = 140 + waves
    return Picture(np.clip(np.stack([grey, grey - 10, grey - 25], axis=2), 0, 255).astype(np.uint8))


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.open(tmp_path / "page.retouch", create=True) as opened:
        yield opened


@pytest.fixture
def document(project: Project, page: Picture) -> Document:
    return project.import_picture(page, "page")


def make_step(id_: str, box: tuple[int, int, int, int], **fields: object) -> Step:
    given: dict[str, object] = {"operation": "other", "expectation": TextReads(text="永")} | fields
    return Step.model_validate({"id": id_, "box": Box(*box), **given})


def make_plan(*steps: Step) -> Plan:
    return Plan(goal="a test", steps=steps)


@pytest.fixture
def step() -> Callable[..., Step]:
    return make_step


@pytest.fixture
def plan() -> Callable[..., Plan]:
    return make_plan
