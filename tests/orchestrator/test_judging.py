"""Who judges, and what several verdicts come to."""

from __future__ import annotations

from typing import Any

import pytest

from retouch.errors import SpecError, UsageError
from retouch.geometry import Box
from retouch.orchestrator.judging import NOBODY, Panel, combine, default_verifiers, reason
from retouch.orchestrator.verification import verify_box
from retouch.picture import Picture
from retouch.plan import Answers, ColourIs, Step, TextGone, TextReads
from retouch.verdict import Outcome, Verdict

P, F, U = Outcome.PASS, Outcome.FAIL, Outcome.UNSURE


def verdicts(**outcomes: Outcome) -> list[Verdict]:
    return [Verdict(verifier=name, outcome=outcome, score=0.5) for name, outcome in outcomes.items()]


@pytest.mark.parametrize(
    ("said", "together"),
    [
        ({"outside": P, "a": P}, P),
        ({"outside": P, "a": P, "b": P}, P),
        ({"outside": F}, F),
        ({"outside": P, "a": F}, F),
        ({"outside": P, "a": F, "b": F}, F),
        ({"outside": P, "a": P, "b": F}, U),
        ({"outside": P, "a": U}, U),
        ({"outside": P, "a": P, "b": U}, U),
        ({"outside": P, "a": P, "blend": F}, F),
        ({"outside": P, "a": F, "blend": P}, F),
        ({"outside": P, "a": P, "blend": P}, P),
        ({"outside": P, "a": P, "blend": U}, U),
        ({"outside": P}, U),
        ({}, U),
    ],
)
def test_combining(said: dict[str, Outcome], together: Outcome) -> None:
    assert combine(verdicts(**said)) is together


def test_the_reason_names_everyone_who_did_not_pass() -> None:
    said = [
        Verdict(verifier="a", outcome=P, score=1),
        Verdict(verifier="b", outcome=F, score=0, reason="reads as 锡"),
        Verdict(verifier="c", outcome=U, score=0),
    ]
    assert reason(said) == "b: reads as 锡; c: unsure"


@pytest.mark.parametrize(
    ("expectation", "hand", "names"),
    [
        (TextReads(text="觞"), True, ("character", "blend")),
        (TextReads(text="2025"), True, ("text",)),
        (TextReads(text="觞"), False, ("text",)),
        (TextGone(text="x"), True, ("text",)),
        (ColourIs(colour="red"), True, ("colour",)),
        (Answers(question="Is it?"), True, ()),
        (None, True, ()),
    ],
)
def test_the_expectation_chooses_the_verifiers(expectation: Any, hand: bool, names: tuple[str, ...]) -> None:
    step = Step(id="a", operation="other", box=Box(0, 0, 5, 5), expectation=expectation)
    assert default_verifiers(step, hand) == names


def test_a_claim_nobody_can_judge_is_unsure(page: Picture) -> None:
    step = Step(id="a", operation="other", box=Box(0, 0, 5, 5), expectation=Answers(question="Is it?"))
    (verdict,) = Panel().verdicts(page, page, step)
    assert verdict.verifier == NOBODY and verdict.outcome is U


def test_a_verifier_that_returns_something_else_gave_no_verdict(page: Picture) -> None:
    class Strange:
        def verify(self, before: Picture, after: Picture, step: Step) -> Any:
            return True

    step = Step(id="a", operation="other", box=Box(0, 0, 5, 5))
    (verdict,) = Panel([Strange()]).verdicts(page, page, step)
    assert verdict.outcome is U and "returned bool" in verdict.reason


def test_unknown_verifiers_are_refused() -> None:
    with pytest.raises(SpecError, match="no-such"):
        Panel(["no-such"])


def test_one_box_can_be_verified_without_a_run(page: Picture, judge: Any) -> None:
    found = verify_box(page, Box(0, 0, 9, 9), reads="永", verifiers=[judge((P, 0.9)), judge((P, 0.7))])
    assert found.outcome is P and found.score == 0.7
    told = found.model_dump(mode="json")
    assert set(told) == {"outcome", "score", "verdicts"} and len(told["verdicts"]) == 2
    asked = verify_box(page, Box(0, 0, 9, 9), question="Is it blue?")
    assert asked.outcome is U and asked.verdicts[0].verifier == NOBODY


def test_verify_refuses_what_makes_no_sense(page: Picture, judge: Any) -> None:
    for arguments in ({"reads": "a", "question": "b"}, {}):
        with pytest.raises(UsageError, match="exactly one"):
            verify_box(page, Box(0, 0, 9, 9), **arguments)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="outside the picture"):
        verify_box(page, Box(900, 0, 9, 9), reads="a")
    with pytest.raises(UsageError, match="same size"):
        verify_box(page, Box(0, 0, 9, 9), reads="a", before=page.crop(Box(0, 0, 20, 20)), verifiers=[judge()])
