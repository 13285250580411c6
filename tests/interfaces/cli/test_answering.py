"""answer: settling the steps of a reviewed run, from the run itself to the branch."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from retouch.geometry import Box
from retouch.interfaces.cli.main import main
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import ColourIs, Plan, Step

RED, BLUE = "scripted?colour=red", "scripted?colour=blue"
ANSWER = {"run", "step", "status", "reason", "version", "branch", "from", "to", "conflicts", "report"}


@pytest.fixture(scope="module")
def made_reviewed(tmp_path_factory: pytest.TempPathFactory, made_project: Path) -> Path:
    """The project of a run with --review that tests get copies of."""
    steps = (
        Step(id="s1", operation="other", box=Box(8, 8, 16, 16), instruction="red", expectation=ColourIs(colour="red")),
        Step(id="s2", operation="other", box=Box(60, 30, 12, 20), expectation=ColourIs(colour="red")),
    )
    folder = tmp_path_factory.mktemp("reviewed")
    plan, project = folder / "plan.json", folder / "page.retouch"
    plan.write_text(Plan(goal="red spots", steps=steps).to_json(), encoding="utf-8")
    page = made_project.with_suffix(".png")
    parts = ["--editor", RED, "--verifier", "scripted", "--review", "--project", str(project)]
    assert main(["run", str(page), "--plan", str(plan), *parts]) == 4
    return project


@pytest.fixture
def reviewed(page: Path, made_reviewed: Path) -> Path:
    """The project of a run with --review: s1 and s2 wait."""
    return Path(shutil.copy(made_reviewed, page.with_suffix(".retouch")))


def test_waiting_steps_are_listed(reviewed: Path, told: Any, capsys: pytest.CaptureFixture[str]) -> None:
    code, listed = told("answer", reviewed)
    assert code == 0 and [one["step"] for one in listed["waiting"]] == ["s1", "s2"]
    first = listed["waiting"][0]
    assert (first["box"], first["instruction"], first["branch"]) == ([8, 8, 16, 16], "red", "main")
    assert first["candidates"] == [first["best"]]
    assert main(["answer", str(reviewed)]) == 0
    assert f"{first['run'][:8]}:s1" in capsys.readouterr().out


def test_accept_reject_and_edit_settle_the_run(reviewed: Path, told: Any) -> None:
    candidate = told("answer", reviewed)[1]["waiting"][0]["best"]
    code, accepted = told("answer", reviewed, "s1", "accept", candidate[:8])
    assert code == 0 and accepted.keys() == ANSWER
    assert (accepted["status"], accepted["version"], accepted["conflicts"]) == ("fixed", accepted["to"], [])
    code, edited = told("answer", reviewed, "s2", "edit", "colour blue", "--editor", BLUE, "--verifier", "scripted")
    assert code == 4 and edited["report"]["steps"][0]["status"] == "needs-review", "a person accepts each step"
    run = edited["report"]["steps"][0]["version"]
    assert told("answer", reviewed, "s2", "accept")[0] == 0
    assert told("show", reviewed, "HEAD")[1]["record"]["picks"] == run
    with Project.open(reviewed) as project:
        pixels = project.document().head().picture.pixels
    assert (pixels[8:24, 8:24] == [255, 0, 0]).all() and (pixels[30:50, 60:72] == [0, 0, 255]).all()
    assert told("answer", reviewed)[1]["waiting"] == []
    _, undone = told("undo", reviewed, "--run")
    assert undone["to"] == accepted["to"]


def test_a_branch_limits_which_runs_are_meant(reviewed: Path, told: Any) -> None:
    told("branch", reviewed, "other")
    assert told("answer", reviewed, "--branch", "other")[1]["waiting"] == []
    assert told("answer", reviewed, "s1", "reject", "--branch", "other")[0] == 2
    assert told("answer", reviewed, "s1", "reject", "--branch", "none")[0] == 2
    assert told("answer", reviewed, "s1", "reject", "--branch", "main")[0] == 0


def test_reject_takes_a_reason(reviewed: Path, told: Any) -> None:
    code, rejected = told("answer", reviewed, "s1", "reject", "too red")
    assert (code, rejected["status"]) == (0, "unfixed") and "too red" in rejected["reason"]
    assert rejected["from"] == rejected["to"]


def test_a_conflict_exits_4_and_can_be_settled(reviewed: Path, page: Path, told: Any) -> None:
    pixels = Picture.open(page).pixels.copy()
    pixels[10:12, 10:12] = 0
    Picture(pixels).save(page)
    told("commit", reviewed, page)
    code, answer = told("answer", reviewed, "s1", "accept")
    assert code == 4 and answer["from"] == answer["to"] and answer["status"] == "needs-review"
    box = ",".join(map(str, answer["conflicts"][0]))
    assert told("answer", reviewed, "s1", "accept", "--settle", f"{box}=theirs")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["s3", "accept"], "there is no step 's3'"),
        (["s1"], "expected accept"),
        (["s1", "edit"], "the instruction is empty"),
        (["s1", "approve"], "approve"),
        (["s1", "accept", "zzzz"], "no version"),
        (["s1", "reject", "--settle", "0,0,4,4=ours"], "--settle"),
        (["s1", "accept", "main"], "was not made by step"),
        (["9f:s1", "accept"], "4 or more digits"),
    ],
)
def test_what_makes_no_sense_is_refused(reviewed: Path, told: Any, arguments: list[str], said: str) -> None:
    code, refused = told("answer", reviewed, *arguments)
    assert code == 2 and said in refused["error"]["message"]
    assert len(told("answer", reviewed)[1]["waiting"]) == 2


def test_a_step_that_was_settled_waits_no_more(reviewed: Path, told: Any) -> None:
    told("answer", reviewed, "s1", "reject")
    code, refused = told("answer", reviewed, "s1", "accept")
    assert code == 2 and "waits for nobody" in refused["error"]["message"]
