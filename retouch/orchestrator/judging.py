"""Who judges a step, and what their verdicts come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from retouch import parts
from retouch.errors import CancelledError, RetouchError, SpecError
from retouch.orchestrator.roster import own_name
from retouch.picture import Picture
from retouch.plan import Answers, ColourIs, Step, TextGone, TextReads
from retouch.protocols import Verifier
from retouch.spec import Spec
from retouch.verdict import Outcome, Verdict

CONDITIONS = ("outside", "blend")
"""Verifiers that judge how the result sits in the picture, not what was wanted: their `fail` is a fail, never a
disagreement about the claim."""
NOBODY = "nobody"
"""Verifier name of the verdict on a claim that no installed verifier can judge."""


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """One verifier under the name that stands in its verdicts when it fails to give one."""

    name: str
    verifier: Verifier


class Panel:
    """The verifiers of a run. `verifiers` (SPECs or objects), if any, replace the built-in ones; all must pass.

    `context` is handed to the verifiers that ask for it, e.g. `hand=`. `character` says that single characters are to
    be judged by shape in the page's own hand.
    """

    def __init__(self, verifiers: Sequence[str | Verifier] = (), **context: Any) -> None:
        self._context = context
        self._own = [self._judge(verifier) for verifier in verifiers]
        self._made: dict[str, Judge] = {}

    @property
    def named(self) -> tuple[Judge, ...]:
        """Those that were named for the run; none where the built-in ones judge."""
        return tuple(self._own)

    def judges(self, step: Step) -> tuple[Judge, ...]:
        """Those who judge `step`; none where nobody can."""
        if self._own:
            return tuple(self._own)
        return tuple(self._named(name) for name in default_verifiers(step, self._context.get("hand") is not None))

    def verdicts(self, before: Picture, after: Picture, step: Step) -> tuple[Verdict, ...]:
        """Every judge's verdict; one that fails to judge is `unsure` with the reason."""
        judges = self.judges(step)
        if not judges:
            return (nobody(step),)
        return tuple(_verdict(judge, before, after, step) for judge in judges)

    def _named(self, name: str) -> Judge:
        if name not in self._made:
            self._made[name] = self._judge(name)
        return self._made[name]

    def _judge(self, verifier: str | Verifier) -> Judge:
        if isinstance(verifier, str):
            spec = Spec.parse(verifier)
            return Judge(str(spec), parts.create("verifiers", spec, **self._context))
        if not isinstance(verifier, Verifier):
            raise SpecError(f"{verifier!r} is no verifier: expected a SPEC, or an object with `verify`")
        return Judge(own_name(verifier), verifier)


def default_verifiers(step: Step, hand: bool) -> tuple[str, ...]:
    """Names of the built-in verifiers for the step's expectation; `hand` is True where the page's writing is known."""
    match step.expectation:
        case TextReads(text=text):
            return ("character", "blend") if hand and len(text) == 1 else ("text",)
        case TextGone():
            return ("text",)
        case ColourIs():
            return ("colour",)
        case None if step.operation == "remove-object":
            return ("removal",)
        case Answers() | None:
            return ()


def combine(verdicts: Sequence[Verdict]) -> Outcome:
    """`pass` if all pass; `fail` if a condition fails, or every claim that was judged failed; else `unsure`."""
    if any(v.verifier in CONDITIONS and v.outcome is Outcome.FAIL for v in verdicts):
        return Outcome.FAIL
    claims = {v.outcome for v in verdicts if v.verifier not in CONDITIONS}
    if not claims or Outcome.UNSURE in {v.outcome for v in verdicts}:
        return Outcome.FAIL if claims == {Outcome.FAIL} else Outcome.UNSURE
    return claims.pop() if len(claims) == 1 else Outcome.UNSURE


def reason(verdicts: Sequence[Verdict]) -> str:
    """Why the verdicts are no pass, in words."""
    said = [f"{v.verifier}: {v.reason or v.outcome.value}" for v in verdicts if not v.passed]
    return "; ".join(said)


def nobody(step: Step) -> Verdict:
    """The verdict where no verifier can judge the step's claim."""
    what = step.expectation.kind if step.expectation else "a step without an expectation"
    hint = (
        "a vision-language model given as --verifier could" if isinstance(step.expectation, Answers) else "look at it"
    )
    said = f"no verifier here can judge {what}; {hint}"
    return Verdict(verifier=NOBODY, outcome=Outcome.UNSURE, score=0.0, reason=said)


def _verdict(judge: Judge, before: Picture, after: Picture, step: Step) -> Verdict:
    try:
        verdict = judge.verifier.verify(before, after, step)
    except CancelledError:
        raise
    except RetouchError as error:
        return _no_verdict(judge.name, error.message)
    except Exception as error:  # a stranger's verifier may raise anything; that is no verdict on the picture
        return _no_verdict(judge.name, f"{type(error).__name__}: {error}")
    if not isinstance(verdict, Verdict):
        return _no_verdict(judge.name, f"returned {type(verdict).__name__}, expected Verdict")
    return verdict


def _no_verdict(name: str, why: str) -> Verdict:
    reason = f"could not judge: {why}"
    return Verdict(verifier=name, outcome=Outcome.UNSURE, score=0.0, reason=reason, evidence={"error": why})
