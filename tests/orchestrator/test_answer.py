"""Answers: what a person decides about a step that waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from retouch.attempt import StepStatus
from retouch.edit import EditRequest
from retouch.editors.scripted import ScriptedEditor
from retouch.errors import PlanError, UnknownNameError, UsageError
from retouch.geometry import Box
from retouch.orchestrator.document import Document
from retouch.picture import Picture
from retouch.plan import ColourIs, Plan, Step, TextReads
from retouch.store.operations.merging import Settlement
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


@pytest.fixture
def reviewed(document: Document, plan: MakePlan, step: MakeStep, judge: Any) -> Document:
    """Two steps that passed and wait for a person; the second one has had a try that failed before."""
    judged = iter([Outcome.PASS, Outcome.FAIL, Outcome.PASS])
    report = document.run(
        plan=plan(step("a", A, instruction="black"), step("b", B)),
        editors=[ScriptedEditor(filled(9), rungs=("one", "two"))],
        verifiers=[judge(lambda pixels, step: next(judged))],
        review=True,
    )
    assert [done.status for done in report.steps] == [StepStatus.NEEDS_REVIEW] * 2
    assert report.exit_code == 4 and report.head == report.base
    return document


def run_of(document: Document) -> str:
    return document.project.runs()[-1].id


def status(document: Document, step: str) -> StepStatus:
    return document.project.store.steps(document.project.runs()[0].id)[step].status


def mark(document: Document, version: str) -> str | None:
    found = document.project.store.standing_marks(document.record.id).get(version)
    return found.opinion if found else None


def test_every_step_of_a_reviewed_run_waits_with_its_candidates(reviewed: Document) -> None:
    a, b = reviewed.waiting()
    assert (a.step.id, len(a.candidates), b.step.id, len(b.candidates)) == ("a", 1, "b", 2)
    assert a.best == a.candidates[0] and b.best == b.candidates[1]
    assert a.name == f"{run_of(reviewed)[:8]}:a"


def test_an_accepted_candidate_is_picked_and_marked_and_the_step_fixed(reviewed: Document, page: Picture) -> None:
    candidate = reviewed.waiting()[0].best
    answer = reviewed.accept_step("a")
    head = reviewed.head()
    assert (answer.status, answer.target, answer.version) == (StepStatus.FIXED, head.id, head.id)
    assert head.record.kind is VersionKind.PICK and head.record.record["picks"] == candidate
    assert (head.picture.pixels[Box(*A).slices] == 9).all()
    assert np.array_equal(head.picture.pixels[50:], page.pixels[50:]), "nothing else changed"
    assert (status(reviewed, "a"), mark(reviewed, str(candidate))) == (StepStatus.FIXED, "accepted")
    assert [one.step.id for one in reviewed.waiting()] == ["b"]


def test_all_steps_can_be_accepted_one_by_one_and_the_run_undone(reviewed: Document, page: Picture) -> None:
    base = reviewed.head().id
    reviewed.accept_step("a")
    reviewed.accept_step(f"{run_of(reviewed)[:6]}:b")
    after = reviewed.head().picture.pixels
    assert (after[Box(*A).slices] == 9).all() and (after[Box(*B).slices] == 9).all()
    assert reviewed.waiting() == ()
    assert reviewed.undo(run=True).target == base
    assert reviewed.head().picture.same_pixels(page)


def test_any_of_the_steps_candidates_can_be_accepted_by_prefix(reviewed: Document) -> None:
    worse = reviewed.waiting()[1].candidates[0]
    answer = reviewed.accept_step("b", worse[:10])
    assert reviewed.head().record.record["picks"] == worse
    assert worse[:8] in str(answer.reason)


def test_a_version_of_another_step_is_refused(reviewed: Document) -> None:
    a, b = reviewed.waiting()
    with pytest.raises(UsageError, match="was not made by step"):
        reviewed.accept_step("b", a.candidates[0])
    with pytest.raises(UnknownNameError):
        reviewed.accept_step("b", "fffffff")
    assert len(reviewed.waiting()) == 2 and mark(reviewed, a.candidates[0]) is None


def test_rejected_candidates_are_marked_and_the_step_is_unfixed_for_that_reason(reviewed: Document) -> None:
    head, both = reviewed.head().id, reviewed.waiting()[1].candidates
    answer = reviewed.reject_step("b", "too black")
    assert answer.status is StepStatus.UNFIXED and "too black" in str(answer.reason)
    assert [mark(reviewed, version) for version in both] == ["rejected", "rejected"]
    assert reviewed.version(both[0]).marks()[-1].reason == "too black"
    assert reviewed.head().id == head == answer.target


def test_a_step_that_does_not_wait_is_told_from_one_that_is_not_there(reviewed: Document) -> None:
    reviewed.reject_step("a")
    with pytest.raises(UsageError, match="is unfixed, it waits for nobody; waiting steps: .*:b"):
        reviewed.accept_step("a")
    with pytest.raises(UnknownNameError, match="no step 'c'"):
        reviewed.reject_step("c")
    with pytest.raises(UnknownNameError, match="4 or more digits"):
        reviewed.reject_step("12:b")
    with pytest.raises(UnknownNameError):
        reviewed.reject_step("ffffffff:b")


def test_a_conflict_with_what_was_done_meanwhile_changes_nothing_until_it_is_settled(reviewed: Document) -> None:
    painted = reviewed.head().picture.pixels.copy()
    painted[20:30, 20:30] = 200
    head = reviewed.commit(Picture(painted), "by hand").id
    answer = reviewed.accept_step("a")
    assert answer.conflicts and answer.status is StepStatus.NEEDS_REVIEW
    assert (answer.origin, answer.target, reviewed.head().id) == (head, head, head)
    assert len(reviewed.waiting()) == 2
    settled = reviewed.accept_step("a", settle=[Settlement(answer.conflicts[0], "theirs")])
    assert settled.status is StepStatus.FIXED
    assert (reviewed.head().picture.pixels[Box(*A).slices] == 9).all()


def test_accepting_again_after_a_kill_between_pick_and_record_settles_the_step(reviewed: Document) -> None:
    candidate = str(reviewed.waiting()[0].best)
    picked = reviewed.pick(candidate)  # all that a killed `accept` had done
    answer = reviewed.accept_step("a")
    assert (answer.origin, answer.target) == (picked.target, picked.target)
    assert status(reviewed, "a") is StepStatus.FIXED


def test_the_newest_run_is_meant_unless_another_is_named(
    reviewed: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    first = run_of(reviewed)
    editor = ScriptedEditor(filled(7))
    reviewed.run(plan=plan(step("a", A)), editors=[editor], verifiers=[judge(Outcome.UNSURE)])
    newest = run_of(reviewed)
    assert [one.run.id for one in reviewed.waiting()] == [newest, first, first]
    assert reviewed.reject_step("a").run == newest
    assert reviewed.reject_step("a").run == first


def test_an_instruction_does_the_step_again_in_a_new_run(reviewed: Document, judge: Any) -> None:
    first, editor = run_of(reviewed), ScriptedEditor(filled(5))
    answer = reviewed.edit_step("a", "a little lighter", editors=[editor], verifiers=[judge()], review=False)
    assert answer.report is not None and answer.report.exit_code == 0
    assert (answer.run, answer.status, answer.version) == (first, StepStatus.FIXED, reviewed.head().id)
    assert "a little lighter" in str(answer.reason) and str(answer.report.run) in str(answer.reason)
    assert (reviewed.head().picture.pixels[Box(*A).slices] == 5).all()
    (asked,) = editor.requests
    assert asked.instruction == "a little lighter"
    assert [one.step.id for one in reviewed.waiting()] == ["b"]


def test_an_instruction_that_is_understood_changes_what_the_step_must_show(reviewed: Document, judge: Any) -> None:
    parts: dict[str, Any] = {"editors": [ScriptedEditor(filled(5))], "verifiers": [judge()], "review": False}
    reviewed.edit_step("a", 'replace "木" with "本"', **parts)
    reviewed.edit_step("b", "colour red", **parts)
    told = [run.plans[0].steps[0] for run in reviewed.project.runs()[1:]]
    assert (told[0].operation, told[0].source, told[0].target) == ("replace", "木", "本")
    assert told[0].expectation == TextReads(text="本")
    assert told[1].operation == "recolour" and isinstance(told[1].expectation, ColourIs)
    assert [one.box for one in told] == [Box(*A), Box(*B)]


def test_what_is_done_again_waits_again_where_a_person_accepts_each_step(reviewed: Document, judge: Any) -> None:
    answer = reviewed.edit_step("a", "again", editors=[ScriptedEditor(filled(5))], verifiers=[judge()])
    assert answer.status is StepStatus.SKIPPED and answer.report is not None and answer.report.exit_code == 4
    assert status(reviewed, "a") is StepStatus.SKIPPED
    again = reviewed.waiting()[0]
    assert (again.step.id, again.run.id) == ("a", answer.report.run)


def test_an_instruction_that_nobody_understands_is_refused_before_anything_is_done(reviewed: Document) -> None:
    runs = len(reviewed.project.runs())
    with pytest.raises(PlanError, match="cannot be understood"):
        reviewed.edit_step("a", "make it sing", editors=("typeset",))
    with pytest.raises(UsageError, match="empty"):
        reviewed.edit_step("a", "  ")
    with pytest.raises(UsageError, match="object of the caller's own"):
        reviewed.edit_step("a", "again")
    assert len(reviewed.project.runs()) == runs and len(reviewed.waiting()) == 2


def test_a_step_that_comes_after_another_waits_once_that_is_accepted(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    parts: dict[str, Any] = {"editors": [ScriptedEditor(filled(9))], "verifiers": [judge()], "review": True}
    steps = plan(step("a", A, instruction="first"), step("b", B, instruction="then", after=("a",)))
    assert document.run(plan=steps, **parts).steps[1].status is StepStatus.SKIPPED
    assert [one.step.id for one in document.waiting()] == ["a"]
    with pytest.raises(UsageError, match="is skipped"):
        document.edit_step("b")
    document.accept_step("a")
    (then,) = document.waiting()
    assert (then.step.id, then.released, then.candidates) == ("b", True, ())
    with pytest.raises(UsageError, match="no candidate to accept"):
        document.accept_step("b")
    again = document.edit_step("b", **parts)
    assert again.report is not None and again.report.steps[0].instruction == "then"
    assert [(one.step.id, one.released) for one in document.waiting()] == [("b", False)]
    document.accept_step("b")
    assert (document.head().picture.pixels[Box(*B).slices] == 9).all() and document.waiting() == ()
