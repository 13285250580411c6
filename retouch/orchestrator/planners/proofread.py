"""The planner that makes a text read as its reference: one step for each fault that proofreading finds."""

from __future__ import annotations

from collections.abc import Sequence

from retouch.errors import PersonNeededError
from retouch.finding import FaultKind, Finding
from retouch.geometry import Box
from retouch.orchestrator.framing import Frames
from retouch.orchestrator.goal import understand
from retouch.orchestrator.wish import Wish
from retouch.picture import Picture
from retouch.plan import Goal, Plan, Step, TextGone, TextReads

_SHOWN = 12
"""Findings listed in a message."""


class ProofreadPlanner:
    """Turns findings into steps: what is wrong, malformed or unreadable is replaced, what is missing is inserted, what
    is too much is deleted; a variant is left as it is. A frame in the words limits it to what lies inside.

    PersonNeededError without a reference: what a character should be is not to be guessed.
    """

    def plan(self, goal: Goal, picture: Picture, findings: Sequence[Finding] = ()) -> Plan:
        """One step for each fault among `findings`, in reading order."""
        wishes = understand(goal.text) if goal.text.strip() else (Wish("proofread"),)
        places = places_meant(wishes, Frames(picture))
        return Plan(goal=goal.text, steps=tuple(corrections(goal, findings, places)))


def places_meant(wishes: Sequence[Wish], frames: Frames) -> list[Box] | None:
    """The frames to which the proofreading wishes are limited; None where one of them means the whole picture."""
    named = [wish.frame for wish in wishes if wish.kind == "proofread"]
    return None if None in named else [frames.named(name).box for name in named if name is not None]


def corrections(goal: Goal, findings: Sequence[Finding], places: Sequence[Box] | None, first: int = 1) -> list[Step]:
    """The steps for all faults whose middle lies in one of `places` (anywhere for None), numbered from `first`."""
    faults = [f for f in findings if f.fault and (places is None or any(_in(place, f.box) for place in places))]
    if goal.reference is None:
        raise PersonNeededError(_asking(faults), hint="give the text: --text FILE, --text literal:… or --text auto")
    return [_correction(finding, f"s{number}") for number, finding in enumerate(faults, first)]


def _in(place: Box, box: Box) -> bool:
    x, y = box.centre
    return place.x <= x < place.right and place.y <= y < place.bottom


def _correction(finding: Finding, id: str) -> Step:
    if finding.wanted is None:
        what = f"{finding.read}, which is too much" if finding.read else "the character that is too much"
        return Step(
            id=id,
            operation="delete",
            source=finding.read,
            box=finding.box,
            instruction=f"Remove {what}",
            expectation=TextGone(text=finding.read or ""),
        )
    missing = finding.kind is FaultKind.MISSING
    return Step(
        id=id,
        operation="insert" if missing else "replace",
        source=finding.read,
        target=finding.wanted,
        box=finding.box,
        instruction=f"Write {finding.wanted}" + (", which is missing here" if missing else " correctly"),
        expectation=TextReads(text=finding.wanted),
    )


def _asking(faults: Sequence[Finding]) -> str:
    """What a person is told where there is no reference: each place, and what may have been meant."""
    if not faults:
        return "no text to compare with was given or recognised; nothing is malformed in itself"
    shown = "; ".join(_proposal(fault) for fault in faults[:_SHOWN])
    more = f"; and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
    places = "1 place is" if len(faults) == 1 else f"{len(faults)} places are"
    return f"no text to compare with was given or recognised; {places} malformed or unreadable: {shown}{more}"


def _proposal(fault: Finding) -> str:
    meant = fault.evidence.get("proposal") or fault.read
    return f"{fault.kind.value} at {fault.box}" + (f", perhaps {meant}" if meant else "")
