"""One thing that a person wants done, as far as words say it; where it is to be done is found later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from retouch.geometry import Box
from retouch.orchestrator.choice import Choice
from retouch.plan import Answers, ColourIs, Expectation, Mode, Operation, Step, TextGone, TextReads

Kind = Literal[
    "proofread",
    "write",
    "replace",
    "insert",
    "delete",
    "recolour",
    "move",
    "resize",
    "ask",
    "remove",
    "remove-frame",
    "keep-frame",
]

Side = Literal["after", "before", "below", "above"]

ANY = "any"
"""The frame of whatever colour, where the words name none."""

_OPERATIONS: dict[Kind, Operation] = {
    "proofread": "other",
    "write": "replace",
    "replace": "replace",
    "insert": "insert",
    "delete": "delete",
    "recolour": "recolour",
    "move": "move",
    "resize": "resize",
    "ask": "other",
    "remove": "remove-object",
    "remove-frame": "remove-object",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """`source` is the text that stands there, `target` the text or colour that shall. `frame` is the colour name of the
    drawn frame meant, or `ANY`; `anchor` (side, text) is where an insertion goes. `within` is a longer text of which
    `source` is a part, `which` says which of several places is meant, `now` the text that an earlier wish put in
    place of `source`. `how` says how far something is moved, or how large it is made; for `ask` it is all that is said.
    """

    kind: Kind
    source: str | None = None
    target: str | None = None
    frame: str | None = None
    anchor: tuple[Side, str] | None = None
    within: str | None = None
    which: Choice = None
    now: str | None = None
    how: str | None = None

    @property
    def expectation(self) -> Expectation | None:
        """What must be true of the place afterwards; None where only looking can tell."""
        if self.kind in ("write", "replace", "insert") and self.target:
            return TextReads(text=self.target)
        if self.kind == "delete" and self.source:
            return TextGone(text=self.source)
        if self.kind == "recolour" and self.target:
            return ColourIs(colour=self.target)
        if self.kind in ("move", "resize", "ask"):
            return Answers(question=f"Is this done: {self.instruction}?")
        return None

    @property
    def instruction(self) -> str:
        """The wish in plain words, for an editor that follows words."""
        here = f" in {self._frame}" if self.frame and self.kind != "remove-frame" else ""
        words: dict[Kind, str] = {
            "proofread": f"Correct every character that is wrong{here}",
            "write": f'Write "{self.target}"{here}',
            "replace": f'Replace "{self.source}" with "{self.target}"{here}',
            "insert": f'Insert "{self.target}"' + (f' {self.anchor[0]} "{self.anchor[1]}"' if self.anchor else ""),
            "delete": f'Delete "{self.source}"{here}',
            "recolour": f'Make "{self.source}"{self._part} {self.target}'
            if self.source
            else f"Make the text {self.target}",
            "move": f'Move "{self.source}" {self.how}',
            "resize": f'Change the size of "{self.source}": {self.how}',
            "ask": self.how or "",
            "remove": "Remove what is here",
            "remove-frame": f"Remove {self._frame}",
        }
        return words[self.kind]

    @property
    def _part(self) -> str:
        return f' in "{self.within}"' if self.within else ""

    @property
    def _frame(self) -> str:
        return "the box" if self.frame in (None, ANY) else f"the {self.frame} box"

    def step(
        self,
        id: str,
        box: Box | None = None,
        mask: str | None = None,
        after: tuple[str, ...] = (),
        editor: str | None = None,
    ) -> Step:
        """The wish as a step at its place; `box` None where no picture was given."""
        mode: Mode = "crop" if mask is None else "mask"
        if self.kind == "ask" and box is None:
            mode = "whole"
        source = self._frame.removeprefix("the ") if self.kind == "remove-frame" else self.source
        return Step(
            id=id,
            operation=_OPERATIONS[self.kind],
            source=source,
            target=self.target,
            box=box,
            mask=mask,
            mode=mode,
            instruction=self.instruction,
            expectation=self.expectation,
            after=after,
            editor=editor,
        )
