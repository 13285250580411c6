"""The routes on a small project, without a guard before them and without a worker behind."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from retouch.geometry import Box
from retouch.interfaces.web.acting.allowance import Allowance
from retouch.interfaces.web.application import create_api
from retouch.interfaces.web.live.studio import Studio
from retouch.interfaces.web.projects import Projects
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import ColourIs, Plan, Step

LEFT, RIGHT = Box(5, 5, 20, 20), Box(60, 5, 20, 20)


@dataclass
class Acting:
    """A client of the routes and the document behind them, with two steps on `main`."""

    client: TestClient
    studio: Studio
    document: Document
    submitted: list[Any]

    @property
    def head(self) -> str:
        return self.document.head().id

    def etag(self, branch: str = "main") -> str:
        return f'"{self.document.branches[branch]}"'

    def post(self, path: str, body: object, status: int = 200, seen: str | None = None, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if seen is not None:
            named["If-Match"] = seen
        answer = self.client.post(f"/api/documents/1-1{path}", json=body, headers=named)
        assert answer.status_code == status, answer.text
        if status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == status
        return answer.json()


def noise(seed: int = 0) -> Picture:
    return Picture(np.random.default_rng(seed).integers(90, 200, (64, 128, 3), dtype=np.uint8))


@pytest.fixture
def picture() -> Callable[..., Picture]:
    return noise


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project file that tests get copies of."""
    file = tmp_path_factory.mktemp("acting") / "page.retouch"
    steps = tuple(
        Step(id=name, operation="other", box=box, instruction=name, expectation=ColourIs(colour="red"))
        for name, box in (("s1", LEFT), ("s2", RIGHT))
    )
    with Project.open(file, create=True) as project:
        document = project.import_picture(noise(), "page")
        document.run(plan=Plan(goal="paint", steps=steps), editors=["scripted?colour=red"], verifiers=["scripted"])
    return file


@pytest.fixture
def project(tmp_path: Path, made_once: Path) -> Iterator[Project]:
    with Project.open(shutil.copy(made_once, tmp_path / "page.retouch")) as opened:
        yield opened


@pytest.fixture
def acting(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Acting]:
    document = project.document()
    projects = Projects([project])
    studio = Studio(projects, Allowance(editors=("diffusers:/models/allowed",)))
    submitted: list[Any] = []
    take = studio.worker._keep

    def keep(job: Any) -> None:
        take(job)
        submitted.append(job)

    monkeypatch.setattr(studio.worker, "_serve", lambda: None)  # orders are taken, nobody works on them
    monkeypatch.setattr(studio.worker, "_keep", keep)
    with TestClient(create_api(projects, studio)) as client:
        yield Acting(client, studio, document, submitted)


@pytest.fixture
def waiting(acting: Acting) -> tuple[str, str]:
    """A step that waits for a person, as `/steps/RUN/STEP`, and its run."""
    step = Step(id="w1", operation="other", box=Box(90, 30, 10, 10), expectation=ColourIs(colour="red"))
    plan = Plan(goal="look", steps=(step,))
    report = acting.document.run(plan=plan, editors=["scripted?colour=red"], verifiers=["scripted"], review=True)
    return f"/steps/{report.run}/w1", str(report.run)
