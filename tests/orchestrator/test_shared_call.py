"""Two boxes, two colours, one call: one attempt a step, judged and committed each by itself, paid for once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retouch.attempt import AttemptState, StepStatus
from retouch.edit import Cost, EditRequest, EditResult, FixedCanvas, NativeCanvas, Traits
from retouch.errors import EditorError
from retouch.event import Event
from retouch.orchestrator.budget import Budget
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import Plan, Step
from retouch.store import Store
from retouch.verdict import Outcome

MakeStep = Callable[..., Step]
MakePlan = Callable[..., Plan]
LEFT, RIGHT, FAR = (20, 60, 40, 40), (90, 60, 40, 40), (150, 10, 30, 30)
INK = {"red": (40, 20, 20), "blue": (20, 20, 40), "green": (20, 40, 20), "magenta": (60, 10, 60)}


class Marked:
    """Fills every marked box by a dark ink of its colour, an unmarked one with black; not exact."""

    def __init__(self, together: int = 4, area: int | None = None, rungs: tuple[str, ...] = ("first",)) -> None:
        canvas = NativeCanvas() if area is None else FixedCanvas(area, 16)
        self.traits = Traits(canvas, modes=("crop", "marked"), exact=False, together=together, rungs=rungs)
        self.requests: list[EditRequest] = []
        self.fails = 0

    @property
    def calls(self) -> int:
        return len(self.requests)

    def edit(self, request: EditRequest, watch: Any) -> EditResult:
        self.requests.append(request)
        if self.fails >= self.calls:
            raise EditorError("marked: told to fail")
        out = request.canvas.copy()
        for mark in request.marks:
            out[mark.box.slices] = INK[mark.name]
        if not request.marks:
            out[request.box.slices] = 0
        return EditResult(out, cost=Cost(calls=1, seconds=2.0, money=0.5, currency="EUR"))


def two(step: MakeStep, **fields: object) -> list[Step]:
    given: dict[str, object] = {"mode": "marked"} | fields
    return [
        step("a", LEFT, instruction='Write "稽"', **given),
        step("b", RIGHT, instruction='Write "亭"', **given),
    ]


def test_two_marked_steps_share_one_call(
    document: Document, project: Project, page: Picture, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    editor, said = Marked(), list[Event]()
    report = document.run(plan=plan(*two(step)), editors=[editor], verifiers=[judge()], listen=said.append)
    assert report.exit_code == 0, [s.reason for s in report.steps]
    (request,) = editor.requests
    assert [(mark.name, mark.box.size) for mark in request.marks] == [
        ("red", request.marks[0].box.size),
        ("blue", request.marks[0].box.size),
    ]
    assert 'In the red box: Write "稽"' in request.instruction and 'In the blue box: Write "亭"' in request.instruction
    assert "remove the red box and the blue box" in request.instruction
    red = (request.shown == (255, 0, 0)).all(axis=2)
    blue = (request.shown == (0, 0, 255)).all(axis=2)
    assert red.any() and blue.any() and not ((red | blue) & request.mask).any()
    one, other = project.store.attempts(report.run or "")
    assert one.call_id == other.call_id == one.id != other.id
    assert one.request["mark"] == "red" and other.request["mark"] == "blue"
    assert one.request["shared"] == other.request["shared"] == ["a", "b"]
    assert project.store.run(report.run or "").spent.calls == 1 == report.calls.editor
    assert {e.data["call"] for e in said if e.event == "attempt-started"} == {one.id}
    after = document.head().picture.pixels
    assert (np.abs(after[70:90, 30:50].astype(int) - INK["red"]) <= 1).all()
    assert (np.abs(after[70:90, 100:120].astype(int) - INK["blue"]) <= 1).all()
    kinds = [(v.record.kind.value, v.record.step) for v in document.log()]
    assert kinds == [("import", None), ("edit", "a"), ("edit", "b")]
    changed = (after != page.pixels).any(axis=2)
    assert not changed[:, 60:90].any(), "between the boxes nothing has changed"


def test_each_is_judged_by_itself_and_only_the_rejected_one_is_tried_again(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    seen: list[str] = []

    def second_time(pixels: Any, judged: Step) -> Outcome:
        seen.append(judged.id)
        return Outcome.FAIL if judged.id == "b" and seen.count("b") == 1 else Outcome.PASS

    editor = Marked(rungs=("first", "seed"))
    report = document.run(plan=plan(*two(step)), editors=[editor], verifiers=[judge(second_time)])
    assert [(s.status, s.attempts) for s in report.steps] == [(StepStatus.FIXED, 1), (StepStatus.FIXED, 2)]
    assert [len(request.marks) for request in editor.requests] == [2, 1]
    assert report.calls.editor == 2 == project.store.run(report.run or "").spent.calls
    calls = [(a.step, a.call_id) for a in project.store.attempts(report.run or "")]
    assert len({call for _, call in calls}) == 2 and len(calls) == 3


@pytest.mark.parametrize(("fields", "together", "area"), [({"mode": "crop"}, 4, None), ({}, 1, None), ({}, 4, 48 * 48)])
def test_what_cannot_share_is_called_one_by_one(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any, fields: Any, together: int, area: int | None
) -> None:
    """Not marked; an editor that takes one box; a canvas on which a shared crop would show each too small."""
    editor = Marked(together, area)
    report = document.run(plan=plan(*two(step, **fields)), editors=[editor], verifiers=[judge()])
    assert report.exit_code == 0 and editor.calls == 2 == report.calls.editor
    assert all(len(request.marks) <= 1 for request in editor.requests)


def test_more_boxes_than_an_editor_takes_need_more_calls(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    editor = Marked(together=2)
    steps = [*two(step), step("c", FAR, mode="marked", instruction="x")]
    report = document.run(plan=plan(*steps), editors=[editor], verifiers=[judge()])
    assert report.exit_code == 0 and sorted(len(r.marks) for r in editor.requests) == [1, 2]


def test_a_budget_of_one_call_is_enough_for_two_boxes(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    report = document.run(plan=plan(*two(step)), editors=[Marked()], verifiers=[judge()], budget=Budget(calls=1))
    assert [s.status for s in report.steps] == [StepStatus.FIXED] * 2


def test_a_call_that_fails_counts_once_and_fails_for_both(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    editor = Marked(rungs=("first", "seed"))
    editor.fails = 1
    report = document.run(plan=plan(*two(step)), editors=[editor], verifiers=[judge()])
    assert report.exit_code == 0 and editor.calls == 2 == report.calls.editor
    states = [(a.step, a.state) for a in project.store.attempts(report.run or "")]
    assert states.count(("a", AttemptState.FAILED)) == 1 == states.count(("b", AttemptState.FAILED))


@pytest.mark.parametrize(
    ("method", "when", "calls"),
    [
        ("attempt_started", "first", 0),
        ("attempt_started", "second", 0),
        ("attempts_returned", "before", 1),
        ("attempts_returned", "after", 1),
        ("attempt_judged", "first", 1),
        ("attempt_judged", "second", 1),
    ],
)
def test_killed_at_any_stage_a_shared_call_is_never_paid_for_twice(
    tmp_path: Path,
    page: Picture,
    plan: MakePlan,
    step: MakeStep,
    judge: Any,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    when: str,
    calls: int,
) -> None:
    original, turn = getattr(Store, method), {"n": 0}

    def killed(self: Store, *args: Any, **options: Any) -> Any:
        turn["n"] += 1
        if turn["n"] < (2 if when == "second" else 1):
            return original(self, *args, **options)
        if when != "before":
            original(self, *args, **options)
        raise SystemExit(137)

    editor, path = Marked(), tmp_path / "p.retouch"
    with monkeypatch.context() as patched, Project.open(path, create=True) as project:
        patched.setattr(Store, method, killed)
        patched.setattr(Store, "finish_run", lambda *args: None)
        with pytest.raises(SystemExit):
            project.import_picture(page, "page").run(plan=plan(*two(step)), editors=[editor], verifiers=[judge()])
    assert editor.calls == calls
    with Project.open(path) as project:
        (report,) = project.resume(editors=[editor], verifiers=[judge()])
        assert report.exit_code == 0, [s.reason for s in report.steps]
        # Only a reply that never reached the journal is asked for again.
        assert editor.calls == (2 if (method, when) == ("attempts_returned", "before") else 1)
        attempts = project.store.attempts(report.run or "")
        assert [a.state for a in attempts] == [AttemptState.JUDGED] * 2
        assert len({a.call_id for a in attempts}) == 1 == project.store.run(report.run or "").spent.calls
