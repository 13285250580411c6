"""Runs over the wire: how each step stands, what came back in each try, what waits for a person."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image
from starlette.testclient import TestClient

from retouch.editors.scripted import ScriptedEditor
from retouch.geometry import Box
from retouch.orchestrator.document import Document
from retouch.orchestrator.thumbnail import surroundings
from retouch.plan import Plan, Step
from retouch.verifiers.scripted import ScriptedVerifier


def unsure(document: Document) -> None:
    """A run whose only step waits for a person."""
    step = Step(id="w1", operation="other", box=Box(30, 30, 10, 10), instruction="<b>look</b>")
    document.run(
        plan=Plan(goal="wait", steps=(step,)),
        editors=[ScriptedEditor(colour="green")],
        verifiers=[ScriptedVerifier("unsure")],
    )


def test_runs_are_told(open_api: TestClient, document: Document) -> None:
    (run,) = document.project.runs()
    (line,) = open_api.get("/api/documents/1-1/runs").json()["runs"]
    assert line["steps"] == {"fixed": 1, "unfixed": 1}
    assert {name: line[name] for name in ("id", "branch", "state", "alive", "round", "mine")} == {
        "id": run.id, "branch": "main", "state": "ended", "alive": False, "round": 1, "mine": False
    }  # fmt: skip
    assert line["goal"] == run.goal.text
    assert line["spent"]["attempts"] == 4
    facts = open_api.get(f"/api/documents/1-1/runs/{run.id}").json()
    assert [(step["id"], step["status"], step["attempts"]) for step in facts["steps"]] == [
        ("s1", "fixed", 2),
        ("s2", "unfixed", 2),
    ]
    assert facts["steps"][1]["reason"] == run.steps["s2"].reason
    assert [step["id"] for step in facts["plans"][0]["steps"]] == ["s1", "s2"]
    numbers = [event["number"] for event in facts["events"]]
    assert numbers == sorted(numbers)
    assert facts["events"][-1]["event"] == "run-ended"


def test_an_unknown_run_is_unknown(open_api: TestClient, document: Document) -> None:
    run = document.project.runs()[0].id
    for name in (run[:8], "0" * 16, run + "0", "x", "..%2f..", f"{run}%00"):
        assert open_api.get(f"/api/documents/1-1/runs/{name}").status_code == 404
    for path in (
        "s9/attempts/1",
        "s1/attempts/9",
        "s1/attempts/0",
        "s1/attempts/x",
        "..%2f/attempts/1",
        "s1/attempts/1%00",
    ):
        assert open_api.get(f"/api/documents/1-1/runs/{run}/steps/{path}/crop").status_code == 404


def test_what_came_back_is_shown_where_it_would_stand(open_api: TestClient, document: Document) -> None:
    run = document.project.runs()[0]
    step = run.plans[0].steps[0]
    assert step.box is not None
    frame = surroundings(step.box, document.head().picture.size)
    for number, attempt in enumerate(document.project.store.attempts(run.id, "s1"), start=1):
        answer = open_api.get(f"/api/documents/1-1/runs/{run.id}/steps/s1/attempts/{number}/crop")
        patch = document.project.store.attempt_patch(attempt.id)
        assert patch is not None
        wanted = patch.apply(document.version(attempt.base).picture).crop(frame).pixels
        assert np.array_equal(np.asarray(Image.open(BytesIO(answer.content))), wanted)
        known = {"If-None-Match": answer.headers["etag"]}
        path = f"/api/documents/1-1/runs/{run.id}/steps/s1/attempts/{number}/crop"
        assert open_api.get(path, headers=known).status_code == 304


def test_what_waits_is_told(open_api: TestClient, document: Document) -> None:
    assert open_api.get("/api/documents/1-1/waiting").json() == {"steps": []}
    unsure(document)
    (waiting,) = document.waiting()
    (told,) = open_api.get("/api/documents/1-1/waiting").json()["steps"]
    assert told["name"] == waiting.name
    assert (told["run"], told["best"], told["released"]) == (waiting.run.id, waiting.best, False)
    assert told["candidates"] == list(waiting.candidates)
    assert told["step"]["instruction"] == "<b>look</b>"
    assert open_api.get("/api/documents/1-1").json()["waiting"] == [waiting.name]
    assert open_api.get("/api/documents").json()["documents"][0]["waiting"] == 1
