"""A verifier that says what it was told to say: for tests, documentation and rehearsals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from retouch.errors import UsageError
from retouch.picture import Picture
from retouch.plan import Step
from retouch.verdict import Outcome, Verdict

_SCORES = {Outcome.PASS: 1.0, Outcome.UNSURE: 0.5, Outcome.FAIL: 0.0}


class ScriptedVerifier:
    """Answers in the order of `outcomes`, the last one for ever after: `pass`, `fail` or `unsure`, as words or, as a
    SPEC gives them, joined by commas. `steps` has answers for single steps by their id; they are counted per step.
    """

    name = "scripted"
    version = "1"

    def __init__(
        self, outcomes: Sequence[str] | str = "pass", steps: Mapping[str, Sequence[str] | str] | None = None
    ) -> None:
        self._script = _outcomes(outcomes)
        self._steps = {step: _outcomes(script) for step, script in (steps or {}).items()}
        self._turns: dict[str | None, Iterator[int]] = {None: count(), **{step: count() for step in self._steps}}

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        """The next answer; the pictures are not looked at."""
        key = step.id if step.id in self._steps else None
        script = self._steps.get(step.id, self._script)
        outcome = script[min(next(self._turns[key]), len(script) - 1)]
        return Verdict(
            verifier=self.name, version=self.version, outcome=outcome, score=_SCORES[outcome], reason="scripted"
        )


def _outcomes(script: Sequence[str] | str) -> tuple[Outcome, ...]:
    words = [word.strip() for word in script.split(",")] if isinstance(script, str) else list(script)
    known = {outcome.value for outcome in Outcome}
    for word in words:
        if word not in known:
            raise UsageError(f"scripted verifier: {word!r} is no outcome; expected {', '.join(sorted(known))}")
    if not words:
        raise UsageError("scripted verifier: the script is empty; name at least one outcome")
    return tuple(Outcome(word) for word in words)
