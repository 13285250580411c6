"""Orders: what the worker is asked to do, as JSON: ids, texts and SPECs, never objects."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from retouch.plan import BoxedWish
from retouch.record import BoxField, Record


class RunOrder(Record):
    """A new run. `text` is a literal text, the title of a work of the corpus, or `auto`; `at` a version at which the
    branch is made first."""

    kind: Literal["run"] = "run"
    goal: str = ""
    boxes: tuple[BoxedWish, ...] = ()
    text: str | None = None
    planner: str | None = None
    editors: tuple[str, ...] = ()
    verifiers: tuple[str, ...] = ()
    branch: str = "main"
    at: str | None = None
    review: bool = False
    offline: bool = False
    max_calls: int | None = None
    max_seconds: float | None = None
    attempts: int | None = None


class EditOrder(Record):
    """A step that waits (`RUN:STEP`) is done again as a person says."""

    kind: Literal["edit"] = "edit"
    step: str
    instruction: str | None = None
    editors: tuple[str, ...] = ()
    seed: int | None = None


class AgainOrder(Record):
    """The step of a version is done again in another way."""

    kind: Literal["again"] = "again"
    version: str
    instruction: str | None = None
    editor: str | None = None
    seed: int | None = None
    box: BoxField | None = None
    branch: str | None = None


class ContinueOrder(Record):
    """An interrupted run goes on."""

    kind: Literal["continue"] = "continue"
    run: str


Work = Annotated[RunOrder | EditOrder | AgainOrder | ContinueOrder, Field(discriminator="kind")]


class Order(Record):
    """What is to be done for a job, in which document (by its number) of which project file."""

    job: str
    project: str
    document: int
    work: Work

    @property
    def run(self) -> str | None:
        """The run that it is about, where that stands already."""
        return self.work.run if isinstance(self.work, ContinueOrder) else None


class Stop(Record):
    """What is under way for a job is to stop: `pause` lets it be gone on with, `cancel` gives it up."""

    job: str
    how: Literal["pause", "halt", "cancel"]
    """`halt` is a pause that does not wait for calls under way."""


class Leave(Record):
    """There is no more to do."""

    leave: Literal[True] = True


Letter = Order | Stop | Leave
"""What goes to the worker."""
LETTER: TypeAdapter[Letter] = TypeAdapter(Letter)
