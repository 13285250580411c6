"""The words that an editor gets: the step's own, where to work, what the pictures are, what was wrong before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retouch.edit import Mark, Reference
from retouch.plan import Step

if TYPE_CHECKING:
    from retouch.orchestrator.call import Order


def written(orders: Sequence[Order], marks: Sequence[Mark], references: Sequence[Reference]) -> str:
    """The instruction of one call. A built-in editor, which keeps what is unmasked itself, reads no pictures' names."""
    shown = () if orders[0].chosen.hired.traits.exact else references
    return _together(orders, marks, shown) if len(orders) > 1 else _alone(orders[0], marks, shown)


def _alone(order: Order, marks: Sequence[Mark], references: Sequence[Reference]) -> str:
    """One step's instruction; with a mark, where to work."""
    said = [_change(order)]
    if marks:
        name = marks[0].name
        said.append(
            f"Change only what is inside the {name} box, keep everything outside it as it is, "
            f"and remove the {name} box."
        )
    return _joined([*said, pictures(references)])


def _together(orders: Sequence[Order], marks: Sequence[Mark], references: Sequence[Reference]) -> str:
    """The instruction of one call for several steps: each box by its colour with its own change."""
    names = [f"the {mark.name} box" for mark in marks]
    said = ["Make these changes, each only inside its own box:"]
    said += [f"In {name}: {_change(order)}" for name, order in zip(names, orders, strict=True)]
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    said.append(f"Keep everything outside the boxes as it is, and remove {listed}.")
    return "\n".join(filter(None, [*said, pictures(references)]))


def pictures(references: Sequence[Reference]) -> str:
    """What the further pictures are, by their looks: some editors send them before the canvas, others after it."""
    said = []
    for reference in references:
        if reference.kind == "glyph":
            said.append(
                f'The picture in black on white shows "{reference.text}" set in a font: take the strokes of each '
                "character from it, and the style of writing from the picture that is edited."
            )
        else:
            said.append(f'One small picture is a good copy of "{reference.text}" from the same page.')
    return " ".join(said)


def plain(step: Step) -> str:
    """The step's own words; where it has none, what its operation, source and target say."""
    if step.instruction.strip():
        return step.instruction.strip()
    there = f'"{step.source}"' if step.source else "what is here"
    words = {
        "replace": f'Replace {there} with "{step.target}"' if step.source else f'Write "{step.target}"',
        "insert": f'Write "{step.target}"',
        "delete": f"Remove {there}",
        "remove-object": f"Remove {step.source or 'what is here'}",
        "recolour": f"Change the colour of {there} to {step.target}",
    }
    if step.operation in words and (step.target or step.operation in ("delete", "remove-object")):
        return words[step.operation]
    return f'Make it show "{step.target}"' if step.target else ""


def _change(order: Order) -> str:
    """What is to be done at one place, each sentence with its full stop."""
    said = [order.rewording.text if order.rewording and order.rewording.replaces else plain(order.step)]
    if order.rewording and not order.rewording.replaces:
        said.append(order.rewording.text)
    if order.component is not None and order.step.target:
        said.append(f'Only this part of "{order.step.target}" is wrong: draw it anew, and nothing else.')
    return _joined(said)


def _joined(sentences: Sequence[str]) -> str:
    """The sentences as one text; only where another follows must one have an end of its own."""
    kept = [sentence.strip() for sentence in sentences if sentence.strip()]
    ended = [s if s.endswith((".", "!", "?", "。", "！", "？", ":")) else f"{s}." for s in kept[:-1]]
    return " ".join([*ended, *kept[-1:]])
