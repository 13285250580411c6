"""What a verifier says of a result."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from pydantic import Field

from retouch.record import Record


class Outcome(StrEnum):
    """`unsure` never counts as `pass`; its reason says what could not be judged."""

    PASS = "pass"
    FAIL = "fail"
    UNSURE = "unsure"


class Verdict(Record):
    """One verifier's judgement; `evidence` must be JSON (what was read, scores, boxes)."""

    verifier: str
    version: str = "1"
    outcome: Outcome
    score: float = Field(ge=0, le=1)
    reason: str = ""
    evidence: dict[str, Any] = Field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return self.outcome is Outcome.PASS


def combined(verdicts: Sequence[Verdict]) -> Outcome:
    """`fail` if one failed, `pass` if there are verdicts and all passed, else `unsure`."""
    outcomes = {verdict.outcome for verdict in verdicts}
    if Outcome.FAIL in outcomes:
        return Outcome.FAIL
    return Outcome.PASS if outcomes == {Outcome.PASS} else Outcome.UNSURE
