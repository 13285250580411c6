"""A planner that is asked again plans from verdicts: once, at the places that failed, and what it plans is checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from retouch.edit import EditRequest
from retouch.editors.scripted import ScriptedEditor
from retouch.errors import CancelledError, PersonNeededError, PictureError, ServiceError, VerifierError
from retouch.event import Event
from retouch.finding import Finding
from retouch.geometry import Box
from retouch.orchestrator.budget import Budget
from retouch.orchestrator.cancel import Cancel
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.orchestrator.replanning import Tried
from retouch.picture import Picture
from retouch.plan import Answers, Goal, Plan, Step, TextReads
from retouch.verdict import Outcome

MakeStep = Callable[..., Step]
A, B = (10, 10, 40, 20), (100, 10, 40, 20)
GOOD, BAD = 5, 9


def paint(request: EditRequest) -> Any:
    out = request.canvas.copy()
    out[request.mask] = GOOD if request.instruction.startswith("good") else BAD
    return out


class Twice:
    """A planner with a first plan, and a second one or an error; it keeps what it was told."""

    def __init__(self, first: Sequence[Step], second: Sequence[Step] | Exception = ()) -> None:
        self._first, self._second = tuple(first), second
        self.told: list[Sequence[Tried]] = []

    def plan(self, goal: Goal, picture: Picture, findings: Sequence[Finding] = ()) -> Plan:
        return Plan(goal=goal.text, steps=self._first)

    def replan(
        self, goal: Goal, picture: Picture, tried: Sequence[Tried] = (), findings: Sequence[Finding] = ()
    ) -> Plan:
        self.told.append(tried)
        if isinstance(self._second, Exception):
            raise self._second
        return Plan(goal=goal.text, steps=tuple(self._second))


@pytest.fixture
def by_value(judge: Any) -> Any:
    def says(pixels: Any, step: Step) -> Outcome:
        return Outcome.PASS if (pixels == GOOD).all() else Outcome.FAIL

    return judge(says)


@pytest.fixture
def run(document: Document, by_value: Any) -> Callable[..., Any]:
    def ran(planner: Twice, **options: Any) -> Any:
        given = {"editors": [ScriptedEditor(paint)], "verifiers": [by_value]} | options
        return document.run("g", planner=planner, **given)

    return ran


@pytest.fixture
def first(step: MakeStep) -> tuple[Step, Step]:
    return step("s1", A, instruction="bad"), step("s2", B, instruction="good")


def test_what_no_verdict_passed_is_planned_once_more(
    run: Any, document: Document, first: tuple[Step, Step], step: MakeStep
) -> None:
    told: list[Event] = []
    planner = Twice(first, [step("x", A, instruction="good", expectation=None)])
    report = run(planner, listen=told.append)
    assert [(s.id, s.status) for s in report.steps] == [("s1", "fixed"), ("s2", "fixed"), ("r2.x", "fixed")]
    assert report.exit_code == 0 and report.calls.editor == 3
    old, new = report.steps[0], report.steps[2]
    assert old.version == new.version and old.verdicts[0].passed and "put right by r2.x" in (old.reason or "")
    assert new.expectation == TextReads(text="永"), "the second plan cannot want less than the first"
    ((tried,),) = planner.told
    assert tried.step.id == "s1" and tried.verdicts[-1].outcome == "fail"
    assert tried.shown is not None and (tried.shown.pixels == BAD).any()
    (record,) = document.project.runs()
    assert [[s.id for s in plan.steps] for plan in record.plans] == [["s1", "s2"], ["r2.x"]]
    assert record.steps["s1"].status == "fixed" and record.steps["s1"].version == new.version
    assert [e.event for e in told if e.event in ("replanning", "planned", "run-ended")] == [
        "planned",
        "replanning",
        "planned",
        "run-ended",
    ]


def test_there_is_no_third_plan(run: Any, first: tuple[Step, Step], step: MakeStep) -> None:
    planner = Twice(first, [step("x", A, instruction="bad again")])
    report = run(planner)
    assert [s.status for s in report.steps] == ["unfixed", "fixed", "unfixed"]
    assert len(planner.told) == 1 and report.exit_code == 3


def test_nothing_is_asked_where_nothing_failed(run: Any, document: Document, step: MakeStep) -> None:
    planner = Twice([step("s1", A, instruction="good")])
    assert run(planner).exit_code == 0
    assert not planner.told and len(document.project.runs()[0].plans) == 1


def test_a_second_plan_stays_at_the_places_that_failed(
    run: Any, document: Document, page: Picture, first: tuple[Step, Step], step: MakeStep
) -> None:
    far, fixed, whole = (10, 100, 40, 20), B, step("w", A, instruction="good").model_copy(update={"box": None})
    elsewhere = [step("x", far, instruction="good"), step("y", fixed, instruction="good"), whole]
    told: list[Event] = []
    report = run(Twice(first, elsewhere), listen=told.append)
    assert [s.id for s in report.steps] == ["s1", "s2"] and report.exit_code == 3
    assert any("3 steps of the second plan" in str(e.data.get("message")) for e in told)
    changed = (document.head().picture.pixels != page.pixels).any(axis=2)
    assert changed[10:30, 100:140].all() and changed.sum() == 40 * 20


def test_a_wider_place_spares_what_was_fixed(run: Any, step: MakeStep) -> None:
    near = (52, 10, 40, 20)
    planner = Twice(
        [step("s1", A, instruction="bad"), step("s2", near, instruction="good")],
        [step("x", (5, 5, 50, 30), instruction="good")],
    )
    report = run(planner)
    assert report.steps[-1].box == Box(*A) and report.exit_code == 0


def test_several_steps_may_do_what_one_could_not(run: Any, step: MakeStep) -> None:
    left, right = (10, 10, 20, 20), (30, 10, 20, 20)
    second = [step("x", left, instruction="good"), step("y", right, instruction="good", after=("x",))]
    report = run(Twice([step("s1", A, instruction="bad")], second))
    assert [(s.id, s.status) for s in report.steps] == [("s1", "fixed"), ("r2.x", "fixed"), ("r2.y", "fixed")]


@pytest.mark.parametrize(
    "error",
    [
        ServiceError("no reply"),
        PersonNeededError("it sounds like an order"),
        PictureError("a strip is too long to be shown"),
        ZeroDivisionError("of a stranger's planner"),
    ],
)
def test_a_planner_that_fails_the_second_time_ends_nothing(
    run: Any, document: Document, first: tuple[Step, Step], error: Exception
) -> None:
    report = run(Twice(first, error))
    assert [s.status for s in report.steps] == ["unfixed", "fixed"] and report.exit_code == 3
    record = document.project.runs()[0]
    said = [e.data["message"] for _, e in document.project.store.events(record.id) if e.event == "warning"]
    assert record.state == "ended" and any("no second plan" in message for message in said)


def test_no_call_left_is_no_second_plan(run: Any, first: tuple[Step, Step], step: MakeStep) -> None:
    planner = Twice(first, [step("x", A, instruction="good")])
    report = run(planner, budget=Budget(calls=2))
    assert not planner.told and report.exit_code == 3


def test_what_waits_for_a_person_by_request_is_not_planned_again(run: Any, step: MakeStep) -> None:
    planner = Twice([step("s1", A, instruction="good")], [step("x", A, instruction="good")])
    assert run(planner, review=True).exit_code == 4 and not planner.told


@pytest.mark.parametrize("broken", [False, True])
def test_where_nobody_can_judge_no_second_plan_is_asked_for(run: Any, step: MakeStep, judge: Any, broken: bool) -> None:
    planner = Twice([step("s1", A, instruction="bad", expectation=Answers(question="Is it?"))], [step("x", A)])
    report = run(planner, verifiers=[judge(VerifierError("no reply"))] if broken else [])
    assert report.exit_code == 4 and not planner.told


def test_a_plan_that_was_given_is_not_replanned(run: Any, document: Document, by_value: Any, step: MakeStep) -> None:
    planner = Twice([], [step("x", A, instruction="good")])
    plan = Plan(goal="g", steps=(step("s1", A, instruction="bad"),))
    document.run(plan=plan, planner=planner, editors=[ScriptedEditor(paint)], verifiers=[by_value])
    assert not planner.told


def test_a_resumed_run_asks_no_second_time(
    run: Any, project: Project, by_value: Any, first: tuple[Step, Step], step: MakeStep
) -> None:
    cancel = Cancel()

    def until(request: EditRequest) -> Any:
        if request.instruction == "good now":
            cancel.cancel()
        return paint(request)

    second = [step("x", A, instruction="good now"), step("y", (5, 30, 40, 5), instruction="good", after=("x",))]
    planner, again = Twice(first, second), Twice(first, second)
    with pytest.raises(CancelledError):
        run(planner, editors=[ScriptedEditor(until)], cancel=cancel)
    assert len(planner.told) == 1
    editor = ScriptedEditor(paint)
    (report,) = project.resume(planner=again, editors=[editor], verifiers=[by_value])
    assert not again.told and editor.calls == 1 and report.exit_code == 0
    assert [s.id for s in report.steps] == ["s1", "s2", "r2.x", "r2.y"]
    assert report.steps[0].verdicts[0].passed


def test_an_answer_without_a_step_is_remembered_too(
    run: Any, project: Project, document: Document, by_value: Any, first: tuple[Step, Step], step: MakeStep
) -> None:
    """The first line's planner had nothing to say; the run is stopped in the second, and goes on without asking."""
    cancel = Cancel()

    def until(request: EditRequest) -> Any:
        if request.instruction == "good sibling":
            cancel.cancel()
        return paint(request)

    sibling = step("s3", (10, 100, 40, 20), instruction="good sibling", branch="b")
    plan = (*first, sibling, step("s4", (60, 100, 40, 20), instruction="good", branch="b", after=("s3",)))
    with pytest.raises(CancelledError):
        run(Twice(plan), editors=[ScriptedEditor(until)], cancel=cancel)
    again = Twice(plan, [step("x", A, instruction="good")])
    (report,) = project.resume(planner=again, editors=[ScriptedEditor(paint)], verifiers=[by_value])
    assert not again.told and [s.status for s in report.steps] == ["unfixed", *["fixed"] * 3]


