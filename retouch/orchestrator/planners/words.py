"""The planner for what a person says in words: write in a drawn frame, replace, insert, delete, recolour a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from retouch.errors import PlanError
from retouch.finding import Finding
from retouch.geometry import Box
from retouch.orchestrator.choice import chosen
from retouch.orchestrator.framing import Frames, box_round, drawn, inside
from retouch.orchestrator.goal import understand
from retouch.orchestrator.planners.proofread import corrections, places_meant
from retouch.orchestrator.sighting import Sight, Sighting
from retouch.orchestrator.vicinity import beside, moved, resized
from retouch.orchestrator.wish import Side, Wish
from retouch.orchestrator.writing_room import room
from retouch.picture import Picture
from retouch.plan import Goal, Plan, Step
from retouch.region import Region
from retouch.style import Direction
from retouch.writing.alignment import plain

if TYPE_CHECKING:
    from retouch.writing.frames import Frame


class WordPlanner:
    """Finds the place of each wish: the frame it names, or the text that is to be changed, at every place where this
    stands. A frame is kept unless the words ask to remove it; that is a step of its own, before the
    writing, so that nothing new is cut off at its line.
    """

    def plan(self, goal: Goal, picture: Picture, findings: Sequence[Finding] = ()) -> Plan:
        """The steps in the order of the words, but frames go first; PlanError where a frame or a text is not there."""
        wishes = understand(goal.text, placed=goal.mask is not None)
        return Plan(goal=goal.text, steps=_Work(goal, picture, findings).steps(wishes))


class _Work:
    """One planning: the picture is read and its frames are looked for at most once."""

    def __init__(self, goal: Goal, picture: Picture, findings: Sequence[Finding]) -> None:
        self._goal, self._picture, self._findings = goal, picture, findings
        self._frames, self._sight = Frames(picture), Sight(picture, goal.direction)
        self._allowed = Region.decode(picture.box, goal.mask) if goal.mask is not None else None
        self._steps: list[Step] = []
        self._leaving: dict[str, Frame] = {}

    def steps(self, wishes: Sequence[Wish]) -> tuple[Step, ...]:
        for wish in wishes:
            if wish.kind == "remove-frame":
                self._remove_frame(wish)
        for wish in wishes:
            if wish.kind == "proofread":
                places = places_meant([wish], self._frames)
                found = corrections(self._goal, self._findings, places, len(self._steps) + 1)
                self._steps += [step.model_copy(update={"after": self._before(step.box)}) for step in found]
            elif wish.kind != "remove-frame":
                for part, region in self._parts(wish):
                    self._add(part, region)
        return tuple(self._steps)

    def _add(self, wish: Wish, region: Region | None, editor: str | None = None) -> str:
        """One step more; without a region it is about the whole picture."""
        id, box = f"s{len(self._steps) + 1}", region.box if region else None
        after = self._before(box)
        if wish.now is not None:
            wish = replace(wish, source=wish.now)
            after += tuple(step.id for step in self._steps if step.box == box and step.id not in after)
        self._steps.append(wish.step(id, box, region.encode() if region else None, after, editor))
        return id

    def _before(self, box: Box | None) -> tuple[str, ...]:
        """The steps that must be done before one at `box`: those that take a frame away there."""
        return tuple(id for id, frame in self._leaving.items() if box is None or box.overlaps(frame.box))

    def _parts(self, wish: Wish) -> list[tuple[Wish, Region | None]]:
        """Where the wish is to be done, and what of it at each place."""
        if wish.kind == "ask":
            return [(wish, _cut(self._allowed) if self._allowed is not None else None)]
        if wish.frame is not None:
            frame = self._frames.named(wish.frame)
            gone = frame in self._leaving.values()
            return [(wish, Region.whole(frame.box) if gone else inside(frame, self._picture))]
        if self._allowed is not None:
            return [(wish, _cut(self._allowed))]
        if wish.anchor is not None:
            return [(wish, Region.whole(self._beside(wish, *wish.anchor)))]
        assert wish.source is not None  # understood wishes have a frame, an anchor or a source
        return [
            (part, self._needed(wish, seen.box))
            for place in chosen(self._sight.places(wish.source, wish.within), wish.source, wish.which)
            for part, seen in zip(_divided(wish, place), place, strict=True)
        ]

    def _needed(self, wish: Wish, box: Box) -> Region:
        """What a text at `box` needs for what is wished."""
        if wish.how is not None:
            return Region.whole((moved if wish.kind == "move" else resized)(box, wish.how, self._picture.size))
        others = [seen.box for line in self._sight.lines for seen in line if not box.contains(seen.box)]
        longer = len(plain(wish.target or "")) / max(1, len(plain(wish.source or "")))
        return room(self._picture, box, others, wish.kind == "replace" or wish.now is not None, longer)

    def _remove_frame(self, wish: Wish) -> None:
        assert wish.frame is not None
        frame = self._frames.named(wish.frame)
        self._leaving[self._add(wish, drawn(frame, self._picture), "inpaint")] = frame

    def _beside(self, wish: Wish, side: Side, anchor: str) -> Box:
        """The place on one side of a text, as large as the new one's characters ask."""
        (seen,) = chosen([(seen,) for seen in self._sight.find(anchor)], anchor, wish.which or "one")[0]
        share = len(plain(wish.target or "")) / len(plain(anchor))
        upright = self._goal.direction is not Direction.HORIZONTAL and seen.box.height > seen.box.width
        place = beside(seen.box, side, share, upright, self._sight.lines)
        if not self._picture.box.contains(place):
            raise PlanError(f"there is no room {side} {anchor!r} for {wish.target!r}: {place} leaves the picture")
        return place


def _divided(wish: Wish, place: Sequence[Sighting]) -> list[Wish]:
    """The wish for each part of a place that goes over a line's end; PlanError where the new text cannot be divided."""
    if len(place) == 1:
        return [wish]
    source, target = plain(wish.source or ""), wish.target
    if wish.kind == "replace" and len(target or "") != len(source):
        parts = " and ".join(f"{seen.read!r} at {seen.box}" for seen in place)
        raise PlanError(
            f"text {wish.source!r} stands on two lines, {parts}; {target!r} has another length and cannot "
            "be divided between them",
            hint="give each part: --box BOX=INSTRUCTION",
        )
    divided, start = [], 0
    for seen in place:
        here = slice(start, start + len(seen.read))
        new = target[here] if wish.kind == "replace" and target is not None else target
        divided.append(replace(wish, source=source[here], target=new))
        start = here.stop
    return divided


def _cut(region: Region) -> Region:
    """The region in the smallest box that holds it."""
    box = box_round(region)
    return Region(box, region.within(box))
