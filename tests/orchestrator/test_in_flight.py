"""Calls in flight: in whatever order replies come, what is accepted, paid for and kept is the same."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from retouch.attempt import AttemptState, StepStatus
from retouch.edit import EditRequest
from retouch.editors.scripted import ScriptedEditor
from retouch.errors import CancelledError, EditorError
from retouch.event import Event
from retouch.orchestrator.budget import Budget
from retouch.orchestrator.cancel import Cancel
from retouch.orchestrator.document import Document
from retouch.orchestrator.outcome import RunReport
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import Plan, Step
from retouch.verdict import Outcome

MakeStep = Callable[..., Step]
MakePlan = Callable[..., Plan]
GOOD, BAD = 5, 9
PATIENCE = 20.0


def filled(request: EditRequest, value: int = GOOD) -> Any:
    out = request.canvas.copy()
    out[request.mask] = value
    return out


def by_value(pixels: Any, judged: Step) -> Outcome:
    return Outcome.PASS if (pixels == GOOD).all() else Outcome.FAIL


def row(step: MakeStep, count: int = 4, pitch: int = 45) -> list[Step]:
    return [step(f"s{i}", (5 + pitch * i, 5, 20, 20), instruction=f"s{i}") for i in range(count)]


class InTurn:
    """Paints; the replies to first tries come back in the order given."""

    def __init__(self, order: Sequence[str]) -> None:
        self._came = {name: threading.Event() for name in order}
        self._before = dict(zip(order[1:], order, strict=False))

    def __call__(self, request: EditRequest) -> Any:
        name = request.instruction
        if request.rung != "one":
            return filled(request)
        if name in self._before:
            assert self._came[self._before[name]].wait(PATIENCE)
        self._came[name].set()
        return filled(request, BAD if name == "s1" else GOOD)


@pytest.mark.parametrize("order", [("s0", "s1", "s2", "s3"), ("s3", "s2", "s1", "s0"), ("s2", "s0", "s3", "s1")])
def test_in_whatever_order_replies_come_the_history_is_the_same(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, judge: Any, order: tuple[str, ...]
) -> None:
    editor = ScriptedEditor(InTurn(order), rungs=("one", "two"), parallel=4)
    report = document.run(plan=plan(*row(step, pitch=22)), editors=[editor], verifiers=[judge(by_value)])
    assert [s.attempts for s in report.steps] == [1, 2, 1, 1]
    edits = [v for v in document.log() if v.record.kind.value == "edit"]
    assert [v.record.step for v in edits] == ["s0", "s1", "s2", "s3"], "committed in plan order"
    numbers = [(a.step, a.number, a.rung) for a in sorted(project.store.attempts(report.run or ""), key=lambda a: a.id)]
    assert [(n, r) for s, n, r in numbers if s == "s1"] == [(1, "one"), (2, "two")]


@pytest.mark.parametrize("order", [("s0", "s1"), ("s1", "s0")])
def test_a_verdict_does_not_turn_on_which_reply_came_first(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any, order: tuple[str, ...]
) -> None:
    """It is given on the batch's base, and again where a commit has changed what lies round it."""
    seen: list[bool] = []

    class Beside:
        def verify(self, before: Picture, after: Picture, judged: Step) -> Any:
            if judged.id == "s1":
                seen.append(bool((before.pixels[5:25, 5:25] == GOOD).all()))
            return judge().verify(before, after, judged)

    in_turn = InTurn(order)
    editor = ScriptedEditor(lambda request: [in_turn(request), filled(request)][1], rungs=("one",), parallel=2)
    report = document.run(plan=plan(*row(step, 2, pitch=22)), editors=[editor], verifiers=[Beside()])
    assert report.exit_code == 0
    assert seen == [False, True], "the first step's new pixels are seen the second time only"


