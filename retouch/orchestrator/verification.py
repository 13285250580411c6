"""One verdict on one box of a picture, without a run."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from retouch.errors import UsageError
from retouch.event import Listener
from retouch.geometry import Box
from retouch.orchestrator.disclosure import by_verifiers, disclosed, refuse, refuse_downloads
from retouch.orchestrator.judging import Panel, combine, nobody
from retouch.picture import Picture
from retouch.plan import Answers, Expectation, Step, TextReads
from retouch.protocols import Verifier
from retouch.record import Record
from retouch.verdict import Outcome, Verdict


class Verification(Record):
    """What the verifiers say together, and each of them; the JSON of `verify`."""

    outcome: Outcome
    score: float = Field(ge=0, le=1)
    verdicts: tuple[Verdict, ...]


def verify_box(
    picture: Picture,
    box: Box,
    *,
    reads: str | None = None,
    question: str | None = None,
    answer: str = "yes",
    before: Picture | None = None,
    verifiers: Sequence[str | Verifier] = (),
    listen: Listener | None = None,
    offline: bool = False,
) -> Verification:
    """Does `box` read `reads`, or is `answer` the answer to `question`? `before` is the picture it was made from.

    `listen` is told what goes to which host before it does; `offline` refuses that (UnavailableError).
    UsageError if not exactly one of `reads` and `question` is given, or the box lies outside the picture.
    """
    if box.clamped(picture.size).empty:
        raise UsageError(f"box {box} lies outside the picture of {picture.size.width}x{picture.size.height}")
    if before is not None and before.pixels.shape[:2] != picture.pixels.shape[:2]:
        raise UsageError(f"before is {before!r}, the picture {picture!r}; they must have the same size")
    expectation = _expectation(reads, question, answer)
    step = Step(id="verify", operation="other", box=box, expectation=expectation)
    if offline:
        refuse_downloads(verifiers)
    panel = Panel(verifiers or _readers(expectation))
    sends = by_verifiers(panel.named)
    if offline:
        refuse(sends)
    if sends and listen is not None:
        listen(disclosed(sends))
    verdicts = panel.verdicts(before or picture, picture, step) or (nobody(step),)
    score = min(verdict.score for verdict in verdicts)
    return Verification(outcome=combine(verdicts), score=score, verdicts=verdicts)


def _expectation(reads: str | None, question: str | None, answer: str) -> Expectation:
    if (reads is None) == (question is None):
        raise UsageError("verify: exactly one of what the box reads and a question must be given")
    return TextReads(text=reads) if reads is not None else Answers(question=question or "", answer=answer)


def _readers(expectation: Expectation) -> tuple[str, ...]:
    """A single character is judged by the character verifier even where the page's hand is not known."""
    return ("character",) if isinstance(expectation, TextReads) and len(expectation.text) == 1 else ()
