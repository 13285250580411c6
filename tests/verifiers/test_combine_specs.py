"""Combinations written as SPECs, and the vote."""

from __future__ import annotations

import numpy as np
import pytest

from retouch import parts
from retouch.errors import SpecError, UsageError
from retouch.picture import Picture
from retouch.plan import Step
from retouch.protocols import Verifier
from retouch.spec import Spec
from retouch.verdict import Verdict
from retouch.verifiers.combine import Vote
from retouch.verifiers.scripted import ScriptedVerifier

PICTURE = Picture(np.zeros((4, 4, 3), dtype=np.uint8))
STEP = Step(id="s1", operation="replace")


def made(spec: str) -> Verifier:
    verifier: Verifier = parts.create("verifiers", Spec.parse(spec), hand=None)
    assert isinstance(verifier, Verifier)
    return verifier


def said(spec: str) -> Verdict:
    return made(spec).verify(PICTURE, PICTURE, STEP)


def voted(script: str, weights: tuple[float, ...], needed: float = 0.5) -> Verdict:
    return Vote([ScriptedVerifier(word) for word in script.split()], weights, needed).verify(PICTURE, PICTURE, STEP)


@pytest.mark.parametrize(
    ("script", "weights", "needed", "outcome", "score"),
    [
        ("pass pass unsure", (1, 1, 1), 0.5, "pass", 5 / 6),
        ("pass unsure unsure", (1, 1, 1), 0.5, "unsure", 4 / 6),
        ("pass unsure unsure", (2, 1, 1), 0.5, "pass", 0.75),
        ("pass pass fail", (10, 10, 0.1), 0.5, "unsure", 20 / 20.1),
        ("fail fail unsure", (1, 1, 1), 0.6, "fail", 1 / 6),
        ("fail unsure", (1, 2), 0.5, "unsure", 1 / 3),
        ("unsure unsure", (1, 1), 0.5, "unsure", 0.5),
    ],
)
def test_a_vote_never_outvotes_a_contradiction(
    script: str, weights: tuple[float, ...], needed: float, outcome: str, score: float
) -> None:
    verdict = voted(script, weights, needed)
    assert verdict.outcome == outcome
    assert verdict.score == pytest.approx(score)


def test_combinations_are_named_by_specs() -> None:
    assert said("any-of?of=scripted?outcomes=unsure;scripted?outcomes=pass").outcome == "pass"
    assert said("all-of?of=scripted?outcomes=unsure;scripted?outcomes=pass").outcome == "unsure"
    assert said("all-of?of=scripted;scripted").outcome == "pass"


def test_a_vote_takes_weights_and_a_share() -> None:
    assert said("vote?of=scripted*2;scripted?outcomes=unsure&needed=0.6").outcome == "pass"
    assert said("vote?of=scripted;scripted?outcomes=unsure*2&needed=0.6").outcome == "unsure"


def test_a_combination_within_a_combination() -> None:
    inner = "any-of?of=scripted%3Foutcomes=unsure"
    assert said(f"all-of?of={inner};scripted").outcome == "unsure"


def test_a_combination_sends_where_its_verifiers_send() -> None:
    spec = "any-of?of=scripted;vlm:http://127.0.0.1:9/v1?model=a;vlm:http://127.0.0.1:9/v1?model=b"
    assert made(spec).sends_to == ("127.0.0.1:9",)  # type: ignore[attr-defined]
    outside = "vote?of=scripted;vlm:https://api.example.com/v1?model=a;vlm:http://127.0.0.1:9/v1?model=b"
    assert made(outside).sends_to == ("api.example.com", "127.0.0.1:9")  # type: ignore[attr-defined]
    assert made("any-of?of=scripted").sends_to == ()  # type: ignore[attr-defined]


@pytest.mark.parametrize("spec", ["any-of", "vote?of=scripted*heavy", "any-of?of=nobody", "vote?of=scripted*yes"])
def test_a_spec_that_makes_no_combination_is_refused(spec: str) -> None:
    with pytest.raises(SpecError):
        made(spec)


@pytest.mark.parametrize("spec", ["all-of?of=", "vote?of=scripted*0", "vote?of=scripted&needed=0", "vote?of="])
def test_an_empty_or_senseless_combination_is_refused(spec: str) -> None:
    with pytest.raises(UsageError):
        made(spec)
