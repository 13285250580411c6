"""run, fix, resume: the JSON that scripts rely on, the output, the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from retouch.geometry import Box
from retouch.interfaces.cli.main import main
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import ColourIs, Plan, Step

REPORT = {"project", "document", "branch", "base", "head", "output", "steps", "findings", "calls", "seconds"}
STEP = {"id", "box", "instruction", "expectation", "status", "attempts", "editor", "version", "reason", "verdicts"}
RED = "scripted?colour=red"


@pytest.fixture
def plan(page: Path) -> Path:
    """A plan file of two steps that come after one another."""
    steps = (
        Step(id="s1", operation="other", box=Box(8, 8, 16, 16), expectation=ColourIs(colour="red")),
        Step(id="s2", operation="other", box=Box(60, 30, 12, 20), expectation=ColourIs(colour="red"), after=("s1",)),
    )
    file = page.with_name("plan.json")
    file.write_text(Plan(goal="red spots", steps=steps).to_json(), encoding="utf-8")
    return file


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def test_the_report_is_as_scripts_expect_it(page: Path, plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = page.with_name("out.png")
    code = run("run", page, "--plan", plan, "--editor", RED, "--verifier", "scripted", "-o", out, "--json")
    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told.keys() == REPORT
    assert [step.keys() for step in told["steps"]] == [STEP, STEP]
    assert [step["status"] for step in told["steps"]] == ["fixed", "fixed"]
    assert told["steps"][0]["box"] == [8, 8, 16, 16]
    assert told["steps"][0]["expectation"] == {"kind": "colour-is", "colour": "red"}
    assert told["steps"][0]["verdicts"][0].keys() >= {"verifier", "outcome", "score", "evidence"}
    assert told["calls"] == {"editor": 2, "verifier": 2}
    assert told["output"] == str(out)
    assert (told["project"], told["document"], told["branch"]) == (str(page.with_suffix(".retouch")), "page", "main")


def test_outside_the_boxes_the_output_is_the_input(page: Path, plan: Path) -> None:
    out = page.with_name("out.png")
    assert run("run", page, "--plan", plan, "--editor", RED, "--verifier", "scripted", "-o", out) == 0
    before, after = Picture.open(page).pixels, Picture.open(out).pixels.copy()
    assert after[16, 16].tolist() == [255, 0, 0]
    for box in (Box(8, 8, 16, 16), Box(60, 30, 12, 20)):
        after[box.slices] = before[box.slices]
    assert np.array_equal(before, after)


@pytest.mark.parametrize(
    ("verifier", "limits", "code", "statuses"),
    [
        ("scripted?outcomes=fail", [], 3, ["unfixed", "skipped"]),
        ("scripted?outcomes=unsure", [], 4, ["needs-review", "skipped"]),
        ("scripted", ["--max-calls", "1"], 5, ["fixed", "unfixed"]),
        ("scripted", ["--review"], 4, ["needs-review", "skipped"]),
        ("scripted", ["--dry-run"], 3, ["skipped", "skipped"]),
    ],
)
def test_exit_codes_follow_from_how_the_steps_ended(
    page: Path,
    plan: Path,
    capsys: pytest.CaptureFixture[str],
    verifier: str,
    limits: list[str],
    code: int,
    statuses: list[str],
) -> None:
    ended = run("run", page, "--plan", plan, "--editor", RED, "--verifier", verifier, "--json", *limits)
    told = json.loads(capsys.readouterr().out)
    assert [step["status"] for step in told["steps"]] == statuses
    assert all(step["reason"] for step in told["steps"] if step["status"] != "fixed")
    assert ended == code


def test_an_editor_that_fails_exits_6(page: Path, plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Without a colour the editor returns the canvas as it is, which is refused as unchanged.
    code = run("run", page, "--plan", plan, "--editor", "scripted", "--verifier", "scripted", "--json")
    told = json.loads(capsys.readouterr().out)
    assert code in (3, 6)
    assert told["steps"][0]["status"] == "unfixed"
    assert told["head"] == told["base"]


def test_jsonl_prints_events_and_ends_with_the_report(
    page: Path, plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("run", page, "--plan", plan, "--editor", RED, "--verifier", "scripted", "--jsonl") == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = [event["event"] for event in events]
    assert names[0] == "run-started"
    assert {"planned", "attempt-started", "attempt-returned", "step-ended"} <= set(names)
    assert names[-1] == "report"
    assert events[-1]["report"].keys() == REPORT
    ended = [event for event in events if event["event"] == "step-ended"]
    assert all(len(event["version"]) >= 32 for event in ended)


def test_json_and_jsonl_exclude_each_other(page: Path, plan: Path) -> None:
    assert run("run", page, "--plan", plan, "--json", "--jsonl") == 2
    assert not page.with_suffix(".retouch").exists()


def test_progress_in_words_goes_to_standard_error(page: Path, plan: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("run", page, "--plan", plan, "--editor", RED, "--verifier", "scripted?outcomes=fail")
    out, err = capsys.readouterr()
    assert "step s1: try 1 with scripted?colour=red, first" in err
    assert "step s1: unfixed after 1 try" in err
    assert "0 of 2 steps fixed" in out
    assert "\x1b[" not in out + err


def test_the_same_picture_continues_and_another_becomes_a_second_document(
    page: Path, plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--plan", plan, "--editor", RED, "--verifier", "scripted", "--json")
    run("run", page, *arguments)
    first = json.loads(capsys.readouterr().out)
    Picture(255 - Picture.open(page).pixels).save(page)
    assert run("run", page, *arguments) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["document"] == "page-2"
    assert "page-2" in err
    with Project.open(first["project"]) as project:
        assert [document.name for document in project.documents()] == ["page", "page-2"]


def test_the_project_can_be_named_by_option_and_by_environment(
    page: Path, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("run", page, "--plan", plan, "--editor", RED, "--verifier", "scripted")
    named, other = page.with_name("named.retouch"), page.with_name("other.retouch")
    run(*arguments, "--project", named)
    monkeypatch.setenv("RETOUCH_PROJECT", str(other))
    run(*arguments)
    assert named.exists() and other.exists()
    assert not page.with_suffix(".retouch").exists()


def test_nothing_to_resume_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("resume", project, "--json") == 2
    assert "nothing to resume" in json.loads(capsys.readouterr().out)["error"]["message"]


@pytest.mark.parametrize("bad", [["--editor", "nobody"], ["--box", "9000,9000,5,5=write 永"], ["--planner", "nobody"]])
def test_a_command_that_fails_before_any_work_leaves_no_project(page: Path, bad: list[str]) -> None:
    goal = ["--goal", "write 永"] if "--box" not in bad else []
    assert main(["run", str(page), *goal, *bad]) == 2
    assert [file.name for file in page.parent.iterdir()] == [page.name]


def test_a_failing_command_leaves_an_older_project_alone(page: Path, plan: Path) -> None:
    assert main(["run", str(page), "--plan", str(plan), "--attempts", "1"]) in (0, 3)
    project = page.with_suffix(".retouch")
    with Project.open(project) as before:
        known = [version.id for version in before.document().log()]
    assert main(["run", str(page), "--goal", "write 永", "--editor", "nobody"]) == 2
    with Project.open(project) as after:
        assert [version.id for version in after.document().log()] == known


@pytest.fixture
def series(page: Path) -> Path:
    """A shared step, and two siblings at one place."""
    shared = {"id": "s0", "operation": "recolour", "target": "black", "box": [5, 5, 20, 20]}
    black = {"expectation": {"kind": "colour-is", "colour": "black"}}
    own = [{**shared, "id": f"s{n}", "box": [60, 60, 20, 20], "branch": name} for n, name in enumerate("ab", 1)]
    file = page.with_name("series.json")
    file.write_text(Plan.model_validate({"goal": "g", "steps": [s | black for s in (shared, *own)]}).to_json())
    return file


def test_a_series_has_one_report_and_a_picture_of_each_branch(
    page: Path, series: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [page, "--plan", series, "--editor", "scripted?colour=black", "--verifier", "scripted"]
    assert run("run", *arguments, "--dry-run", "--json") == 3
    rehearsed = json.loads(capsys.readouterr().out)
    assert [(b["branch"], b["head"]) for b in rehearsed["branches"][1:]] == [("a", None), ("b", None)]
    out = page.with_name("out.png")
    assert run("run", *arguments, "-o", out, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["branch"], told["output"], len(told["steps"])) == ("main", str(out), 3)
    assert [step["branch"] for step in told["steps"]] == ["main", "a", "b"]
    assert [b["output"] for b in told["branches"]] == [str(page.with_name(f"out{x}.png")) for x in ("", "-a", "-b")]
    before, sibling = Picture.open(page).pixels, Picture.open(page.with_name("out-a.png")).pixels
    assert (sibling[60:80, 60:80] == 0).all() and np.array_equal(
        Picture.open(out).pixels[60:80, 60:80], before[60:80, 60:80]
    )
    assert run("run", *arguments, "--json") == 2
    assert "branch 'a' already" in json.loads(capsys.readouterr().out)["error"]["message"]


def test_pictures_of_branches_with_like_names_do_not_overwrite_each_other(
    page: Path, series: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = series.read_text().replace('"branch": "a"', '"branch": "x/y"').replace('"branch": "b"', '"branch": "x-y"')
    series.write_text(named)
    out = page.with_name("out.png")
    given = ["--editor", "scripted?colour=black", "--verifier", "scripted", "-o", out, "--json"]
    assert run("run", page, "--plan", series, *given) == 0
    told = json.loads(capsys.readouterr().out)["branches"]
    assert [Path(b["output"]).name for b in told] == ["out.png", "out-x-y.png", "out-x-y-1.png"]
    assert all(Path(b["output"]).exists() for b in told)


def test_a_series_is_told_in_words(page: Path, series: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("run", page, "--plan", series, "--editor", "scripted?colour=black", "--verifier", "scripted") == 0
    told = capsys.readouterr()
    assert "planned 1 steps on branch b" in told.err
    assert "3 of 3 steps fixed" in told.out and "\na is at " in told.out and "\nb is at " in told.out