def test_a_slow_call_does_not_hold_up_another_steps_second_try(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    second = threading.Event()

    def script(request: EditRequest) -> Any:
        if request.instruction == "s0":
            assert second.wait(PATIENCE), "the first step's call ends only after the second step's second try began"
        if request.rung == "two":
            second.set()
        return filled(request, BAD if (request.instruction, request.rung) == ("s1", "one") else GOOD)

    editor = ScriptedEditor(script, rungs=("one", "two"), parallel=2)
    said: list[Event] = []
    report = document.run(plan=plan(*row(step, 2)), editors=[editor], verifiers=[judge(by_value)], listen=said.append)
    assert [s.attempts for s in report.steps] == [1, 2]
    assert [e.step for e in said if e.event == "committed"] == ["s0", "s1"]


def test_the_next_call_begins_while_a_reply_is_judged(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    third = threading.Event()

    def script(request: EditRequest) -> Any:
        if request.instruction == "s2":
            third.set()
        return filled(request)

    def slowly(pixels: Any, judged: Step) -> Outcome:
        assert third.wait(PATIENCE), "the third call begins although nothing was judged yet"
        return Outcome.PASS

    editor = ScriptedEditor(script, parallel=2)
    report = document.run(plan=plan(*row(step, 4)), editors=[editor], verifiers=[judge(slowly)])
    assert report.exit_code == 0


@pytest.mark.parametrize("calls", [1, 2, 3, 5, 6])
def test_calls_in_flight_never_exceed_the_budget(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any, calls: int
) -> None:
    editor = ScriptedEditor(
        lambda request: filled(request, GOOD if request.rung == "two" else BAD), rungs=("one", "two"), parallel=3
    )
    report = document.run(
        plan=plan(*row(step)), editors=[editor], verifiers=[judge(by_value)], budget=Budget(calls=calls)
    )
    assert editor.calls == calls == report.calls.editor and report.exit_code == 5
    assert all(s.status in (StepStatus.FIXED, StepStatus.UNFIXED) for s in report.steps)


def test_cancelled_with_calls_in_flight_a_run_ends_and_keeps_the_replies_that_came(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    cancel, under_way = Cancel(), threading.Barrier(3, timeout=PATIENCE)

    class Remote:
        """`s0` answers at once; the others go on until they are told to stop."""

        traits = ScriptedEditor(rungs=("one",), parallel=3).traits

        def __init__(self) -> None:
            self.calls: list[str] = []

        def edit(self, request: EditRequest, watch: Any) -> Any:
            from retouch.edit import EditResult

            self.calls.append(request.instruction)
            if request.instruction in ("s0", "s1", "s2") and not cancel.cancelled:
                under_way.wait()
                while request.instruction != "s0":
                    watch.raise_if_cancelled()
            return EditResult(filled(request))

    def stop(event: Event) -> None:
        if event.event == "attempt-returned":
            cancel.cancel()

    first, again = Remote(), Remote()
    with pytest.raises(CancelledError):
        document.run(plan=plan(*row(step)), editors=[first], verifiers=[judge()], listen=stop, cancel=cancel)
    assert sorted(first.calls) in (["s0", "s1", "s2"], ["s0", "s1", "s2", "s3"])
    (waiting,) = project.interrupted()
    kept = {a.step for a in project.store.attempts(waiting.id) if a.state is not AttemptState.STARTED}
    assert "s0" in kept and not kept & {"s1", "s2"}
    (report,) = project.resume(editors=[again], verifiers=[judge()])
    assert report.exit_code == 0 and sorted(again.calls) == sorted({"s0", "s1", "s2", "s3"} - kept)


def test_a_call_that_waits_behind_a_failing_editor_is_not_made(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    down = ScriptedEditor(lambda request: EditorError("down"), parallel=2)
    report = document.run(
        plan=plan(*row(step, 9, pitch=21)), editors=[down, ScriptedEditor(filled)], verifiers=[judge()]
    )
    assert report.exit_code == 0 and 3 <= down.calls < 9
    assert report.calls.editor == down.calls + 9 == project.store.run(report.run or "").spent.calls


def pixels_of(report: RunReport, document: Document) -> np.ndarray[Any, Any]:
    return document.version(report.head).picture.pixels


def test_a_step_at_work_twice_over_never_has_two_calls(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    lock, now = threading.Lock(), dict[str, int]()

    def script(request: EditRequest) -> Any:
        with lock:
            now[request.instruction] = now.get(request.instruction, 0) + 1
            assert now[request.instruction] == 1
        out = filled(request, GOOD if request.rung == "three" else BAD)
        with lock:
            now[request.instruction] -= 1
        return out

    editor = ScriptedEditor(script, rungs=("one", "two", "three"), parallel=4)
    report = document.run(plan=plan(*row(step)), editors=[editor], verifiers=[judge(by_value)])
    assert [s.attempts for s in report.steps] == [3] * 4
    assert all((pixels_of(report, document)[5:25, 5 + 45 * i : 25 + 45 * i] == GOOD).all() for i in range(4))
