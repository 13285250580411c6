"""A plan for several versions of one picture: sibling branches in one run, resumed where it was stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retouch.attempt import StepStatus
from retouch.edit import EditRequest
from retouch.editors.scripted import ScriptedEditor
from retouch.errors import CancelledError, PlanError
from retouch.event import Event
from retouch.orchestrator.budget import Budget
from retouch.orchestrator.cancel import Cancel
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.orchestrator.series import siblings
from retouch.picture import Picture
from retouch.plan import Plan, Step
from retouch.verdict import Outcome

COLOURS = ("red", "green", "blue")
SHARED, OWN = (10, 10, 20, 20), (60, 60, 30, 30)
MakeStep = Callable[..., Step]


@pytest.fixture
def plan(step: MakeStep) -> Plan:
    """A shared step, and one of each colour at the same place."""
    own = [step(f"s{n}", OWN, branch=colour, instruction=colour) for n, colour in enumerate(COLOURS, 1)]
    return Plan(goal="a series", steps=(step("s0", SHARED), *own))


def paint(request: EditRequest) -> Any:
    """Each branch's step in a grey of its own."""
    out = request.canvas.copy()
    out[request.mask] = 40 * (1 + COLOURS.index(request.instruction)) if request.instruction in COLOURS else 5
    return out


def check_siblings(document: Document, page: Picture) -> None:
    main = document.head("main").picture.pixels
    assert (main[10:30, 10:30] == 5).all() and np.array_equal(main[60:90, 60:90], page.pixels[60:90, 60:90])
    for number, colour in enumerate(COLOURS, 1):
        head = document.head(colour)
        assert head.record.parents == (document.head("main").id,)
        wanted = main.copy()
        wanted[60:90, 60:90] = 40 * number
        assert np.array_equal(head.picture.pixels, wanted)


def test_the_siblings_of_a_plan(plan: Plan) -> None:
    assert siblings(plan) == COLOURS
    assert siblings(plan, "green") == ("red", "blue")


def test_every_sibling_starts_from_the_shared_steps_and_keeps_to_itself(
    document: Document, plan: Plan, page: Picture, judge: Any
) -> None:
    told: list[Event] = []
    report = document.run(plan=plan, editors=[ScriptedEditor(paint)], verifiers=[judge()], listen=told.append)
    check_siblings(document, page)
    assert report.exit_code == 0 and report.branch == "main" and len(document.project.runs()) == 1
    assert [(s.id, s.branch, s.status) for s in report.steps] == [
        (f"s{n}", name, "fixed") for n, name in enumerate(("main", *COLOURS))
    ]
    assert [(b.branch, b.head) for b in report.branches] == [(n, document.head(n).id) for n in ("main", *COLOURS)]
    assert [b.base for b in report.branches] == [report.base, *[report.head] * 3]
    assert [e.data["branch"] for e in told if e.event == "branch-started"] == list(COLOURS)
    assert report.model_dump(mode="json")["branches"][1]["branch"] == "red"


def test_a_run_on_one_branch_says_nothing_of_others(document: Document, step: MakeStep, judge: Any) -> None:
    plan = Plan(goal="g", steps=(step("s0", SHARED, branch="main"),))
    report = document.run(plan=plan, editors=["scripted?colour=black"], verifiers=[judge()])
    dumped = report.model_dump(mode="json")
    assert report.exit_code == 0 and "branches" not in dumped and "branch" not in dumped["steps"][0]


def test_a_rehearsal_shows_all_branches_and_makes_none(document: Document, plan: Plan) -> None:
    report = document.run(plan=plan, dry_run=True)
    assert [(s.branch, s.status) for s in report.steps] == [(name, "skipped") for name in ("main", *COLOURS)]
    assert [b.head for b in report.branches[1:]] == [None] * 3
    assert set(document.branches) == {"main"} and not document.project.runs()


