"""A server of its own for each module of tests, with an editor that waits for the test."""

from __future__ import annotations

import importlib.util
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import numpy as np
import pytest

from retouch import parts
from retouch.interfaces.web.acting.allowance import Allowance
from retouch.interfaces.web.projects import Projects
from retouch.interfaces.web.server import Server
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture

PATIENCE = 60.0
SPECS = Allowance(editors=("gated", "gated?colour=lime"))


def _module(name: str) -> ModuleType:
    """A module beside this one; the folders of tests are no packages."""
    spec = importlib.util.spec_from_file_location(f"web_live_{name}", Path(__file__).parent / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


gated = _module("gated")


@dataclass
class Serving:
    """A server at work, a client of it, its project, and the gate at which the editor's calls wait."""

    server: Server
    client: httpx.Client
    project: Project
    gate: Any
    thread: threading.Thread
    documents: list[str] = field(default_factory=list)

    def document(self, name: str = "page") -> Document:
        return self.project.document(name)

    def key(self, name: str = "page") -> str:
        return f"1-{self.document(name).record.id}"

    def get(self, path: str) -> Any:
        answer = self.client.get(f"/api{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: object, status: int = 200, **headers: str) -> Any:
        answer = self.client.post(
            f"/api{path}", json=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        assert answer.status_code == status, answer.text
        return answer.json()

    def run(self, *instructions: str, name: str = "page", **wish: object) -> str:
        """Begin a run of boxes that the gated editor paints; the job's id."""
        boxes = [
            {"box": [5 + 30 * place, 5, 20, 20], "instruction": words, "mode": "crop"}
            for place, words in enumerate(instructions)
        ]
        body = {"boxes": boxes, "editors": ["gated"], "verifiers": ["scripted"], "attempts": 1, **wish}
        return str(self.post(f"/documents/{self.key(name)}/runs", body, 202)["job"])

    def ended(self, job: str) -> dict[str, Any]:
        """The job when it has ended: heard of by the stream, not asked for again and again."""
        with self.stream() as events:
            known: dict[str, Any] = self.get(f"/jobs/{job}")
            if known["state"] not in ("done", "failed"):
                for told in events:
                    if told.kind == "job" and told.data["id"] == job and told.data["state"] in ("done", "failed"):
                        break
            found: dict[str, Any] = self.get(f"/jobs/{job}")
            return found

    @contextmanager
    def stream(self, query: str = "", **headers: str) -> Iterator[Iterator[Told]]:
        """What a reader of the stream is told; None as kind for a comment."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with self.client.stream("GET", f"/api/events{query}", headers=named, timeout=PATIENCE) as response:
            assert response.status_code == 200, response.read()
            assert response.headers["content-type"].startswith("text/event-stream")
            yield told_by(response.iter_lines())

    def stop(self) -> None:
        self.server._server.should_exit = True
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


@dataclass(frozen=True)
class Told:
    """One message of the stream."""

    kind: str
    data: dict[str, Any]
    id: str | None


def told_by(lines: Iterator[str]) -> Iterator[Told]:
    """Messages from the lines of the stream."""
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        elif "event" in fields:
            yield Told(fields["event"], json.loads(fields["data"]), fields.get("id"))
            fields = {}
        else:
            fields = {}


def page(seed: int = 0) -> Picture:
    return Picture(np.random.default_rng(seed).integers(90, 200, (64, 128, 3), dtype=np.uint8))


@contextmanager
def serving(file: Path, gate: Any, allowance: Allowance = SPECS) -> Iterator[Serving]:
    projects = Projects.open([file])
    server = Server(projects, "127.0.0.1", 0, allowance)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    base = server.address.partition("/?")[0]
    headers = {"Authorization": f"Bearer {server.token}"}
    with httpx.Client(base_url=base, headers=headers, timeout=PATIENCE) as client:
        made = Serving(server, client, next(iter(projects)), gate, thread)
        try:
            yield made
        finally:
            gate.close()
            made.stop()
            projects.close()


@pytest.fixture
def part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The gated editor as an installed part, and its gate."""
    monkeypatch.syspath_prepend(str(gated.installed(tmp_path / "part")))
    place = tmp_path / "gate"
    monkeypatch.setenv(gated.PLACE, str(place))
    parts.available.cache_clear()
    yield gated.Gate(place)
    parts.available.cache_clear()


@pytest.fixture
def project_file(tmp_path: Path) -> Path:
    file = tmp_path / "page.retouch"
    with Project.open(file, create=True) as project:
        project.import_picture(page(), "page")
        project.import_picture(page(1), "other")
    return file


@pytest.fixture
def served(project_file: Path, part: Any) -> Iterator[Serving]:
    with serving(project_file, part) as made:
        yield made


@pytest.fixture
def serve() -> Callable[..., Any]:
    """Another server, in the course of a test."""
    return serving
