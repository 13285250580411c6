"""The retry policy as data: which editor tries which strategy, in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retouch.orchestrator.frame import MARGIN
from retouch.orchestrator.roster import Hired
from retouch.plan import Step


@dataclass(frozen=True, slots=True)
class Rung:
    """One change of strategy. The editor is told the name; the rest is what the orchestrator does differently."""

    name: str
    margin: float = MARGIN
    """Context round the region, as a share of its longer side."""
    repairs: bool = False
    """Starts from the attempt that was nearly right and changes only the component that was not."""
    copies: bool = False
    """Imitates good copies of the character on the page; passed over where there are none."""
    reworded: bool = False
    """Says more in the instruction: what stands there and what is wrong with it."""


RUNGS = {
    rung.name: rung
    for rung in (
        Rung("first"),
        Rung("seed"),
        Rung("reworded", reworded=True),
        Rung("context", margin=1.5),
        Rung("exemplar", copies=True),
        Rung("component", repairs=True),
    )
}
"""Rungs that mean something to the orchestrator. Any other name is a strategy of the editor's own."""


@dataclass(frozen=True, slots=True)
class Try:
    """One place on the ladder."""

    hired: Hired
    rung: Rung


def ladder(editors: Sequence[Hired], step: Step) -> tuple[Try, ...]:
    """All tries for a step: each editor's own rungs in its order, then the next editor's. A person comes last."""
    return tuple(
        Try(hired, RUNGS.get(name, Rung(name))) for hired in editors if hired.takes(step) for name in hired.traits.rungs
    )
