"""Several verifiers as one: all must pass, or any may; where they contradict each other the verdict is unsure."""

from __future__ import annotations

from collections.abc import Sequence

from retouch.errors import UsageError
from retouch.picture import Picture
from retouch.plan import Step
from retouch.protocols import Verifier
from retouch.verdict import Outcome, Verdict


class AllOf:
    """Passes if every verifier passes. Where one passes and another fails, they disagree, and the verdict is unsure."""

    name = "all-of"
    version = "1"

    def __init__(self, verifiers: Sequence[Verifier]) -> None:
        self._verifiers = _at_least_one(verifiers)

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        """Ask all; the score is the lowest."""
        verdicts = [verifier.verify(before, after, step) for verifier in self._verifiers]
        outcomes = {verdict.outcome for verdict in verdicts}
        outcome = outcomes.pop() if len(outcomes) == 1 else Outcome.UNSURE
        return _combined(self, outcome, min(verdict.score for verdict in verdicts), verdicts)


class AnyOf:
    """Passes if one verifier passes and none fails: one that cannot judge does not stand in the way."""

    name = "any-of"
    version = "1"

    def __init__(self, verifiers: Sequence[Verifier]) -> None:
        self._verifiers = _at_least_one(verifiers)

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        """Ask all; the score is the highest of those that could judge."""
        verdicts = [verifier.verify(before, after, step) for verifier in self._verifiers]
        sure = [verdict for verdict in verdicts if verdict.outcome is not Outcome.UNSURE]
        outcomes = {verdict.outcome for verdict in sure}
        outcome = outcomes.pop() if len(outcomes) == 1 else Outcome.UNSURE
        return _combined(self, outcome, max(verdict.score for verdict in sure or verdicts), verdicts)


def _at_least_one(verifiers: Sequence[Verifier]) -> tuple[Verifier, ...]:
    if not verifiers:
        raise UsageError("a combination of verifiers is empty; name at least one")
    return tuple(verifiers)


def _combined(combination: AllOf | AnyOf, outcome: Outcome, score: float, verdicts: Sequence[Verdict]) -> Verdict:
    said = "; ".join(f"{v.verifier} {v.outcome}" + (f" ({v.reason})" if v.reason else "") for v in verdicts)
    return Verdict(
        verifier=combination.name,
        version=combination.version,
        outcome=outcome,
        score=score,
        reason=said,
        evidence={"verdicts": [verdict.model_dump(mode="json") for verdict in verdicts]},
    )
