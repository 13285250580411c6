"""revert, pick, merge, reject: the JSON that scripts rely on, conflicts and how they are settled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retouch.geometry import Box
from retouch.interfaces.cli.main import main
from retouch.orchestrator.project import Project
from retouch.picture import Picture

REPORT = ["branch", "from", "to", "conflicts"]


def picture(project: Path, name: str) -> Picture:
    with Project.open(project) as opened:
        return opened.document().version(name).picture


def test_a_merge_without_conflict_has_both_sides_and_two_parents(forked: Path, told: Any) -> None:
    told("revert", forked, "other~1", "--branch", "other")
    code, merged = told("merge", forked, "other")
    assert (code, list(merged), merged["branch"], merged["conflicts"]) == (0, REPORT, "main", [])
    after = picture(forked, "main").pixels
    assert (after[8:24, 8:24] == 250).all() and (after[40:50, 60:70] == 5).all()
    made = next(v for v in told("log", forked)[1]["versions"] if v["id"] == merged["to"])
    assert made["kind"] == "merge" and made["parents"][0] == merged["from"] and len(made["parents"]) == 2
    assert told("merge", forked, "other")[1] == {**merged, "from": merged["to"]}, "there is nothing left to bring"


def test_a_conflict_exits_4_and_changes_nothing(forked: Path, told: Any, capsys: pytest.CaptureFixture[str]) -> None:
    before = told("log", forked)[1]
    code, merged = told("merge", forked, "other", "--into", "main")
    assert code == 4 and merged["from"] == merged["to"] == before["branches"]["main"]
    (conflict,) = merged["conflicts"]
    assert Box(*conflict).contains(Box(16, 16, 8, 8))
    assert told("log", forked)[1] == before
    assert main(["merge", str(forked), "other"]) == 4
    out, err = capsys.readouterr()
    assert "nothing was changed" in out and ",".join(map(str, conflict)) in out
    assert "--settle" in err


def test_conflicts_are_drawn_where_there_are_any(forked: Path, told: Any) -> None:
    out = forked.with_name("conflicts.png")
    assert told("merge", forked, "other", "--picture", out)[0] == 4
    shown = Picture.open(out).pixels
    assert (shown == 250).all(axis=2).any() and (shown == 5).all(axis=2).any()
    out.unlink()
    assert told("pick", forked, "other", "--branch", "main", "--picture", out)[0] == 0
    assert not out.exists()


@pytest.mark.parametrize(("side", "value"), [("ours", 250), ("theirs", 5), ("base", None)])
def test_a_settled_conflict_takes_the_side_that_was_named(
    forked: Path, told: Any, side: str, value: int | None
) -> None:
    conflict = told("merge", forked, "other")[1]["conflicts"][0]
    told_box = ",".join(map(str, conflict))
    code, merged = told("merge", forked, "other", "--settle", f"{told_box}={side}")
    assert (code, merged["conflicts"]) == (0, [])
    after, first = picture(forked, "main").pixels, picture(forked, "other~2").pixels
    wanted = first[16:24, 16:24] if value is None else np.full((8, 8, 3), value, np.uint8)
    assert np.array_equal(after[16:24, 16:24], wanted)
    assert (after[8:18, 60:70] == 250).all() and (after[40:50, 60:70] == 5).all(), "the rest merged by itself"
    shown = told("show", forked, "main")[1]["record"]
    assert shown["settled"][0]["side"] == side


@pytest.mark.parametrize(
    ("settle", "said"),
    [
        ("0,0,4,4=ours", "0,0,4,4"),
        ("0,0,96,64=mine", "ours|theirs|base"),
        ("0,0,96=ours", "four integers"),
        ("0,0,0,4=ours", "positive"),
        ("ours", "four integers"),
        ("0,0,96,64", "ours|theirs|base"),
    ],
)
def test_a_settlement_that_makes_no_sense_is_refused(forked: Path, told: Any, settle: str, said: str) -> None:
    before = told("log", forked)[1]["branches"]
    code, refused = told("merge", forked, "other", "--settle", settle)
    assert code == 2 and said in refused["error"]["message"]
    assert told("log", forked)[1]["branches"] == before


def test_which_branch_gets_it_must_be_said_where_there_are_several(forked: Path, told: Any) -> None:
    told("branch", forked, "third", "main")
    code, refused = told("merge", forked, "other")
    assert code == 2 and "main, third" in refused["error"]["message"]
    assert told("merge", forked, "other", "--into", "none")[0] == 2
    assert told("merge", forked, "none", "--into", "main")[1]["error"]["type"] == "UnknownNameError"
    assert told("merge", forked, "main", "--into", "third")[1]["from"] == told("log", forked)[1]["branches"]["main"]


def test_a_branch_without_changes_of_its_own_moves_ahead(forked: Path, told: Any) -> None:
    told("branch", forked, "late", "main~1")
    _, merged = told("merge", forked, "main", "--into", "late")
    assert merged["to"] == told("log", forked)[1]["branches"]["main"]


def test_revert_takes_back_one_step_and_keeps_later_ones(forked: Path, told: Any) -> None:
    first = picture(forked, "main~2").pixels
    code, reverted = told("revert", forked, "main~1", "--branch", "main", "-m", "too bright")
    assert (code, list(reverted)) == (0, REPORT)
    after = picture(forked, "main").pixels
    assert np.array_equal(after[8:24, 8:24], first[8:24, 8:24]) and (after[8:18, 60:70] == 250).all()
    shown = told("show", forked, "main")[1]
    assert (shown["kind"], shown["message"]) == ("revert", "too bright")
    assert shown["record"]["reverts"] == shown_id(told, forked, "main~2")
    assert told("undo", forked, "--branch", "main")[1]["to"] == reverted["from"]


def shown_id(told: Any, project: Path, name: str) -> str:
    return str(told("show", project, name)[1]["id"])


def test_revert_of_what_was_painted_over_is_a_conflict(forked: Path, told: Any) -> None:
    told("merge", forked, "other", "--settle", "0,0,96,64=theirs")
    code, reverted = told("revert", forked, "main~2", "--branch", "main")
    assert code == 4 and reverted["conflicts"]


def test_what_cannot_be_reverted_is_said(forked: Path, told: Any) -> None:
    assert told("revert", forked, "main~2", "--branch", "main")[0] == 2, "the import has nothing before it"
    code, refused = told("revert", forked, "other", "--branch", "main")
    assert code == 2 and "not on branch 'main'" in refused["error"]["message"]
    assert told("revert", forked, "zzzz", "--branch", "main")[1]["error"]["type"] == "UnknownNameError"
    assert told("revert", forked, "main")[0] == 2, "several branches, none named"


def test_pick_brings_a_step_of_another_branch(forked: Path, told: Any) -> None:
    code, picked = told("pick", forked, "other", "--branch", "main")
    assert (code, list(picked)) == (0, REPORT)
    assert (picture(forked, "main").pixels[40:50, 60:70] == 5).all()
    assert told("pick", forked, "other~1", "--branch", "main")[0] == 4
    assert told("pick", forked, "other~1", "--branch", "main", "--settle", "0,0,96,64=theirs")[0] == 0
    assert (picture(forked, "main").pixels[16:32, 16:32] == 5).all()


def test_pick_brings_a_candidate(project: Path, told: Any) -> None:
    candidate = next(v for v in told("log", project)[1]["versions"] if v["step"] == "s2")
    _, picked = told("pick", project, candidate["id"][:6])
    shown = told("show", project, "HEAD")[1]
    assert (shown["id"], shown["kind"], shown["step"], shown["outcome"]) == (picked["to"], "pick", "s2", "fail")
    assert shown["record"]["picks"] == candidate["id"]


def test_reject_marks_and_says_which_branch_has_it(
    project: Path, told: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    versions = told("log", project)[1]["versions"]
    candidate = next(v["id"] for v in versions if v["kind"] == "candidate")
    code, rejected = told("reject", project, candidate, "-m", "too red")
    assert code == 0 and rejected.keys() == {"version", "mark", "branches"}
    assert (rejected["mark"]["opinion"], rejected["mark"]["reason"], rejected["branches"]) == (
        "rejected",
        "too red",
        [],
    )
    assert told("show", project, candidate)[1]["record"]["marks"][0]["reason"] == "too red"
    assert main(["reject", str(project), "HEAD"]) == 0
    assert "branch main contains it; `retouch revert" in capsys.readouterr().err
    assert told("log", project)[1]["branches"]["main"] == shown_id(told, project, "HEAD")
