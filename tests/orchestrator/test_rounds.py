"""The end of a run: a last proofreading, a second round for what it finds, and when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from retouch.attempt import StepStatus
from retouch.editors.scripted import ScriptedEditor
from retouch.finding import FaultKind, Finding
from retouch.geometry import Box
from retouch.orchestrator import document as document_module
from retouch.orchestrator.budget import Budget
from retouch.orchestrator.document import Document
from retouch.picture import Picture
from retouch.plan import Goal, Plan, Step, TextReads
from retouch.verdict import Outcome

A, B, C = Box(5, 5, 20, 20), Box(60, 5, 20, 20), Box(110, 60, 20, 20)


def finding(box: Box, kind: FaultKind = FaultKind.WRONG) -> Finding:
    return Finding(index=0, box=box, wanted="永", read="水", kind=kind, score=0.1)


class OneStepEach:
    """A planner that makes a step of every finding, and remembers what it was given."""

    def __init__(self) -> None:
        self.given: list[list[Box]] = []

    def plan(self, goal: Goal, picture: Picture, findings: Sequence[Finding] = ()) -> Plan:
        self.given.append([f.box for f in findings if f.fault])
        steps = [
            Step(id=f"s{n}", operation="replace", target="永", box=f.box, expectation=TextReads(text="永"))
            for n, f in enumerate(findings, 1)
            if f.fault
        ]
        return Plan(goal=goal.text, steps=tuple(steps))


PLAIN = SimpleNamespace(page=SimpleNamespace(mixed=False))


class Script:
    """Proofreadings as they are told, one after another."""

    def __init__(self, *readings: Sequence[Finding]) -> None:
        self._rest = [
            SimpleNamespace(findings=tuple(r), hand=None, cells=(), confidence="told", reading=PLAIN) for r in readings
        ]
        self.first: Any = None

    def read(self, picture: Picture, goal: Goal, shapes: bool = True, pause: Any = None) -> Any:
        if self.first is None:
            self.first = self._rest.pop(0)
        return self.first

    def again(self, picture: Picture) -> Any:
        return self._rest.pop(0)

    @property
    def left(self) -> int:
        return len(self._rest)


GOAL = Goal(text="make it read", reference="永", reference_source="literal")


def run(
    document: Document, monkeypatch: pytest.MonkeyPatch, script: Script, verifier: Any, **options: Any
) -> tuple[Any, OneStepEach, ScriptedEditor]:
    monkeypatch.setattr(document_module, "Proofs", lambda *args: script)
    planner, editor = OneStepEach(), ScriptedEditor(colour="black")
    report = document.run(GOAL, planner=planner, editors=[editor], verifiers=[verifier], **options)
    return report, planner, editor


def test_nothing_found_at_the_end_is_the_end(document: Document, monkeypatch: pytest.MonkeyPatch, judge: Any) -> None:
    report, planner, _ = run(document, monkeypatch, Script([finding(A)], []), judge())
    assert report.exit_code == 0 and report.findings == () and len(planner.given) == 1
    assert report.notes == ("told",)


def test_new_findings_become_a_second_round(document: Document, monkeypatch: pytest.MonkeyPatch, judge: Any) -> None:
    script = Script([finding(A), finding(B)], [finding(C)], [])
    report, planner, _ = run(document, monkeypatch, script, judge())
    assert planner.given == [[A, B], [C]]
    assert [s.id for s in report.steps] == ["s1", "s2", "r2.s1"] and report.exit_code == 0
    plans = document.project.runs()[0].plans
    assert [len(p.steps) for p in plans] == [2, 1] and plans[1].steps[0].id == "r2.s1"


def test_there_are_at_most_two_rounds(document: Document, monkeypatch: pytest.MonkeyPatch, judge: Any) -> None:
    script = Script([finding(A), finding(B)], [finding(C)], [finding(Box(150, 100, 9, 9))])
    report, planner, _ = run(document, monkeypatch, script, judge())
    assert len(planner.given) == 2 and report.exit_code == 3 and len(report.findings) == 1


def test_a_round_that_leaves_no_fewer_findings_is_the_last(
    document: Document, monkeypatch: pytest.MonkeyPatch, judge: Any
) -> None:
    script = Script([finding(A)], [finding(C)])
    report, planner, _ = run(document, monkeypatch, script, judge())
    assert len(planner.given) == 1 and report.exit_code == 3


def test_a_place_that_ended_unfixed_is_not_tried_again(
    document: Document, monkeypatch: pytest.MonkeyPatch, judge: Any
) -> None:
    only_b = judge(lambda pixels, step: Outcome.PASS if step.box == B else Outcome.FAIL)
    script = Script([finding(A), finding(B)], [finding(A.moved(1, 1))])
    report, planner, editor = run(document, monkeypatch, script, only_b)
    assert len(planner.given) == 1 and editor.calls == 2
    assert [s.status for s in report.steps] == [StepStatus.UNFIXED, StepStatus.FIXED] and len(report.findings) == 1


def test_a_variant_is_no_reason_for_a_round(document: Document, monkeypatch: pytest.MonkeyPatch, judge: Any) -> None:
    script = Script([finding(A), finding(B)], [finding(C, FaultKind.VARIANT)])
    report, planner, _ = run(document, monkeypatch, script, judge())
    assert len(planner.given) == 1 and report.exit_code == 0


def test_a_given_plan_is_worked_once_and_proofread_with_its_text(
    document: Document, monkeypatch: pytest.MonkeyPatch, judge: Any
) -> None:
    script = Script([finding(A), finding(B)], [finding(B)])
    monkeypatch.setattr(document_module, "Proofs", lambda *args: script)
    step = Step(id="mine", operation="replace", target="永", box=A, expectation=TextReads(text="永"))
    report = document.run(
        GOAL, plan=Plan(goal="x", steps=(step,)), editors=[ScriptedEditor(colour="black")], verifiers=[judge()]
    )
    assert [s.id for s in report.steps] == ["mine"] and report.exit_code == 3 and script.left == 0


def test_a_given_plan_without_a_text_is_not_proofread(
    document: Document, monkeypatch: pytest.MonkeyPatch, judge: Any
) -> None:
    script = Script([finding(A)])
    monkeypatch.setattr(document_module, "Proofs", lambda *args: script)
    step = Step(id="mine", operation="other", box=A, expectation=TextReads(text="永"))
    report = document.run(
        plan=Plan(goal="any words at all", steps=(step,)),
        editors=[ScriptedEditor(colour="black")],
        verifiers=[judge()],
    )
    assert report.exit_code == 0 and script.left == 1


def test_a_budget_of_calls_still_allows_the_last_proofreading(
    document: Document, monkeypatch: pytest.MonkeyPatch, judge: Any
) -> None:
    script = Script([finding(A), finding(B)], [finding(B)])
    report, _, editor = run(document, monkeypatch, script, judge(), budget=Budget(calls=1))
    assert report.exit_code == 5 and editor.calls == 1 and [f.box for f in report.findings] == [B]


def test_a_budget_of_seconds_does_not(document: Document, monkeypatch: pytest.MonkeyPatch, judge: Any) -> None:
    script = Script([finding(A)], [finding(A)])
    report, _, _ = run(document, monkeypatch, script, judge(), budget=Budget(seconds=0))
    assert report.exit_code == 5 and script.left == 1


def test_a_rehearsal_tells_of_findings_only_where_these_are_what_it_is_about(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_module, "Proofs", lambda *args: Script([finding(A)]))
    step = Step(id="mine", operation="replace", target="永", box=B, expectation=TextReads(text="永"))
    assert document.run(plan=Plan(goal="x", steps=(step,)), dry_run=True).findings == ()
    assert len(document.run(GOAL, planner=OneStepEach(), dry_run=True).findings) == 1
