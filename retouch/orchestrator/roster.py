"""The editors of one run, in the order in which they are tried, and how they fare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retouch import parts
from retouch.edit import Traits
from retouch.errors import SpecError
from retouch.plan import Step
from retouch.protocols import Editor
from retouch.spec import Spec

DEFAULT = ("typeset", "inpaint", "recolour")
"""The built-in editors; each takes the operations it knows."""
FAILURES_TO_RETIRE = 3


@dataclass(slots=True)
class Hired:
    """One editor at work. `spec` names it in the journal."""

    spec: str
    editor: Editor
    failures: int = 0
    """Service failures in a row."""

    @property
    def traits(self) -> Traits:
        return self.editor.traits

    @property
    def retired(self) -> bool:
        """True after three service failures in a row; it gets no further call in this run."""
        return self.failures >= FAILURES_TO_RETIRE

    def takes(self, step: Step) -> bool:
        """True if it understands the step's operation, and takes the whole picture where that is to be edited."""
        operations, modes = self.traits.operations, self.traits.modes
        return (not operations or step.operation in operations) and (step.mode != "whole" or "whole" in modes)


class Roster:
    """Editors made from SPECs or given as objects."""

    def __init__(self, editors: Sequence[str | Editor]) -> None:
        self._hired = [hire(editor) for editor in editors]

    def __iter__(self) -> Iterator[Hired]:
        return iter(self._hired)

    def for_step(self, step: Step) -> tuple[Hired, ...]:
        """Those that take the step, the one it names first."""
        named = self._named(step.editor) if step.editor else None
        rest = [hired for hired in self._hired if hired is not named and hired.takes(step)]
        return tuple([named, *rest] if named else rest)

    def _named(self, spec: str) -> Hired:
        for hired in self._hired:
            if hired.spec in (spec, str(Spec.parse(spec))):
                return hired
        self._hired.append(hire(spec))
        return self._hired[-1]


def hire(editor: str | Editor) -> Hired:
    """An editor from its SPEC, or a user's own object; SpecError if it is neither."""
    if isinstance(editor, str):
        spec = Spec.parse(editor)
        return Hired(str(spec), parts.create("editors", spec))
    if not isinstance(editor, Editor):
        raise SpecError(f"{editor!r} is no editor: expected a SPEC, or an object with `traits` and `edit`")
    return Hired(own_name(editor), editor)


def own_name(part: object) -> str:
    """How a part that was given as an object is named in the journal; it cannot be made again from this."""
    return f"python:{type(part).__module__}.{type(part).__qualname__}"


def recreatable(spec: str) -> bool:
    """False for the name of an object: a resumed run must be given that object again."""
    return not spec.startswith("python:")
