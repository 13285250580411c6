"""`--offline`, and what a command says of what leaves the machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retouch.interfaces.cli.main import main
from retouch.plan import Plan


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "page.png", "--plan", "plan.json", "--editor", "openai:http://api.example.com/v1"],
        ["verify", "page.png", "--box", "1,1,9,9", "--reads", "永", "--verifier", "vlm:http://api.example.com/v1"],
    ],
)
def test_offline_refuses_what_leaves_the_machine(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.chdir(page.parent)
    step = {"id": "a", "operation": "other", "box": [5, 5, 20, 20], "instruction": "x"}
    Path("plan.json").write_text(Plan.model_validate({"goal": "g", "steps": [step]}).to_json(), encoding="utf-8")
    before = sorted(page.parent.iterdir())
    assert main([*arguments, "--offline", "--json"]) == 6
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["type"] == "UnavailableError" and "api.example.com" in error["message"]
    assert sorted(page.parent.iterdir()) == before, "no project file is left"


def test_boxes_in_mode_marked_become_marked_steps(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(page.parent)
    boxes = ["--box", "5,5,20,20=write 稽", "--box", "40,5,20,20=write 亭"]
    assert main(["plan", "page.png", *boxes, "--mode", "marked", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert [(step["mode"], step["target"]) for step in plan["steps"]] == [("marked", "稽"), ("marked", "亭")]
