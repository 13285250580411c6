"""Independent steps: one base, side by side where the editor allows it, committed in plan order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from retouch.attempt import StepStatus
from retouch.edit import EditRequest
from retouch.editors.scripted import ScriptedEditor
from retouch.event import Event
from retouch.orchestrator.budget import Budget
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.orchestrator.work import Work, batches
from retouch.picture import Picture
from retouch.plan import Plan, Step
from retouch.region import Region
from retouch.verdict import Outcome

MakeStep = Callable[..., Step]
MakePlan = Callable[..., Plan]


def paint(request: EditRequest) -> Any:
    out = request.canvas.copy()
    out[request.mask] = 5
    return out


def four(step: MakeStep) -> list[Step]:
    return [step(f"s{i}", (5 + 45 * i, 5, 20, 20)) for i in range(4)]


def works(*steps: Step) -> list[Work]:
    return [Work(s, Region.decode(s.box, s.mask)) for s in steps if s.box is not None]


def test_batches_hold_disjoint_steps_that_do_not_wait(step: MakeStep) -> None:
    a, b = step("a", (0, 0, 10, 10)), step("b", (20, 0, 10, 10))
    overlapping, after = step("c", (5, 5, 10, 10)), step("d", (50, 50, 5, 5), after=("a",))
    ids = [[w.step.id for w in batch] for batch in batches(works(a, b, overlapping, after))]
    assert ids == [["a", "b"], ["c", "d"]]


def test_overlapping_boxes_with_disjoint_masks_are_independent(step: MakeStep) -> None:
    left = np.zeros((10, 10), np.bool_)
    left[:, :5] = True
    a = Work(step("a", (0, 0, 10, 10)), Region(step("a", (0, 0, 10, 10)).box or Region.whole, left))  # type: ignore[arg-type]
    b = Work(step("b", (0, 0, 10, 10)), Region(a.region.box, ~left))
    assert len(batches([a, b])) == 1


def test_independent_steps_are_edited_at_the_same_time_from_one_base(
    document: Document, project: Project, page: Picture, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    together = threading.Barrier(4, timeout=20)

    def meet(request: EditRequest) -> Any:
        together.wait()  # only passes if all four calls are under way at once
        return paint(request)

    editor = ScriptedEditor(meet, parallel=4)
    report = document.run(plan=plan(*four(step)), editors=[editor], verifiers=[judge()])
    assert report.exit_code == 0
    attempts = project.store.attempts(report.run or "")
    assert {a.base for a in attempts} == {report.base}
    edits = [v for v in document.log() if v.record.step]
    assert [v.record.step for v in edits] == ["s0", "s1", "s2", "s3"], "committed in plan order"
    assert [v.parents[0].id for v in edits] == [report.base, *(v.id for v in edits[:-1])]


def test_no_more_calls_at_once_than_an_editor_takes(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def count(request: EditRequest) -> Any:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        result = paint(request)
        with lock:
            now[0] -= 1
        return result

    wide = ScriptedEditor(lambda request: request.canvas, parallel=4)  # changes nothing, so the next one is asked
    narrow = ScriptedEditor(count, parallel=1)
    report = document.run(plan=plan(*four(step)), editors=[wide, narrow], verifiers=[judge()])
    assert report.exit_code == 0 and narrow.calls == 4 and most[0] == 1


def test_a_later_step_waits_for_an_earlier_one_that_is_tried_again(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    def second_time(request: EditRequest) -> Any:
        return request.canvas if request.rung == "one" and request.box.x == 5 else paint(request)

    editor = ScriptedEditor(second_time, rungs=("one", "two"), parallel=4)
    said: list[Event] = []
    steps = [step("s0", (5, 5, 20, 20)), step("s1", (100, 5, 20, 20))]
    report = document.run(plan=plan(*steps), editors=[editor], verifiers=[judge()], listen=said.append)
    assert [s.attempts for s in report.steps] == [2, 1]
    assert [e.step for e in said if e.event == "committed"] == ["s0", "s1"]


def test_a_verdict_is_given_again_if_an_earlier_commit_changed_its_surroundings(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    near, far = step("near", (27, 5, 20, 20)), step("far", (150, 120, 20, 20))
    counted: list[str] = []

    def counting(pixels: Any, judged: Step) -> Outcome:
        counted.append(judged.id)
        return Outcome.PASS

    report = document.run(
        plan=plan(step("first", (5, 5, 20, 20)), near, far),
        editors=[ScriptedEditor(paint, parallel=3)],
        verifiers=[judge(counting)],
    )
    assert report.exit_code == 0
    assert counted.count("near") == 2 and counted.count("first") == 1 and counted.count("far") == 1


def test_a_step_that_no_longer_passes_beside_its_neighbour_goes_on_trying(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    calls: dict[str, int] = {}

    def once(pixels: Any, judged: Step) -> Outcome:
        calls[judged.id] = calls.get(judged.id, 0) + 1
        return Outcome.FAIL if judged.id == "near" and calls["near"] == 2 else Outcome.PASS

    report = document.run(
        plan=plan(step("first", (5, 5, 20, 20)), step("near", (27, 5, 20, 20))),
        editors=[ScriptedEditor(paint, parallel=2, rungs=("one", "two"))],
        verifiers=[judge(once)],
    )
    assert [s.status for s in report.steps] == [StepStatus.FIXED] * 2 and report.steps[1].attempts == 2


def test_a_batch_spends_no_more_calls_than_are_left(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    editor = ScriptedEditor(paint, parallel=4)
    report = document.run(plan=plan(*four(step)), editors=[editor], verifiers=[judge()], budget=Budget(calls=3))
    assert editor.calls == 3 and report.exit_code == 5
    assert [s.status for s in report.steps] == [StepStatus.FIXED] * 3 + [StepStatus.UNFIXED]


def test_replies_that_came_are_kept_when_another_call_ends_the_run(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    together = threading.Barrier(4, timeout=20)

    def one_dies(request: EditRequest) -> Any:
        together.wait()  # all four are under way
        if request.seed == seeds[2]:
            raise SystemExit(1)
        return paint(request)

    from retouch.orchestrator.batch import seed

    seeds = [seed(f"s{i}", 1) for i in range(4)]
    with pytest.raises(SystemExit):
        document.run(plan=plan(*four(step)), editors=[ScriptedEditor(one_dies, parallel=4)], verifiers=[judge()])
    again = ScriptedEditor(paint, parallel=4)
    (report,) = project.resume(editors=[again], verifiers=[judge()])
    assert again.calls == 1 and report.exit_code == 0