@pytest.mark.parametrize("name", ["HEAD", "a~1", "a b", ".."])
def test_a_branch_that_cannot_be_named_so_changes_nothing(document: Document, step: MakeStep, name: str) -> None:
    with pytest.raises(PlanError, match="cannot be the name of a branch"):
        document.run(plan=Plan(goal="g", steps=(step("s1", OWN, branch=name),)))
    assert not document.project.runs() and set(document.branches) == {"main"}


def test_a_series_that_cannot_be_done_changes_nothing(document: Document, plan: Plan, step: MakeStep) -> None:
    crossing = plan.model_copy(update={"steps": (*plan.steps, step("s9", (5, 5, 20, 20), branch="red", after=("s2",)))})
    with pytest.raises(PlanError, match="of branch 'red' comes after 's2' of branch 'green'"):
        document.run(plan=crossing)
    back = plan.model_copy(update={"steps": (*plan.steps, step("s9", (5, 5, 20, 20), after=("s1",)))})
    with pytest.raises(PlanError, match="of branch 'main' comes after 's1' of branch 'red'"):
        document.run(plan=back)
    document.create_branch("blue")
    with pytest.raises(PlanError, match="there is a branch 'blue' already"):
        document.run(plan=plan)
    document.delete_branch("blue")
    document.create_tag("blue")
    with pytest.raises(PlanError, match="there is a tag 'blue' already"):
        document.run(plan=plan)
    assert set(document.branches) == {"main"} and len(document.log()) == 1 and not document.project.runs()


def test_a_sibling_may_wait_for_a_shared_step(document: Document, step: MakeStep, judge: Any) -> None:
    never = judge(lambda pixels, step: Outcome.FAIL if step.id == "s0" else Outcome.PASS)
    waiting = step("s1", OWN, branch="red", after=("s0",))
    free = step("s2", OWN, branch="blue")
    plan = Plan(goal="g", steps=(step("s0", SHARED), waiting, free))
    report = document.run(plan=plan, editors=[ScriptedEditor(paint)], verifiers=[never])
    assert [s.status for s in report.steps] == [StepStatus.UNFIXED, StepStatus.SKIPPED, StepStatus.FIXED]
    assert report.exit_code == 3


def test_a_budget_holds_for_the_whole_series(document: Document, plan: Plan, judge: Any) -> None:
    report = document.run(plan=plan, editors=[ScriptedEditor(paint)], verifiers=[judge()], budget=Budget(calls=2))
    assert report.exit_code == 5 and report.calls.editor == 2
    assert [s.status for s in report.steps] == ["fixed", "fixed", "unfixed", "unfixed"]
    assert [b.head is None for b in report.branches] == [False, False, False, True]


def stopped(document: Document, plan: Plan, calls: int, judge: Any) -> ScriptedEditor:
    """The series, cancelled after that many calls."""
    cancel = Cancel()

    def until(request: EditRequest) -> Any:
        if editor.calls == calls:
            cancel.cancel()
        return paint(request)

    editor = ScriptedEditor(until)
    with pytest.raises(CancelledError):
        document.run(plan=plan, editors=[editor], verifiers=[judge()], cancel=cancel)
    return editor


@pytest.mark.parametrize("calls", [1, 2, 3])
def test_a_series_that_was_stopped_goes_on_with_what_is_left(
    document: Document, plan: Plan, page: Picture, project: Project, judge: Any, calls: int
) -> None:
    first, second = stopped(document, plan, calls, judge), ScriptedEditor(paint)
    (report,) = project.resume(editors=[second], verifiers=[judge()])
    check_siblings(document, page)
    assert report.exit_code == 0 and first.calls + second.calls == 4
    assert [b.head for b in report.branches] == [document.head(n).id for n in ("main", *COLOURS)]


def test_a_sibling_that_someone_else_made_meanwhile_is_left_alone(
    document: Document, plan: Plan, page: Picture, project: Project, judge: Any
) -> None:
    stopped(document, plan, 2, judge)
    document.create_branch("blue", document.log()[0].id)
    (report,) = project.resume(editors=[ScriptedEditor(paint)], verifiers=[judge()])
    last = report.steps[-1]
    assert (last.status, report.exit_code) == ("needs-review", 4) and "made by someone else" in (last.reason or "")
    assert document.head("blue").picture.same_pixels(page)
    assert [s.status for s in report.steps[:3]] == ["fixed"] * 3


