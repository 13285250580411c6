from __future__ import annotations

import numpy as np
import pytest

from retouch.errors import UsageError
from retouch.picture import Picture
from retouch.plan import Step
from retouch.protocols import Verifier
from retouch.verdict import Outcome
from retouch.verifiers.combine import AllOf, AnyOf
from retouch.verifiers.scripted import ScriptedVerifier

PICTURE = Picture(np.zeros((4, 4, 3), dtype=np.uint8))
STEP = Step(id="s1", operation="replace")


@pytest.mark.parametrize(
    ("script", "all_of", "any_of"),
    [
        (("pass", "pass"), "pass", "pass"),
        (("fail", "fail"), "fail", "fail"),
        (("pass", "fail"), "unsure", "unsure"),
        (("pass", "unsure"), "unsure", "pass"),
        (("fail", "unsure"), "unsure", "fail"),
        (("unsure", "unsure"), "unsure", "unsure"),
    ],
)
def test_outcomes(script: tuple[str, str], all_of: str, any_of: str) -> None:
    verifiers: list[Verifier] = [ScriptedVerifier(word) for word in script]
    strict, lenient = (kind(verifiers).verify(PICTURE, PICTURE, STEP) for kind in (AllOf, AnyOf))
    assert strict.outcome is Outcome(all_of)
    assert lenient.outcome is Outcome(any_of)
    assert [v["outcome"] for v in strict.evidence["verdicts"]] == list(script)


def test_the_score_of_all_is_the_lowest() -> None:
    verdict = AllOf([ScriptedVerifier("pass"), ScriptedVerifier("unsure")]).verify(PICTURE, PICTURE, STEP)
    assert verdict.score == 0.5


@pytest.mark.parametrize("combination", [AllOf, AnyOf])
def test_an_empty_combination_is_refused(combination: type[AllOf] | type[AnyOf]) -> None:
    with pytest.raises(UsageError, match="empty"):
        combination([])
