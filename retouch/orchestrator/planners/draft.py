"""A plan as a model may write it: nothing but what this schema has a place for, and that only if it makes sense."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from retouch.clients.appeal import appeals
from retouch.clients.strangers import strange
from retouch.clients.view import BoxConvention, View
from retouch.geometry import Box
from retouch.orchestrator.colour_words import css_colour
from retouch.orchestrator.instruction import plain
from retouch.plan import Answers, ColourIs, Expectation, Operation, Step, TextGone, TextReads

MOST_STEPS = 64
MOST_LOOKS = 4
_LONGEST = {"source": 500, "target": 500, "instruction": 600, "question": 300, "variant": 40}
"""Characters. Services take 800 in a prompt, and Retouch adds a sentence or two of its own."""
_LETTERING: tuple[Operation, ...] = ("replace", "insert", "delete", "recolour")
_PLACED: tuple[Operation, ...] = (*_LETTERING, "move", "resize", "rotate", "remove-object")
"""Operations that have a place; others may be about the whole picture."""


class Draft(BaseModel):
    """A model's plan. `look`: places (x1, y1, x2, y2 of picture 1) that it must see larger before it can plan."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    look: list[list[float]] = []
    reference: str | None = None
    steps: list[DraftStep] = []


class DraftStep(BaseModel):
    """One step. `bbox_2d` are corners in the numbers of picture `picture`; null is the whole picture. `after` counts
    earlier steps from 1. `variant` names the version of the picture that the step belongs to, where several are made.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    operation: Operation
    source: str | None = None
    target: str | None = None
    picture: int = 1
    bbox_2d: list[float] | None = None
    instruction: str = ""
    expectation: Expectation | None = None
    after: list[int] = []
    variant: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """How a draft is understood: the pictures it speaks of, how it counts, and the user's own words."""

    views: Sequence[View]
    convention: BoxConvention
    given: Sequence[str]
    places_given: Sequence[Box] = ()
    """Where alone steps may lie; then none is about the whole picture. Empty: anywhere."""

    def checked(self, draft: Draft) -> None:
        """ValueError, in words for the model, where the draft makes no sense or names what nobody gave it."""
        if not (draft.steps or draft.look or draft.reference):
            raise ValueError("there is no step in it")
        if len(draft.steps) > MOST_STEPS:
            raise ValueError(f"it has {len(draft.steps)} steps; {MOST_STEPS} are the most")
        self.places(draft)
        for number, step in enumerate(draft.steps, 1):
            try:
                self._step(step, number, draft.steps)
            except ValueError as error:
                raise ValueError(f"steps.{number - 1}: {error}") from None

    def places(self, draft: Draft) -> list[Box]:
        """Where the model wants to look again."""
        return [self.views[0].place(corners, self.convention) for corners in draft.look[:MOST_LOOKS]]

    def steps(self, draft: Draft, names: Callable[[int], str]) -> Iterator[Step]:
        """The steps of a checked draft; `names` gives the id of the step of that number."""
        for number, step in enumerate(draft.steps, 1):
            yield self._step(step, number, draft.steps).model_copy(
                update={"id": names(number), "after": tuple(names(other) for other in dict.fromkeys(step.after))}
            )

    def _step(self, draft: DraftStep, number: int, steps: Sequence[DraftStep]) -> Step:
        _in_order(draft, number, steps)
        self._words(draft)
        box = self._box(draft)
        step = Step(
            id="draft",
            operation=draft.operation,
            source=draft.source or None,
            target=_colour(draft.target) if draft.operation == "recolour" else draft.target or None,
            box=box,
            mode="whole" if box is None else "crop",
            instruction=" ".join(draft.instruction.split()),
            expectation=_expected(draft),
            branch=branch_name(draft.variant) if draft.variant else None,
        )
        return step.model_copy(update={"instruction": styled(step)})

    def _box(self, draft: DraftStep) -> Box | None:
        if draft.bbox_2d is None:
            if self.places_given or draft.operation in _PLACED:
                raise ValueError(f"{draft.operation} needs a bbox_2d")
            return None
        if not 1 <= draft.picture <= len(self.views):
            raise ValueError(f"there is no picture {draft.picture}")
        box = self.views[draft.picture - 1].place(draft.bbox_2d, self.convention)
        if self.places_given:
            return self._held(box)
        # A style that is forced into a box ends at its edge.
        return None if draft.operation == "restyle" and box.area >= _ALL * self.views[0].box.area else box

    def _held(self, box: Box) -> Box:
        """The part of a box that lies in the given place it means."""
        part = max((box.intersection(place) for place in self.places_given), key=lambda part: part.area)
        if part.area < _MEANT * box.area:
            raise ValueError("bbox_2d lies outside the places that were named, or where steps were tried before")
        return part

    def _words(self, draft: DraftStep) -> None:
        question = draft.expectation.question if isinstance(draft.expectation, Answers) else None
        texts = {name: getattr(draft, name, None) for name in _LONGEST} | {"question": question}
        for name, text in texts.items():
            if text is None:
                continue
            if len(text) > _LONGEST[name]:
                raise ValueError(f"{name} has {len(text)} characters; {_LONGEST[name]} are the most")
            if any(unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs") and char != "\n" for char in text):
                raise ValueError(f"{name} holds control characters")
            if strange(text, self.given) is not None:
                raise ValueError(f"{name} names an address, a path or a command that is not in the goal")
            if name in ("question", "instruction") and appeals([text], self.given):
                raise ValueError(f"{name} tells its reader what to answer; it must only say what is wanted")


_MEANT = 0.5
"""Share of a box that must lie in a place; models round, and draw boxes a little wide."""
_ALL = 0.9
"""Share of the picture from which a box means all of it."""


def styled(step: Step) -> str:
    """The step's instruction as editors want it, wanted text in quotes; the model's own words where they are so."""
    said = step.instruction
    if said and (not isinstance(step.expectation, TextReads) or _quoted(step.expectation.text, said)):
        return said
    own = plain(step.model_copy(update={"instruction": ""}))
    return f"{own}. Keep everything else as it is." if own else said


def _quoted(text: str, words: str) -> bool:
    return re.search(rf"[\"“「『']{re.escape(text)}[\"”」』']", words) is not None


def branch_name(variant: str) -> str:
    """A branch's name from a model's word for a variant: letters, digits and dashes; ValueError if none is left."""
    name = re.sub(r"[^\w]+", "-", variant.lower()).strip("-_")
    if not name:
        raise ValueError(f"variant {variant!r} has no letter or digit")
    return name


def _in_order(draft: DraftStep, number: int, steps: Sequence[DraftStep]) -> None:
    for other in draft.after:
        if not 1 <= other < number:
            raise ValueError(f"after {other}: only earlier steps, counted from 1, can be named")
        if steps[other - 1].variant not in (None, draft.variant):
            raise ValueError(f"after {other}: that step belongs to another variant")


def _expected(draft: DraftStep) -> Expectation | None:
    """What the step must make true; made from its operation where the model left it out."""
    wanted, operation = draft.expectation, draft.operation
    if operation in ("replace", "insert", "recolour") and not draft.target:
        raise ValueError(f"{operation} needs a target")
    if operation == "recolour":
        return ColourIs(colour=_colour(draft.target))
    if isinstance(wanted, TextReads) and operation in ("replace", "insert") and wanted.text != draft.target:
        raise ValueError(f"target is {draft.target!r}, but the text expected is {wanted.text!r}")
    if isinstance(wanted, TextGone) and not wanted.text:
        raise ValueError("text-gone needs the text that is to go")
    if wanted is not None:
        return wanted
    if operation in ("replace", "insert") and draft.target and _about_text(draft):
        return TextReads(text=draft.target)
    if operation == "delete" and draft.source:
        return TextGone(text=draft.source)
    if not draft.instruction:
        raise ValueError("a step needs an instruction or an expectation")
    return Answers(question=f"Has this been done, well and completely: “{draft.instruction}”?")


def _about_text(draft: DraftStep) -> bool:
    """True if the target is lettering and no description of a thing: then it is quoted, or all that was said."""
    return not draft.instruction or _quoted(draft.target or "", draft.instruction)


def _colour(target: str | None) -> str:
    colour = css_colour((target or "").lower())
    if colour is None:
        raise ValueError(f"target {target!r} is no colour; give #rrggbb or a CSS name")
    return colour
