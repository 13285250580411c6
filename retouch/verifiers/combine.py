"""Several verifiers as one: all must pass, or any may, or they vote; where they contradict each other it is unsure.

As a SPEC, a combination names its verifiers by their SPECs behind `of=`, separated by semicolons:
`any-of?of=text;vlm:http://127.0.0.1:8001/v1?model=qwen3-vl`, `vote?of=text*2;vlm:/models/Qwen3-VL-8B&needed=0.6`.
An `&` within one of them is written `%26`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from retouch import parts
from retouch.errors import SpecError, UsageError
from retouch.picture import Picture
from retouch.plan import Step
from retouch.protocols import Verifier
from retouch.spec import Spec, typed
from retouch.verdict import Outcome, Verdict

C = TypeVar("C", bound="Combination")


class Combination:
    """What all combinations share: at least one verifier, each asked once for a verdict."""

    name = "combination"
    version = "1"

    def __init__(self, verifiers: Sequence[Verifier]) -> None:
        self._verifiers = _at_least_one(verifiers)

    @property
    def sends_to(self) -> tuple[str, ...]:
        """The hosts that its verifiers send pictures to, in their order; empty if none does."""
        said = [getattr(verifier, "sends_to", "") or () for verifier in self._verifiers]
        return tuple(dict.fromkeys(host for each in said for host in ((each,) if isinstance(each, str) else each)))


class AllOf(Combination):
    """Passes if every verifier passes. Where one passes and another fails, they disagree, and the verdict is unsure."""

    name = "all-of"
    version = "1"

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        """Ask all; the score is the lowest."""
        verdicts = [verifier.verify(before, after, step) for verifier in self._verifiers]
        outcomes = {verdict.outcome for verdict in verdicts}
        outcome = outcomes.pop() if len(outcomes) == 1 else Outcome.UNSURE
        return _combined(self, outcome, min(verdict.score for verdict in verdicts), verdicts)


class AnyOf(Combination):
    """Passes if one verifier passes and none fails: one that cannot judge does not stand in the way."""

    name = "any-of"
    version = "1"

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        """Ask all; the score is the highest of those that could judge."""
        verdicts = [verifier.verify(before, after, step) for verifier in self._verifiers]
        sure = [verdict for verdict in verdicts if verdict.outcome is not Outcome.UNSURE]
        outcomes = {verdict.outcome for verdict in sure}
        outcome = outcomes.pop() if len(outcomes) == 1 else Outcome.UNSURE
        return _combined(self, outcome, max(verdict.score for verdict in sure or verdicts), verdicts)


class Vote(Combination):
    """Passes if those who pass have at least the share `needed` of all weight, and nobody with a weight fails.

    A vote never outvotes a contradiction: one pass and one fail are `unsure`, however light one of them is. What the
    weights decide is how many may be unable to judge. It fails by the same rule.
    """

    name = "vote"
    version = "1"

    def __init__(
        self, verifiers: Sequence[Verifier], weights: Sequence[float] | None = None, needed: float = 0.5
    ) -> None:
        super().__init__(verifiers)
        self._weights = tuple(weights) if weights is not None else (1.0,) * len(self._verifiers)
        if len(self._weights) != len(self._verifiers) or not all(0 < w < float("inf") for w in self._weights):
            raise UsageError(f"vote: weights {self._weights} are not one positive number for each verifier")
        if not 0 < needed <= 1:
            raise UsageError(f"vote: needed is {needed}; expected a share above 0 and at most 1")
        self._needed = needed

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        """Ask all; the score is the share of weight that passes, and half of that which is unsure."""
        verdicts = [verifier.verify(before, after, step) for verifier in self._verifiers]
        share = {outcome: self._share(verdicts, outcome) for outcome in Outcome}
        outcome = Outcome.UNSURE
        if share[Outcome.FAIL] == 0 and share[Outcome.PASS] >= self._needed:
            outcome = Outcome.PASS
        elif share[Outcome.PASS] == 0 and share[Outcome.FAIL] >= self._needed:
            outcome = Outcome.FAIL
        return _combined(self, outcome, min(1.0, share[Outcome.PASS] + share[Outcome.UNSURE] / 2), verdicts)

    def _share(self, verdicts: Sequence[Verdict], outcome: Outcome) -> float:
        weights = zip(self._weights, verdicts, strict=True)
        return sum(weight for weight, verdict in weights if verdict.outcome is outcome) / sum(self._weights)


def all_of(of: str, hand: Any = None) -> AllOf:
    """Passes if all verifiers in `of` (SPECs, separated by `;`) pass; `hand` is handed on to those that take it."""
    return _made(AllOf, of, hand)


def any_of(of: str, hand: Any = None) -> AnyOf:
    """Passes if one of the verifiers in `of` passes and none fails; `hand` is handed on to those that take it."""
    return _made(AnyOf, of, hand)


def vote(of: str, needed: float = 0.5, hand: Any = None) -> Vote:
    """Passes if those in `of` that pass weigh enough and none fails; a weight stands behind a star (`text*2`)."""
    listed = [_weighted(spec) for spec in _split(of)]
    return Vote([_verifier(spec, hand) for spec, _ in listed], [weight for _, weight in listed], needed)


def _made(kind: Callable[[Sequence[Verifier]], C], of: str, hand: Any) -> C:
    return kind([_verifier(spec, hand) for spec in _split(of)])


def _verifier(spec: str, hand: Any) -> Verifier:
    made: Verifier = parts.create("verifiers", Spec.parse(spec), hand=hand)
    return made


def _split(of: str) -> list[str]:
    return [spec.strip() for spec in str(of).split(";") if spec.strip()]


def _weighted(spec: str) -> tuple[str, float]:
    head, star, tail = spec.rpartition("*")
    weight = typed(tail.strip()) if star else 1
    if isinstance(weight, bool) or not isinstance(weight, int | float):
        raise SpecError(f"vote: {spec!r}: behind the star stands {tail!r}, expected a weight")
    return (head.strip() if star else spec), float(weight)


def _at_least_one(verifiers: Sequence[Verifier]) -> tuple[Verifier, ...]:
    if not verifiers:
        raise UsageError("a combination of verifiers is empty; name at least one")
    return tuple(verifiers)


def _combined(combination: Combination, outcome: Outcome, score: float, verdicts: Sequence[Verdict]) -> Verdict:
    said = "; ".join(f"{v.verifier} {v.outcome}" + (f" ({v.reason})" if v.reason else "") for v in verdicts)
    return Verdict(
        verifier=combination.name,
        version=combination.version,
        outcome=outcome,
        score=score,
        reason=said,
        evidence={"verdicts": [verdict.model_dump(mode="json") for verdict in verdicts]},
    )
