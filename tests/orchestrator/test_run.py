"""The loop: statuses with reasons, the ladder, budgets, cancellation, retirement, rounds of a plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from retouch.attempt import AttemptState, StepStatus
from retouch.edit import EditRequest
from retouch.editors.scripted import ScriptedEditor
from retouch.errors import CancelledError, EditorError, PlanError, SpecError, UsageError, VerifierError
from retouch.event import Event
from retouch.orchestrator.budget import Budget
from retouch.orchestrator.cancel import Cancel
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import Answers, Plan, Step
from retouch.verdict import Outcome
from retouch.version import VersionKind

MakeStep = Callable[..., Step]
MakePlan = Callable[..., Plan]
A, B = (10, 10, 30, 30), (100, 60, 40, 30)


def filled(value: int) -> Callable[[EditRequest], Any]:
    def script(request: EditRequest) -> Any:
        out = request.canvas.copy()
        out[request.mask] = value
        return out

    return script


def test_a_step_that_passes_is_fixed_and_committed(
    document: Document, page: Picture, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    report = document.run(plan=plan(step("a", A)), editors=[ScriptedEditor(filled(9))], verifiers=[judge()])
    (done,) = report.steps
    assert (done.status, done.attempts, done.reason, report.exit_code) == (StepStatus.FIXED, 1, None, 0)
    head = document.head()
    assert report.head == head.id == done.version and report.base == head.parents[0].id
    assert head.record.kind is VersionKind.EDIT and head.record.step == "a"
    assert (head.picture.pixels[10:40, 10:40] == 9).all()
    assert [v.verifier for v in done.verdicts] == ["outside", "judge"]
    assert (report.calls.editor, report.calls.verifier) == (1, 1)


def test_a_step_that_fails_stays_as_it_was_and_its_tries_are_candidates(
    document: Document, page: Picture, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    editor = ScriptedEditor(filled(9), rungs=("one", "two"))
    report = document.run(plan=plan(step("a", A)), editors=[editor], verifiers=[judge(Outcome.FAIL)])
    (done,) = report.steps
    assert (done.status, done.attempts, done.version) == (StepStatus.UNFIXED, 2, None)
    assert done.reason == "judge: told so" and report.exit_code == 3
    assert document.head().picture.same_pixels(page) and report.head == report.base
    candidates = [v for v in document.log() if v.record.kind is VersionKind.CANDIDATE]
    assert len(candidates) == 2 and all(v.parents[0].id == report.base for v in candidates)
    assert (candidates[0].picture.pixels[10:40, 10:40] == 9).all()


def test_the_ladder_goes_through_an_editors_rungs_then_to_the_next_editor(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    first = ScriptedEditor(filled(1), rungs=("brush", "font"))
    second = ScriptedEditor(filled(200))
    works = judge(lambda pixels, _: Outcome.PASS if (pixels == 200).all() else Outcome.FAIL)
    report = document.run(plan=plan(step("a", A)), editors=[first, second], verifiers=[works])
    assert [r.rung for r in first.requests] == ["brush", "font"]
    assert report.steps[0].status is StepStatus.FIXED and report.steps[0].attempts == 3
    assert report.steps[0].editor == "python:retouch.editors.scripted.ScriptedEditor"


def test_a_rung_that_copies_is_passed_over_where_there_is_nothing_to_copy(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    editor = ScriptedEditor(filled(1), rungs=("exemplar", "font"))
    document.run(plan=plan(step("a", A)), editors=[editor], verifiers=[judge()])
    assert [r.rung for r in editor.requests] == ["font"]


def test_an_interrupt_from_the_keyboard_leaves_a_run_that_can_be_resumed(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    def pressed(pixels: Any, judged: Step) -> Outcome:
        raise KeyboardInterrupt

    editor = ScriptedEditor(filled(1))
    with pytest.raises(CancelledError):
        document.run(plan=plan(step("a", A)), editors=[editor], verifiers=[judge(pressed)])
    (report,) = project.resume(editors=[editor], verifiers=[judge()])
    assert report.exit_code == 0 and editor.calls == 1, "the reply had come, so it is not asked for again"


def test_every_try_starts_from_the_same_base(
    document: Document, page: Picture, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    editor = ScriptedEditor(filled(5), rungs=("one", "two", "three"))
    document.run(plan=plan(step("a", A)), editors=[editor], verifiers=[judge(Outcome.FAIL)])
    first, *others = editor.requests
    assert all(np.array_equal(first.canvas, other.canvas) for other in others)
    assert len({request.seed for request in editor.requests}) == 3


def test_unsure_to_the_end_needs_review_and_names_the_candidate(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    editor = ScriptedEditor(filled(5), rungs=("one", "two"))
    unsure = judge(lambda pixels, _: (Outcome.UNSURE, 0.4))
    report = document.run(plan=plan(step("a", A)), editors=[editor], verifiers=[unsure])
    (done,) = report.steps
    assert done.status is StepStatus.NEEDS_REVIEW and report.exit_code == 4
    assert done.version is not None
    assert document.version(done.version).record.kind is VersionKind.CANDIDATE
    assert report.head == report.base


def test_a_step_after_one_that_was_not_fixed_is_skipped(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    steps = (step("a", A), step("b", B, after=("a",)), step("c", B, after=("b",)))
    editor = ScriptedEditor(filled(5))
    report = document.run(plan=plan(*steps), editors=[editor], verifiers=[judge(Outcome.FAIL)])
    assert [s.status for s in report.steps] == [StepStatus.UNFIXED, StepStatus.SKIPPED, StepStatus.SKIPPED]
    assert report.steps[1].reason == "comes after a, which ended unfixed"
    assert editor.calls == 1


def test_a_claim_nobody_can_judge_needs_review_after_one_try(
    document: Document, plan: MakePlan, step: MakeStep
) -> None:
    asked = step("a", A, expectation=Answers(question="Is it blue?"))
    editor = ScriptedEditor(filled(5), rungs=("one", "two"))
    report = document.run(plan=plan(asked), editors=[editor])
    (done,) = report.steps
    assert (done.status, done.attempts, report.exit_code) == (StepStatus.NEEDS_REVIEW, 1, 4)
    assert "no verifier here can judge answers" in (done.reason or "")


def test_an_operation_no_editor_takes_is_unfixed_without_a_call(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    report = document.run(plan=plan(step("a", A, operation="rotate")), editors=["recolour"], verifiers=[judge()])
    assert report.steps[0].status is StepStatus.UNFIXED and report.calls.editor == 0
    assert report.steps[0].reason == "no editor of this run takes the operation 'rotate'"


def test_a_verifier_that_breaks_gives_no_pass(document: Document, plan: MakePlan, step: MakeStep, judge: Any) -> None:
    for error in (VerifierError("model gone"), ZeroDivisionError("oops")):
        report = document.run(
            plan=plan(step("a", A)), editors=[ScriptedEditor(filled(5))], verifiers=[judge(), judge(error)]
        )
        assert report.steps[0].status is StepStatus.NEEDS_REVIEW
        assert str(error) in (report.steps[0].reason or "")


def test_verifiers_that_disagree_are_unsure(document: Document, plan: MakePlan, step: MakeStep, judge: Any) -> None:
    both = [judge(Outcome.PASS), judge(Outcome.FAIL)]
    report = document.run(plan=plan(step("a", A)), editors=[ScriptedEditor(filled(5))], verifiers=both)
    assert report.steps[0].status is StepStatus.NEEDS_REVIEW


def test_an_editor_that_raises_leaves_the_step_to_the_next_one(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    broken = ScriptedEditor([EditorError("out of memory")])
    report = document.run(plan=plan(step("a", A)), editors=[broken, ScriptedEditor(filled(5))], verifiers=[judge()])
    assert report.steps[0].status is StepStatus.FIXED and report.exit_code == 0
    assert report.calls.editor == 2


def test_only_failures_of_service_end_with_code_6(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    report = document.run(
        plan=plan(step("a", A)), editors=[ScriptedEditor([RuntimeError("socket closed")])], verifiers=[judge()]
    )
    assert report.steps[0].status is StepStatus.UNFIXED and report.exit_code == 6
    assert "RuntimeError: socket closed" in (report.steps[0].reason or "")


def test_three_failures_in_a_row_retire_an_editor(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    steps = [step(f"s{i}", (5 + 40 * i, 5, 20, 20)) for i in range(4)]
    broken = ScriptedEditor(lambda request: EditorError("down"))
    good = ScriptedEditor(filled(5))
    said: list[Event] = []
    report = document.run(plan=plan(*steps), editors=[broken, good], verifiers=[judge()], listen=said.append)
    assert broken.calls == 3 and good.calls == 4 and report.exit_code == 0
    assert any("3 times in a row" in str(e.data.get("message")) for e in said if e.event == "warning")
    failed = [a for a in project.store.attempts(report.run or "") if a.state is AttemptState.FAILED]
    assert len(failed) == 3 and all(a.error == "down" for a in failed)


def test_a_success_between_failures_keeps_an_editor(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    steps = [step(f"s{i}", (5 + 40 * i, 5, 20, 20)) for i in range(4)]
    down = EditorError("down")
    fine = filled(5)
    replies = iter([down, down, None, down])
    editor = ScriptedEditor(lambda request: next(replies) or fine(request))
    report = document.run(plan=plan(*steps), editors=[editor], verifiers=[judge()])
    assert editor.calls == 4
    assert [s.status for s in report.steps].count(StepStatus.FIXED) == 1


def test_the_budget_of_calls_ends_the_run_with_code_5(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    steps = [step(f"s{i}", (5 + 40 * i, 5, 20, 20)) for i in range(4)]
    editor = ScriptedEditor(filled(5))
    report = document.run(plan=plan(*steps), editors=[editor], verifiers=[judge()], budget=Budget(calls=2))
    assert editor.calls == 2 and report.exit_code == 5
    assert [s.status for s in report.steps] == [StepStatus.FIXED] * 2 + [StepStatus.UNFIXED] * 2
    assert report.steps[2].reason == "the budget of 2 editor calls is used up, before it was tried"
    assert document.project.interrupted() == ()


def test_the_budget_of_attempts_holds_for_each_step(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    editor = ScriptedEditor(filled(5), rungs=("a", "b", "c", "d"))
    report = document.run(
        plan=plan(step("a", A), step("b", B)),
        editors=[editor],
        verifiers=[judge(Outcome.FAIL)],
        budget=Budget(attempts=2),
    )
    assert [s.attempts for s in report.steps] == [2, 2] and report.exit_code == 3


def test_the_budget_of_seconds_is_checked_between_attempts(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    report = document.run(
        plan=plan(step("a", A)), editors=[ScriptedEditor(filled(5))], verifiers=[judge()], budget=Budget(seconds=0)
    )
    assert report.exit_code == 5 and report.calls.editor == 0


def test_cancelling_stops_between_attempts_and_can_be_resumed(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    cancel = Cancel()
    editor = ScriptedEditor(filled(5))

    def listen(event: Event) -> None:
        if event.event == "committed":
            cancel.cancel()

    with pytest.raises(CancelledError):
        document.run(
            plan=plan(step("a", A), step("b", B)), editors=[editor], verifiers=[judge()], listen=listen, cancel=cancel
        )
    assert editor.calls == 1
    (waiting,) = project.interrupted()
    assert waiting.state == "interrupted" and not waiting.alive
    (report,) = project.resume(editors=[editor], verifiers=[judge()])
    assert editor.calls == 2 and [s.status for s in report.steps] == [StepStatus.FIXED] * 2


def test_an_editor_hears_that_it_was_cancelled(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    cancel = Cancel()

    class Slow:
        traits = ScriptedEditor().traits

        def edit(self, request: EditRequest, watch: Any) -> Any:
            watch.progress(0.5)
            cancel.cancel()
            watch.raise_if_cancelled()

    with pytest.raises(CancelledError):
        document.run(plan=plan(step("a", A)), editors=[Slow()], verifiers=[judge()], cancel=cancel)
    (attempt,) = project.store.attempts(project.interrupted()[0].id)
    assert attempt.state is AttemptState.STARTED


def test_review_leaves_every_step_to_a_person(
    document: Document, page: Picture, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    report = document.run(
        plan=plan(step("a", A)), editors=[ScriptedEditor(filled(5))], verifiers=[judge()], review=True
    )
    (done,) = report.steps
    assert done.status is StepStatus.NEEDS_REVIEW and report.exit_code == 4 and done.attempts == 1
    assert document.head().picture.same_pixels(page)
    assert done.version and (document.version(done.version).picture.pixels[10:40, 10:40] == 5).all()


def test_a_dry_run_calls_nobody_and_writes_nothing(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    editor = ScriptedEditor(filled(5))
    report = document.run(plan=plan(step("a", A)), editors=[editor], verifiers=[judge()], dry_run=True)
    assert editor.calls == 0 and project.runs() == () and len(document.log()) == 1
    assert report.steps[0].reason == "dry run"


def test_superseding_a_step_takes_its_parents_pixels(
    document: Document, page: Picture, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    first, second = step("a", (10, 10, 30, 30)), step("b", (20, 20, 40, 10), supersedes="a")
    editor = ScriptedEditor(filled(5))
    report = document.run(plan=plan(first, second), editors=[editor], verifiers=[judge()])
    assert report.exit_code == 0
    pixels = document.head().picture.pixels
    assert (pixels[20:30, 20:60] == 5).all()
    outside = np.ones(pixels.shape[:2], np.bool_)
    outside[20:30, 20:60] = False
    assert np.array_equal(pixels[outside], page.pixels[outside]), "the superseded step's own pixels are gone"
    assert not (editor.requests[1].canvas == 5).all(axis=2).any(), "the second step does not see the first one's result"


def test_bad_plans_and_parts_leave_the_project_as_it_was(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    for error, call in (
        (PlanError, {"plan": plan(step("a", (500, 500, 10, 10)))}),
        (PlanError, {"plan": plan(step("a", A, branch="HEAD"))}),
        (SpecError, {"plan": plan(step("a", A)), "editors": ["no-such-editor"]}),
        (SpecError, {"plan": plan(step("a", A)), "editors": [object()]}),
        (SpecError, {"plan": plan(step("a", A)), "verifiers": [object()]}),
        (UsageError, {}),
    ):
        options: dict[str, Any] = {"editors": [ScriptedEditor()], "verifiers": [judge()]} | call
        with pytest.raises(error):
            document.run(**options)
    assert project.runs() == () and len(document.log()) == 1


def test_events_tell_the_story_in_order(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    said: list[Event] = []
    report = document.run(
        plan=plan(step("a", A)), editors=[ScriptedEditor(filled(5))], verifiers=[judge()], listen=said.append
    )
    kinds = [event.event for event in said]
    assert kinds == [
        "run-started",
        "planned",
        "step-started",
        "attempt-started",
        "attempt-returned",
        "verdict",
        "verdict",
        "committed",
        "step-ended",
        "run-ended",
    ]
    assert all(event.run == report.run for event in said)
    kept = [event.event for _, event in project.store.events(report.run or "")]
    assert kept == ["run-started", "planned", "run-ended"]


def test_the_report_is_json_as_promised(document: Document, plan: MakePlan, step: MakeStep, judge: Any) -> None:
    report = document.run(plan=plan(step("a", A)), editors=[ScriptedEditor(filled(5))], verifiers=[judge()])
    told = report.model_dump(mode="json")
    assert set(told) == {
        "project",
        "document",
        "branch",
        "base",
        "head",
        "output",
        "steps",
        "findings",
        "calls",
        "seconds",
    }
    assert set(told["steps"][0]) == {
        "id",
        "box",
        "instruction",
        "expectation",
        "status",
        "attempts",
        "editor",
        "version",
        "reason",
        "verdicts",
    }
    assert told["steps"][0]["box"] == list(A) and told["steps"][0]["status"] == "fixed"
    assert told["calls"] == {"editor": 1, "verifier": 1}
