"""Ctrl-C stops between attempts, says how to go on, and loses nothing."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from retouch.edit import EditRequest, EditResult
from retouch.editors.scripted import ScriptedEditor
from retouch.errors import CancelledError
from retouch.geometry import Box
from retouch.interfaces.cli.interruption import stopping
from retouch.interfaces.cli.main import main
from retouch.picture import Picture
from retouch.plan import ColourIs, Plan, Step
from retouch.protocols import Watch


def test_the_first_signal_throws_the_switch_and_the_second_stops_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGINT)
    with stopping() as cancel:
        os.kill(os.getpid(), signal.SIGINT)
        assert cancel.cancelled
        assert "stopping" in capsys.readouterr().err
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_stopped_run_exits_130_and_can_be_resumed(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = tuple(
        Step(
            id=f"s{n}",
            operation="other",
            box=Box(8 + 24 * n, 8, 16, 16),
            expectation=ColourIs(colour="red"),
            after=(f"s{n - 1}",) if n else (),
        )
        for n in range(3)
    )
    plan = page.with_name("plan.json")
    plan.write_text(Plan(goal="spots", steps=steps).to_json(), encoding="utf-8")
    calls: list[str] = []
    edit = ScriptedEditor.edit

    def stopped_at_the_second(self: ScriptedEditor, request: EditRequest, watch: Watch) -> EditResult:
        calls.append(request.rung)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return edit(self, request, watch)

    monkeypatch.setattr(ScriptedEditor, "edit", stopped_at_the_second)
    editor = ["--editor", "scripted?colour=red", "--verifier", "scripted", "--json"]
    assert main(["run", str(page), "--plan", str(plan), *editor]) == 130
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["type"] == "CancelledError"
    assert "retouch resume" in error["hint"]
    assert len(calls) == 2
    assert main(["resume", str(page.with_suffix(".retouch")), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [step["status"] for step in told["steps"]] == ["fixed", "fixed", "fixed"]
    assert len(calls) <= 4, "at most the attempt that was under way is made again"


@pytest.fixture
def two_stopped(tmp_path: Path, page: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with an interrupted run of each of two documents."""
    other = tmp_path / "other.png"
    pixels = Picture.open(page).pixels.copy()
    pixels[:3] = 0
    Picture(pixels).save(other)
    step = Step(id="s1", operation="other", box=Box(8, 8, 16, 16), expectation=ColourIs(colour="red"))
    plan, project = tmp_path / "plan.json", tmp_path / "both.retouch"
    plan.write_text(Plan(goal="a spot", steps=(step,)).to_json(), encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(ScriptedEditor, "edit", lambda *_: (_ for _ in ()).throw(CancelledError("stopped")))
        for picture in (page, other):
            given = ["--project", str(project), "--editor", "scripted?colour=red", "--verifier", "scripted"]
            assert main(["run", str(picture), "--plan", str(plan), *given]) == 130
    return project


def test_which_document_is_resumed_is_asked_where_several_wait(
    two_stopped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["resume", str(two_stopped), "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert "other, page" in error["message"] and error["hint"] == "add --document"
    assert main(["resume", str(two_stopped), "--document", "nobody", "--json"]) == 2
    assert "nobody" in json.loads(capsys.readouterr().out)["error"]["message"]
    assert main(["resume", str(two_stopped), "--document", "other", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["document"] == "other"
    assert main(["resume", str(two_stopped), "--document", "other", "--json"]) == 2
    assert "of document 'other' was interrupted" in json.loads(capsys.readouterr().out)["error"]["message"]
    assert main(["resume", str(two_stopped), "--json"]) == 0, "one is left, which need not be named"
    assert json.loads(capsys.readouterr().out)["document"] == "page"
