"""The history of a page that the typeset editor really wrote on: taken back, merged, picked and blamed from Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from retouch.errors import UnknownNameError, UsageError
from retouch.geometry import Box
from retouch.interfaces.demo.painter import paint
from retouch.interfaces.demo.recipe import Recipe
from retouch.orchestrator.document import Document
from retouch.orchestrator.history import Version
from retouch.orchestrator.project import Project
from retouch.picture import Picture, Pixels
from retouch.plan import Plan, Step, TextReads
from retouch.store.operations.merging import Settlement
from retouch.verdict import Outcome, Verdict
from retouch.version import VersionKind
from retouch.writing.fonts import covers, installed

TEXT, WRITTEN = "永和九年岁在癸丑", "春会暮亭"
FIRST, SECOND, LAST = 1, 5, 7
"""Places in the text that are written anew."""


class _Judge:
    """Lets every attempt pass, or none."""

    def __init__(self, outcome: Outcome = Outcome.PASS) -> None:
        self._outcome = outcome

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        return Verdict(verifier="judge", outcome=self._outcome, score=0.5, reason="told so")


@dataclass(frozen=True)
class Written:
    """春 and 暮 were written on `main`, then 会 over 春; 亭 on `side`, which left at the import."""

    document: Document
    boxes: dict[int, Box]
    spring: Version
    dusk: Version
    meeting: Version

    def at(self, place: int, pixels: Pixels) -> Pixels:
        return pixels[self.boxes[place].slices]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    able = [f for f in installed() if "Kai" in f.family and all(covers(f, c) for c in TEXT + WRITTEN)]
    if not able:
        pytest.skip("no Kai font is installed that draws the page")
    page = paint(Recipe(text=TEXT, face=able[0], size=48, per_line=4))
    boxes = {place: page.characters[place].box.grown(3) for place in (FIRST, SECOND, LAST)}

    def step(place: int, char: str) -> Step:
        name = f"{place}{char}"
        return Step(id=name, operation="replace", target=char, box=boxes[place], expectation=TextReads(text=char))

    with Project.open(tmp_path_factory.mktemp("history") / "page.retouch", create=True) as project:
        document = project.import_picture(Picture(page.rgb), "page")
        document.create_branch("side")

        def write(branch: str, *steps: Step) -> None:
            plan = Plan(goal="write", steps=steps)
            report = document.run(plan=plan, editors=["typeset"], verifiers=[_Judge()], branch=branch)
            assert report.exit_code == 0

        write("main", step(FIRST, "春"), step(SECOND, "暮"))
        write("main", step(FIRST, "会"))
        write("side", step(LAST, "亭"))
        spring, dusk, meeting = (document.version(name) for name in ("main~2", "main~1", "main"))
        yield Written(document, boxes, spring, dusk, meeting)


@pytest.fixture
def trial(written: Written) -> Iterator[str]:
    """A branch at the head of `main`, for one test."""
    written.document.create_branch("trial", written.meeting)
    yield "trial"
    if "trial" in written.document.branches:
        written.document.delete_branch("trial")


def test_blame_tells_who_wrote_each_character(written: Written) -> None:
    blame = written.document.blame()
    assert blame.versions[0] == written.meeting.id
    owners = {region.version: region for region in blame.regions}
    assert written.boxes[FIRST].grown(8).contains(owners[written.meeting.id].box)
    assert written.boxes[SECOND].grown(8).contains(owners[written.dusk.id].box)
    assert owners[written.dusk.id].step == f"{SECOND}暮"
    first = written.document.blame(written.boxes[SECOND]).versions
    assert written.dusk.id in first and written.meeting.id not in first


def test_a_step_in_the_middle_is_taken_back(written: Written, trial: str) -> None:
    document, start = written.document, written.document.log()[0].picture.pixels
    assert document.revert(written.dusk, trial).conflicts == ()
    after, before = document.head(trial).picture.pixels, written.meeting.picture.pixels
    assert np.array_equal(written.at(SECOND, after), written.at(SECOND, start))
    assert np.array_equal(written.at(FIRST, after), written.at(FIRST, before))
    assert document.diff(written.dusk.parents[0], written.dusk).boxes == document.diff(written.meeting, trial).boxes


def test_two_characters_in_one_place_are_one_conflict_and_never_mixed(written: Written, trial: str) -> None:
    document, start = written.document, written.document.log()[0].picture
    report = document.revert(written.spring, trial)
    (conflict,) = report.conflicts
    assert report.target == report.origin == written.meeting.id
    assert written.boxes[FIRST].grown(8).contains(conflict)
    document.revert(written.spring, trial, settle=[Settlement(conflict, "theirs")])
    whole = written.boxes[FIRST].grown(8)
    assert np.array_equal(document.head(trial).picture.pixels[whole.slices], start.pixels[whole.slices])
    document.undo(trial)
    document.revert(written.spring, trial, settle=[Settlement(conflict, "ours")])
    assert document.head(trial).picture.same_pixels(written.meeting.picture), "会 hides all of 春"


def test_branches_with_other_characters_merge(written: Written, trial: str) -> None:
    document = written.document
    report = document.merge("side", trial, message="both")
    after, side = document.head(trial).picture.pixels, document.head("side").picture.pixels
    assert report.conflicts == () and document.head(trial).record.message == "both"
    assert np.array_equal(written.at(LAST, after), written.at(LAST, side))
    assert np.array_equal(written.at(FIRST, after), written.at(FIRST, written.meeting.picture.pixels))
    ancestor = document.common_ancestor("side", trial)
    assert ancestor == document.head("side")
    assert document.head(trial).record.kind is VersionKind.MERGE


def test_a_step_of_another_branch_is_picked_with_its_verdicts(written: Written, trial: str) -> None:
    document = written.document
    document.pick("side", trial)
    picked = document.head(trial)
    record = picked.show()["record"]
    assert "judge" in [verdict["verifier"] for verdict in record["verdicts"]]
    attempt = document.head("side").attempt()
    assert attempt is not None and record["attempt"] == attempt.id and record["picks"] == document.head("side").id
    assert record["patch_box"] == (attempt.box.as_list() if attempt.box else None)
    assert picked.attempt() is None and picked.record.outcome is Outcome.PASS


def test_a_deleted_branch_comes_back(written: Written, trial: str) -> None:
    document = written.document
    document.delete_branch(trial)
    assert trial not in document.branches
    assert document.undo(trial).target == written.meeting.id == document.head(trial).id


def test_tags_marks_and_comments(written: Written) -> None:
    document = written.document
    document.create_tag("printed", written.dusk)
    document.delete_tag("printed")
    with pytest.raises(UnknownNameError, match="no tag 'printed'"):
        document.delete_tag("printed")
    document.comment(written.dusk, "a little pale")
    document.mark(written.dusk, "accepted")
    document.reject(written.dusk.id[:12], "too pale")
    assert [comment.text for comment in written.dusk.comments()] == ["a little pale"]
    assert [(mark.opinion, mark.reason) for mark in written.dusk.marks()] == [
        ("accepted", ""),
        ("rejected", "too pale"),
    ]


def test_what_is_not_on_the_branch_cannot_be_reverted(written: Written) -> None:
    with pytest.raises(UsageError, match="is not on branch 'side'"):
        written.document.revert(written.dusk, "side")


def test_rollback_takes_a_version_too(written: Written, trial: str) -> None:
    move = written.document.rollback(written.spring, trial)
    assert move.target == written.spring.id and move.reason == f"rollback to {written.spring.id[:12]}"
    assert written.document.undo(trial).target == written.meeting.id
