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


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "page.png", "--box", "1,1,9,9=make it red", "--editor", "diffusers:owner/name?download=yes"],
        ["plan", "page.png", "--box", "1,1,9,9=make it red", "--editor", "diffusers:owner/name?download=yes"],
        ["verify", "page.png", "--box", "1,1,9,9", "--reads", "永", "--verifier", "vlm:owner/name?download=yes"],
    ],
)
def test_offline_refuses_downloads(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    monkeypatch.chdir(page.parent)
    before = sorted(page.parent.iterdir())
    assert main([*arguments, "--offline", "--json"]) == 6
    error = json.loads(capsys.readouterr().out)["error"]
    assert "--offline" in error["message"] and "download=yes" in error["message"] + error["hint"]
    assert sorted(page.parent.iterdir()) == before, "no project file is left"


def test_each_host_of_a_combination_has_its_line(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(page.parent)
    hosts = "vlm:http://127.0.0.1:9/v1?model=a;vlm:http://localhost:8/v1?model=b"
    main(["verify", "page.png", "--box", "1,1,9,9", "--question", "Is it?", "--verifier", f"all-of?of={hosts}"])
    told = [line for line in capsys.readouterr().err.splitlines() if "sends to" in line]
    assert ["127.0.0.1:9 (this machine)" in told[0], "localhost:8 (this machine)" in told[1], len(told)] == [1, 1, 2]


def test_boxes_in_mode_marked_become_marked_steps(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(page.parent)
    boxes = ["--box", "5,5,20,20=write 稽", "--box", "40,5,20,20=write 亭"]
    assert main(["plan", "page.png", *boxes, "--mode", "marked", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert [(step["mode"], step["target"]) for step in plan["steps"]] == [("marked", "稽"), ("marked", "亭")]
