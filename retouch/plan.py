"""What is wanted and in which steps: goal, expectation, step, plan. The plan file is `Plan` as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator

from retouch.errors import PlanError
from retouch.record import BoxField, Record
from retouch.style import Direction

Operation = Literal[
    "replace", "delete", "insert", "move", "resize", "rotate", "recolour", "restyle", "remove-object", "other"
]
Mode = Literal["crop", "marked", "mask", "whole"]


class TextReads(Record):
    """The region must read exactly `text` (variants of a character count as the same)."""

    kind: Literal["text-reads"] = "text-reads"
    text: str = Field(min_length=1)


class TextGone(Record):
    """The region must no longer show `text`."""

    kind: Literal["text-gone"] = "text-gone"
    text: str


class ColourIs(Record):
    """The region's ink must have `colour`: `#rrggbb` or a CSS name."""

    kind: Literal["colour-is"] = "colour-is"
    colour: str


class Answers(Record):
    """A vision-language model must answer `question` with `answer`."""

    kind: Literal["answers"] = "answers"
    question: str = Field(min_length=1)
    answer: str = "yes"


Expectation = Annotated[TextReads | TextGone | ColourIs | Answers, Field(discriminator="kind")]


class BoxedWish(Record):
    """An instruction for one box, as given by `--box BOX=INSTRUCTION`."""

    box: BoxField
    instruction: str
    mode: Mode = "crop"
    """How the box is shown to an editing model."""


class Goal(Record):
    """What the user wants: words, and whatever was given beside them."""

    text: str
    reference: str | None = None
    """The text that the picture should read, already loaded; None if none was given."""
    reference_source: str | None = None
    """Where the reference came from: a file, `literal`, or a work of the corpus with its edition."""
    boxes: tuple[BoxedWish, ...] = ()
    mask: str | None = None
    """PNG data URI over the whole picture, white where pixels may change."""
    direction: Direction | None = None
    """Reading direction if the user gave one."""


class Step(Record):
    """One region, one instruction, one checkable claim."""

    id: str = Field(min_length=1)
    operation: Operation
    source: str | None = None
    """What stands there now: the text, or a description of the object."""
    target: str | None = None
    """What shall stand there: the text, or the colour for `recolour`."""
    box: BoxField | None = None
    """None for the whole picture."""
    mask: str | None = None
    """PNG data URI of the box's size, white where pixels may change; None for the whole box."""
    mode: Mode = "crop"
    instruction: str = ""
    expectation: Expectation | None = None
    after: tuple[str, ...] = ()
    supersedes: str | None = None
    editor: str | None = None
    branch: str | None = None
    seed: int | None = Field(default=None, ge=0, lt=2**32, exclude_if=lambda seed: seed is None)
    """The seed of the first attempt, from which those of further ones are counted; None: chosen by id and attempt."""


class Plan(Record):
    """The ordered steps for one goal."""

    # `schema` would shadow a pydantic method, so the field has another name in Python.
    schema_: Literal[1] = Field(default=1, alias="schema")
    goal: str
    steps: tuple[Step, ...] = ()

    model_config = {**Record.model_config, "populate_by_name": True, "serialize_by_alias": True}

    @model_validator(mode="after")
    def _consistent(self) -> Plan:
        seen: set[str] = set()
        known = {step.id for step in self.steps}
        for step in self.steps:
            if step.id in seen:
                raise ValueError(f"step id {step.id!r} stands twice; ids must be unique")
            for other in (*step.after, *((step.supersedes,) if step.supersedes else ())):
                if other not in known:
                    raise ValueError(f"step {step.id!r} names the unknown step {other!r}")
            seen.add(step.id)
        order(self.steps)
        return self

    @classmethod
    def from_json(cls, text: str | bytes) -> Plan:
        """Read a plan file; PlanError names the field that is wrong."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "plan"
            raise PlanError(
                f"plan: {where}: {first['msg']}", hint="see `retouch plan` for a valid plan file"
            ) from error

    def to_json(self) -> str:
        return self.model_dump_json(by_alias=True, indent=1)


def order(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Steps so that each stands behind those it comes after, else in plan order; PlanError on a cycle."""
    waiting, placed, out = list(steps), set[str](), list[Step]()
    while waiting:
        ready = next((s for s in waiting if {*s.after, *filter(None, [s.supersedes])} <= placed), None)
        if ready is None:
            raise PlanError(f"steps {', '.join(s.id for s in waiting)} wait for each other; remove one `after`")
        waiting.remove(ready)
        placed.add(ready.id)
        out.append(ready)
    return tuple(out)