def test_siblings_start_from_one_version_though_the_shared_branch_was_moved(
    document: Document, plan: Plan, project: Project, judge: Any
) -> None:
    stopped(document, plan, 2, judge)
    fork = document.head("main")
    touched = fork.picture.pixels.copy()
    touched[100:110, 100:110] = 0
    document.commit(Picture(touched))
    (report,) = project.resume(editors=[ScriptedEditor(paint)], verifiers=[judge()])
    assert report.exit_code == 0
    assert {document.head(name).record.parents for name in COLOURS} == {(fork.id,)}


def test_a_sibling_that_was_moved_meanwhile_keeps_what_was_done_there(
    document: Document, step: MakeStep, project: Project, judge: Any
) -> None:
    steps = [
        step(f"s{n}", (20 * n, 60, 10, 10), branch="red", after=(f"s{n - 1}",) if n > 1 else ()) for n in (1, 2, 3)
    ]
    stopped(document, Plan(goal="g", steps=tuple(steps)), 1, judge)
    touched = document.head("red").picture.pixels.copy()
    touched[60:70, 40:50] = 77
    document.commit(Picture(touched), branch="red")
    (report,) = project.resume(editors=[ScriptedEditor(paint)], verifiers=[judge()])
    assert [s.status for s in report.steps] == ["fixed", "needs-review", "skipped"]
    assert (document.head("red").picture.pixels[60:70, 40:50] == 77).all()


def test_a_series_is_undone_branch_by_branch(document: Document, plan: Plan, page: Picture, judge: Any) -> None:
    document.run(plan=plan, editors=[ScriptedEditor(paint)], verifiers=[judge()])
    main = document.head("main").id
    document.undo("red", run=True)
    assert document.head("red").picture.same_pixels(page) and document.head("main").id == main
    document.undo("green")
    assert document.head("green").id == main
    document.undo("main", run=True)
    assert document.head("main").picture.same_pixels(page) and not document.head("blue").picture.same_pixels(page)


def test_a_step_of_a_sibling_is_settled_on_its_branch(
    document: Document, plan: Plan, page: Picture, judge: Any
) -> None:
    document.run(plan=plan, editors=[ScriptedEditor(paint)], verifiers=[judge()], review=True)
    waiting = {one.step.id: one for one in document.waiting()}
    assert set(waiting) == {"s0", "s1", "s2", "s3"}
    answered = document.accept_step("s2")
    assert answered.branch == "green" and (document.head("green").picture.pixels[60:90, 60:90] == 80).all()
    assert document.head("main").picture.same_pixels(page)
    document.reject_step("s1")
    edited = document.edit_step("s3", "blue", editors=[ScriptedEditor(paint)], verifiers=[judge()], review=False)
    assert edited.branch == "blue" and edited.status == "fixed"
    assert (document.head("blue").picture.pixels[60:90, 60:90] == 120).all()


def test_a_killed_process_leaves_a_series_that_goes_on(tmp_path: Path, plan: Plan, page: Picture, judge: Any) -> None:
    """The process dies between making a branch and its first step, and in the middle of a sibling."""
    for point in ("create_branch", "attempt_started"):
        path = tmp_path / f"{point}.retouch"
        with Project.open(path, create=True) as project:
            document = project.import_picture(page, "page")
            original, seen = getattr(project.store, point), [0]

            def burn(*args: Any, original: Any = original, seen: list[int] = seen, **named: Any) -> Any:
                done = original(*args, **named)
                seen[0] += 1
                if seen[0] == 2:
                    raise SystemExit
                return done

            setattr(project.store, point, burn)
            with pytest.raises(SystemExit):
                document.run(plan=plan, editors=[ScriptedEditor(paint)], verifiers=[judge()])
        with Project.open(path) as project:
            (report,) = project.resume(editors=[ScriptedEditor(paint)], verifiers=[judge()])
            assert report.exit_code == 0
            check_siblings(project.document(), page)
