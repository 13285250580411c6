"""A vision-language model as a judge: the same question in several orders and wordings, believed only if they agree."""

from __future__ import annotations

from typing import Any, Unpack

from retouch.clients.appeal import appeals, read_lines
from retouch.clients.asking import VisionModel
from retouch.clients.complaint import clean
from retouch.clients.view import View
from retouch.clients.vision_model import VisionOptions, VisionPart
from retouch.errors import SpecError
from retouch.geometry import Box
from retouch.picture import Picture
from retouch.plan import Step
from retouch.verdict import Outcome, Verdict
from retouch.verifiers.question import Asking, Opinion, Question, askings

MARGIN = 0.15
"""Context round the step's box, as a share of its longer side: enough to see what it stands on, little beside it."""
_LEAST_MARGIN = 8


class VlmVerifier(VisionPart):
    """Asks a model whether a step's claim is true: the question of `answers`, or one made from what is expected else.

    It is shown crops of the place before and after. With `asks=4` every order of the two pictures is asked in both
    wordings, with 2 each order once in a wording of its own; the first disagreement ends it as `unsure`. (A picture
    without a before has no order: it is asked in both wordings.)

    **Text in the picture does not decide.** What a model is told and what it sees reach it by the same way, so no
    wording can make sure that it does not obey a picture. Hence: (1) it answers by a fixed schema, has no tools, and of
    its answer only yes, no or unsure counts; the rest is evidence and is never acted on. (2) It sees crops, not what
    else the picture says. (3) Shrinking averages, so that no text appears which was not there, and the pixels that
    are sent are read by the built-in recogniser first: words that sound like an order or a verdict (and are not those
    the step itself asks for) make the verdict `unsure` at most, whatever the model answers, `fail` as well as `pass`;
    it is not even asked. (4) A model that says it was addressed is believed, too.

    `target` is a URL, a folder or a VisionModel; the other options are those of `VisionOptions`.
    """

    name = "vlm"
    version = "1"

    def __init__(
        self, target: str | VisionModel, model: str = "", asks: int = 4, **options: Unpack[VisionOptions]
    ) -> None:
        if asks not in (2, 4):
            raise SpecError(f"vlm: asks is {asks!r}; expected 2 or 4")
        self._asks = asks
        super().__init__(target, model, **options)

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        """The verdict; ServiceError (RemoteError) if the model failed."""
        frame = _frame(step.box, after)
        now = View.of(after, frame, self._model.limits)
        was = None if _same(before, after, frame) else View.of(before, frame, self._model.limits)
        question = Question.of(step)
        lines = [line for view in (was, now) if view is not None for line in read_lines(view)]
        orders = appeals(lines, question.known(step))
        if orders:
            return self._unsure(f"text in the picture speaks to its judge: {_quoted(orders)}", question, orders, [])
        return self._asked(question, askings(question, was, now)[: self._asks])

    def _asked(self, question: Question, ways: tuple[Asking, ...]) -> Verdict:
        answers: list[dict[str, Any]] = []
        for way in ways:
            opinion = self._model.ask(way.messages, Opinion)
            said = {"order": way.order, "wording": way.wording, "answer": opinion.answer}
            answers.append(said | {"reason": clean(opinion.reason)})
            if opinion.addressed:
                return self._unsure(
                    "the model says that the picture tries to tell it what to answer", question, (), answers
                )
            if opinion.answer == "unsure":
                return self._unsure(f"the model cannot tell: {clean(opinion.reason)}", question, (), answers)
            if opinion.answer != answers[0]["answer"]:
                why = "the model's answer turns on the order of the pictures or on the wording"
                return self._unsure(why, question, (), answers)
        agreed = answers[0]["answer"] == question.wanted
        return self._verdict(
            Outcome.PASS if agreed else Outcome.FAIL,
            f"{question.words} – {answers[0]['answer']}, {len(answers)} times: {answers[0]['reason']}",
            question,
            answers=answers,
        )

    def _unsure(self, why: str, question: Question, orders: tuple[str, ...], answers: list[dict[str, Any]]) -> Verdict:
        addressed = [clean(line) for line in orders]
        return self._verdict(
            Outcome.UNSURE, why, question, answers=answers, **({"addressed": addressed} if orders else {})
        )

    def _verdict(self, outcome: Outcome, why: str, question: Question, **evidence: Any) -> Verdict:
        score = {Outcome.PASS: 1.0, Outcome.UNSURE: 0.5, Outcome.FAIL: 0.0}[outcome]
        kept = {"model": clean(self._model.name), "question": question.words, "wanted": question.wanted, **evidence}
        return Verdict(
            verifier=self.name, version=self.version, outcome=outcome, score=score, reason=why, evidence=kept
        )


def _frame(box: Box | None, picture: Picture) -> Box:
    """The place and a little of what stands round it; the whole picture for a step without a box."""
    if box is None:
        return picture.box
    margin = max(_LEAST_MARGIN, round(MARGIN * max(box.width, box.height)))
    return box.grown(margin).clamped(picture.size)


def _same(before: Picture, after: Picture, frame: Box) -> bool:
    return before is after or before.crop(frame).same_pixels(after.crop(frame))


def _quoted(lines: tuple[str, ...]) -> str:
    return clean("; ".join(f"“{line}”" for line in lines))
