"""plan: what a goal asks for, without a picture and with one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from retouch.interfaces.cli.main import main
from retouch.plan import Plan


def test_without_a_picture_the_operations_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--goal", 'replace "2024" with "2025"', "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told.keys() == {"schema", "goal", "steps"}
    assert told["schema"] == 1
    step = told["steps"][0]
    assert (step["operation"], step["source"], step["target"], step["box"]) == ("replace", "2024", "2025", None)
    assert step["expectation"] == {"kind": "text-reads", "text": "2025"}
    assert step.keys() == {
        "id",
        "operation",
        "source",
        "target",
        "box",
        "mask",
        "mode",
        "instruction",
        "expectation",
        "after",
        "supersedes",
        "editor",
        "branch",
    }


@pytest.mark.parametrize("goal", ["fix all calligraphy characters", "把写错的字都改正"])
def test_the_words_of_the_job_are_understood(goal: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--goal", goal]) == 0
    assert "s1" in capsys.readouterr().out


def test_what_is_not_understood_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--goal", "dance", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["type"] == "PlanError"


def test_boxes_become_steps_of_a_plan_file_and_nothing_is_left_behind(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = page.with_name("plan.json")
    arguments = ["plan", str(page), "--goal", "tidy up", "--box", "8,8,16,16=remove", "-o", str(out), "--json"]
    assert main(arguments) == 0
    plan = Plan.from_json(out.read_bytes())
    assert json.loads(capsys.readouterr().out) == json.loads(plan.to_json())
    assert [step.box.as_list() for step in plan.steps if step.box] == [[8, 8, 16, 16]]
    assert sorted(path.name for path in page.parent.iterdir()) == ["page.png", "plan.json"]


def test_a_plan_file_can_be_run(page: Path) -> None:
    out = page.with_name("plan.json")
    main(["plan", str(page), "--goal", "tidy up", "--box", "8,8,16,16=remove", "-o", str(out)])
    assert (
        main(["run", str(page), "--plan", str(out), "--editor", "scripted?colour=red", "--verifier", "scripted"]) == 0
    )


def test_a_planner_needs_a_picture() -> None:
    assert main(["plan", "--goal", "x", "--planner", "boxes"]) == 2


@pytest.mark.parametrize("command", [["run", "-o", "out.png"], ["plan"]])
def test_free_words_in_a_box_need_an_editor_that_follows_them(
    page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    monkeypatch.chdir(page.parent)
    given = [command[0], "page.png", *command[1:], "--box", "5,5,20,20=make the lamp red", "--json"]
    assert main([*given, "--editor", "typeset"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert "(typeset)" in error["message"] and "ask:" in error["hint"]
    assert main([*given, "--editor", "scripted?colour=red"]) in (0, 4)
    (step,) = json.loads(capsys.readouterr().out)["steps"]
    assert (step["instruction"], step["box"]) == ("make the lamp red", [5, 5, 20, 20])
