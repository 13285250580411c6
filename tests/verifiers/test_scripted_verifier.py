from __future__ import annotations

import numpy as np
import pytest

from retouch.errors import UsageError
from retouch.picture import Picture
from retouch.plan import Step
from retouch.protocols import Verifier
from retouch.verdict import Outcome
from retouch.verifiers.scripted import ScriptedVerifier

PICTURE = Picture(np.zeros((4, 4, 3), dtype=np.uint8))


def answers(verifier: ScriptedVerifier, step: str, count: int) -> list[Outcome]:
    record = Step(id=step, operation="replace")
    return [verifier.verify(PICTURE, PICTURE, record).outcome for _ in range(count)]


def test_answers_come_in_order_and_the_last_one_stays() -> None:
    verifier = ScriptedVerifier("fail,unsure,pass")
    assert isinstance(verifier, Verifier)
    assert answers(verifier, "s1", 4) == [Outcome.FAIL, Outcome.UNSURE, Outcome.PASS, Outcome.PASS]


def test_a_step_has_a_script_of_its_own() -> None:
    verifier = ScriptedVerifier("pass", steps={"s2": ["fail", "pass"]})
    assert answers(verifier, "s2", 2) == [Outcome.FAIL, Outcome.PASS]
    assert answers(verifier, "s1", 1) == [Outcome.PASS]


@pytest.mark.parametrize("script", ["maybe", "", "pass,,fail"])
def test_other_words_are_refused(script: str) -> None:
    with pytest.raises(UsageError, match="scripted verifier"):
        ScriptedVerifier(script)


def test_an_empty_script_is_refused() -> None:
    with pytest.raises(UsageError, match="empty"):
        ScriptedVerifier([])
