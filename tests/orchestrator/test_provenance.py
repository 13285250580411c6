"""Taking back a whole run: exactly its steps, or a clear refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from retouch.editors.scripted import ScriptedEditor
from retouch.errors import UsageError
from retouch.orchestrator.document import Document
from retouch.orchestrator.provenance import run_of
from retouch.picture import Picture
from retouch.plan import Plan, Step

MakeStep = Callable[..., Step]
MakePlan = Callable[..., Plan]
A, B, C = (10, 10, 30, 30), (100, 60, 40, 30), (150, 120, 20, 20)


@pytest.fixture
def worked(document: Document, plan: MakePlan, step: MakeStep, judge: Any) -> Document:
    """A run of two steps on `main`."""
    document.run(plan=plan(step("a", A), step("b", B)), editors=[ScriptedEditor(colour="red")], verifiers=[judge()])
    return document


def by_hand(document: Document, value: int) -> str:
    pixels = document.head().picture.pixels.copy()
    pixels[0:5, 0:5] = value
    return document.commit(Picture(pixels), "by hand").id


def test_the_runs_steps_are_taken_back_together(worked: Document, page: Picture) -> None:
    move = worked.undo(run=True)
    assert worked.head().picture.same_pixels(page)
    assert worked.rollback(str(move.origin)).target == move.origin, "it can be come back to"


def test_from_the_middle_of_a_run_the_rest_is_taken_back(worked: Document, page: Picture) -> None:
    worked.rollback("HEAD~1")
    worked.undo(run=True)
    assert worked.head().picture.same_pixels(page)


def test_only_the_last_run_is_taken_back(worked: Document, plan: MakePlan, step: MakeStep, judge: Any) -> None:
    between = worked.head().id
    worked.run(plan=plan(step("c", C)), editors=[ScriptedEditor(colour="blue")], verifiers=[judge()])
    assert worked.undo(run=True).target == between


@pytest.mark.parametrize("work", ["commit", "revert", "merge"])
def test_what_was_done_by_hand_since_is_not_taken_back_with_it(worked: Document, work: str) -> None:
    if work == "commit":
        by_hand(worked, 1)
    elif work == "revert":
        worked.revert("HEAD~1")
    else:
        worked.create_branch("other", "HEAD~1")
        pixels = worked.head("other").picture.pixels.copy()
        pixels[0:5, 0:5] = 1
        worked.commit(Picture(pixels), branch="other")
        worked.merge("other")
    head = worked.head().id
    with pytest.raises(UsageError, match="was not made by a run") as refused:
        worked.undo(run=True)
    assert "retouch undo" in refused.value.hint
    assert worked.head().id == head


def test_what_was_done_by_hand_in_between_is_named(
    document: Document, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    def paint_by_hand(pixels: Any, step: Step) -> Any:
        if step.id == "b":
            hand.append(by_hand(document, 1))
        return "pass"

    hand: list[str] = []
    editor = ScriptedEditor(colour="red")
    steps = plan(step("a", A), step("b", B, after=("a",)))
    document.run(plan=steps, editors=[editor], verifiers=[judge(lambda p, s: _pass(paint_by_hand(p, s)))])
    assert run_of(document.head().record) and document.head().parents[0].id == hand[0]
    with pytest.raises(UsageError, match=hand[0][:12]):
        document.undo(run=True)


def _pass(_: Any) -> Any:
    from retouch.verdict import Outcome

    return Outcome.PASS


def test_a_branch_without_a_run_says_so(document: Document) -> None:
    with pytest.raises(UsageError, match="import"):
        document.undo(run=True)