def test_a_sibling_of_a_series_is_planned_again_on_its_branch(
    run: Any, document: Document, page: Picture, step: MakeStep
) -> None:
    plan = [step("s1", B, instruction="good"), step("s2", A, instruction="bad", branch="b")]
    report = run(Twice(plan, [step("x", A, instruction="good", branch="elsewhere")]))
    assert [(s.id, s.branch, s.status) for s in report.steps] == [
        ("s1", "main", "fixed"),
        ("s2", "b", "fixed"),
        ("r3.x", "b", "fixed"),
    ]
    assert (document.head("b").picture.pixels[10:30, 10:50] == GOOD).all()
    assert np.array_equal(document.head().picture.pixels[10:30, 10:50], page.pixels[10:30, 10:50])


def test_a_second_plan_cannot_spend_without_end_nor_hire(run: Any, step: MakeStep) -> None:
    many = [step(f"x{n}", (10 + n, 10, 5, 5), instruction="bad", editor="no-such-editor") for n in range(30)]
    report = run(Twice([step("s1", A, instruction="bad")], many))
    assert [s.id for s in report.steps] == ["s1", "r2.x0", "r2.x1", "r2.x2", "r2.x3"]


def test_for_the_whole_picture_a_second_plan_stays_inside_it(run: Any, step: MakeStep) -> None:
    whole = step("s1", A, instruction="bad", mode="whole").model_copy(update={"box": None})
    second = [step("x", (190, 150, 40, 40), instruction="good"), step("y", A, instruction="good")]
    inverting = ScriptedEditor(lambda request: 255 - request.canvas if request.mask.all() else paint(request))
    report = run(Twice([whole], second), editors=[inverting])
    assert [s.id for s in report.steps] == ["s1", "r2.y"]
