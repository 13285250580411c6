"""Projects and documents: opening, importing, moving branches, showing versions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import retouch
from retouch.edit import EditRequest
from retouch.editors.scripted import ScriptedEditor
from retouch.errors import PictureError, UnknownNameError, UsageError
from retouch.geometry import Box
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project, open_document
from retouch.picture import Picture
from retouch.plan import Plan, Step
from retouch.store import MemoryStore
from retouch.verdict import Outcome
from retouch.version import VersionKind


def changed(page: Picture, value: int) -> Picture:
    pixels = page.pixels.copy()
    pixels[value : value + 5, 10:20] = value
    return Picture(pixels)


def test_opening_a_picture_makes_a_project_beside_it_and_continues_it(tmp_path: Path, page: Picture) -> None:
    page.save(tmp_path / "page.png")
    with open_document(tmp_path / "page.png").project as project:
        assert project.path == tmp_path / "page.retouch"
        document = project.document()
        assert document.name == "page" and document.head().picture.same_pixels(page)
        document.commit(changed(page, 3), "by hand")
    again = retouch.open(tmp_path / "page.png")
    with again.project:
        assert len(again.log()) == 2 and again.head().record.message == "by hand"


def test_other_pixels_under_a_known_name_become_a_second_document(tmp_path: Path, page: Picture) -> None:
    page.save(tmp_path / "page.png")
    open_document(tmp_path / "page.png").project.close()
    changed(page, 9).save(tmp_path / "page.png")
    document = open_document(tmp_path / "page.png")
    with document.project as project:
        assert document.name == "page-2"
        assert [d.name for d in project.documents()] == ["page", "page-2"]
        with pytest.raises(UnknownNameError, match="page, page-2"):
            project.document()


def test_a_project_can_be_named_or_opened_itself(tmp_path: Path, page: Picture) -> None:
    page.save(tmp_path / "a.png")
    with open_document(tmp_path / "a.png", project=tmp_path / "all.retouch", name="first").project:
        pass
    document = open_document(tmp_path / "all.retouch")
    with document.project:
        assert document.name == "first"
    with pytest.raises(UsageError, match="is a project itself"):
        open_document(tmp_path / "all.retouch", project=tmp_path / "b.retouch")


def test_a_picture_that_cannot_be_read_leaves_no_project_behind(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    with pytest.raises(PictureError, match="broken.png"):
        open_document(tmp_path / "broken.png")
    assert list(tmp_path.iterdir()) == [tmp_path / "broken.png"]


def test_rolling_back_moves_the_branch_and_loses_nothing(document: Document, page: Picture) -> None:
    start = document.head()
    made = document.commit(changed(page, 3), "one")
    move = document.rollback(start.id[:8])
    assert (move.branch, move.origin, move.target) == ("main", made.id, start.id)
    assert document.head() == start and document.version(made.id).picture.same_pixels(changed(page, 3))
    assert [m.reason for m in document.moves()] == ["import", "commit", f"rollback to {start.id[:8]}"] or len(
        document.moves()
    ) == 3


def test_undo_takes_back_one_move_after_another(document: Document, page: Picture) -> None:
    start = document.head()
    one = document.commit(changed(page, 3), "one")
    two = document.commit(changed(page, 9), "two")
    assert document.undo().target == one.id
    assert document.undo().target == start.id
    with pytest.raises(UsageError, match="no move that could be undone"):
        document.undo()
    assert document.version(two.id).record.message == "two"


def test_undo_takes_back_a_rollback(document: Document, page: Picture) -> None:
    start, made = document.head(), document.commit(changed(page, 3), "one")
    document.rollback(start.id)
    assert document.undo().target == made.id
    assert document.undo().target == start.id


def test_undo_takes_back_a_whole_run(
    document: Document, plan: Callable[..., Plan], step: Callable[..., Step], judge: Any, page: Picture
) -> None:
    with pytest.raises(UsageError, match="was not made by a run"):
        document.undo(run=True)
    steps = [step(f"s{i}", (5 + 40 * i, 5, 20, 20)) for i in range(3)]
    report = document.run(plan=plan(*steps), editors=[ScriptedEditor(colour="black")], verifiers=[judge()])
    assert report.head != report.base
    assert document.undo(run=True).target == report.base
    assert document.head().picture.same_pixels(page)


def test_branches_and_tags(document: Document, page: Picture) -> None:
    start = document.head()
    document.create_branch("trial")
    document.create_tag("first", start)
    made = document.commit(changed(page, 3), "on trial", branch="trial")
    assert document.head("trial") == made and document.head() == start
    assert document.branches == {"main": start.id, "trial": made.id} and document.tags == {"first": start.id}
    assert document.version("trial~1") == start


def test_a_run_works_on_the_branch_it_is_told(
    document: Document, plan: Callable[..., Plan], step: Callable[..., Step], judge: Any
) -> None:
    document.create_branch("trial")
    report = document.run(
        plan=plan(step("a", (5, 5, 20, 20))),
        editors=[ScriptedEditor(colour="black")],
        verifiers=[judge()],
        branch="trial",
    )
    assert document.head("trial").id == report.head and document.head().id == report.base
    with pytest.raises(UnknownNameError):
        document.run(plan=plan(), branch="nowhere")


def test_a_diff_counts_boxes_pixels_and_the_largest_difference(document: Document, page: Picture) -> None:
    start = document.head()
    pixels = page.pixels.copy()
    pixels[10:14, 10:16] = 255 - pixels[10:14, 10:16]
    pixels[100:110, 150:152, 0] ^= 1
    made = document.commit(Picture(pixels), "two places")
    diff = start.diff(made)
    assert diff.boxes == (Box(10, 10, 6, 4), Box(150, 100, 2, 10))
    assert diff.changed_pixels == 44
    assert diff.max_difference == int(np.abs(pixels.astype(int) - page.pixels).max())
    assert start.diff(start).boxes == ()
    small = document.commit(Picture(page.pixels[:50]), "cut")
    with pytest.raises(PictureError, match="cannot compare"):
        start.diff(small)


def test_a_version_shows_itself_and_how_it_was_made(
    document: Document, plan: Callable[..., Plan], step: Callable[..., Step], judge: Any, tmp_path: Path
) -> None:
    document.run(
        plan=plan(step("a", (5, 5, 20, 20), instruction="make <it> black")),
        editors=[ScriptedEditor(colour="black")],
        verifiers=[judge()],
    )
    version = document.head()
    document.project.store.comment(version.id, "good", "me")
    shown = version.show()
    assert shown["kind"] == "edit" and shown["step"] == "a" and shown["outcome"] == "pass"
    record = shown["record"]
    assert record["request"]["instruction"] == "make <it> black" and record["patch_box"] == [5, 5, 20, 20]
    assert [v["outcome"] for v in record["verdicts"]] == ["pass", "pass"]
    assert [c["text"] for c in record["comments"]] == ["good"]
    version.save(tmp_path / "part.png", Box(0, 0, 30, 30))
    assert Picture.open(tmp_path / "part.png").size.area == 900
    assert [v.record.kind for v in document.log()] == [VersionKind.IMPORT, VersionKind.EDIT]


def test_custom_planners_are_taken_as_objects_and_checked(
    document: Document, plan: Callable[..., Plan], step: Callable[..., Step], judge: Any
) -> None:
    class Fixed:
        def plan(self, goal: Any, picture: Picture, findings: Any = ()) -> Plan:
            return plan(step("mine", (5, 5, 20, 20)))

    report = document.run(
        "whatever", planner=Fixed(), editors=[ScriptedEditor(colour="black")], verifiers=[judge(Outcome.PASS)]
    )
    assert [s.id for s in report.steps] == ["mine"] and report.exit_code == 0
    assert document.plan("whatever", Fixed()).steps[0].id == "mine"
    with pytest.raises(retouch.RetouchError, match="is no planner"):
        document.plan("whatever", object())  # type: ignore[arg-type]


def test_a_project_lists_its_runs(
    project: Project, document: Document, plan: Callable[..., Plan], step: Callable[..., Step], judge: Any
) -> None:
    report = document.run(
        plan=plan(step("a", (5, 5, 20, 20))), editors=[ScriptedEditor(colour="black")], verifiers=[judge()]
    )
    (record,) = project.runs()
    assert record.id == report.run and record.state == "ended" and record.summary["exit_code"] == 0
    assert record.steps["a"].version == report.head and record.plans[0].steps[0].id == "a"


def test_a_project_may_be_kept_in_memory(page: Picture, plan: Any, step: Any, judge: Any) -> None:
    def paint(request: EditRequest) -> Any:
        out = request.canvas.copy()
        out[request.mask] = 5
        return out

    store = MemoryStore()
    with Project(store) as project:
        document = project.import_picture(page, "page")
        report = document.run(
            plan=plan(step("a", (5, 5, 20, 20))), editors=[ScriptedEditor(paint)], verifiers=[judge()]
        )
        assert (report.exit_code, report.project) == (0, "memory")
        with pytest.raises(UsageError, match="no file"):
            project.path  # noqa: B018
    with Project(MemoryStore(beside=store)) as again:
        assert (again.document().head().picture.pixels[5:25, 5:25] == 5).all()
        assert again.interrupted() == ()
