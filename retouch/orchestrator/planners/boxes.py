"""The planner for instructions that a person gives with their boxes (`--box BOX=INSTRUCTION`)."""

from __future__ import annotations

from collections.abc import Sequence

from retouch.errors import PlanError
from retouch.finding import Finding
from retouch.geometry import Box
from retouch.orchestrator.goal import understand, understand_box
from retouch.orchestrator.planners.proofread import corrections
from retouch.orchestrator.sighting import Sight
from retouch.orchestrator.wish import Wish
from retouch.picture import Picture
from retouch.plan import Goal, Mode, Plan, Step, TextGone
from retouch.region import Region


class BoxPlanner:
    """One step a box. The boxes say all there is to do; the goal's words beside them are the plan's title, and ask for
    proofreading of the rest where they are words for that.
    """

    def plan(self, goal: Goal, picture: Picture, findings: Sequence[Finding] = ()) -> Plan:
        """The steps in the order of the boxes; PlanError for an instruction or a box that makes no sense here."""
        sight, steps = Sight(picture, goal.direction), list[Step]()
        for boxed in goal.boxes:
            box, wish = boxed.box, understand_box(boxed.instruction)
            if not picture.box.contains(box):
                size = f"{picture.size.width}x{picture.size.height}"
                raise PlanError(f"box {box} ({boxed.instruction}) does not lie inside the picture of {size}")
            if wish.kind == "proofread":
                found = corrections(goal, findings, [box], len(steps) + 1)
                steps += [_in_mode(step, boxed.mode) for step in found]
            else:
                step = _step(wish, f"s{len(steps) + 1}", _place(wish, box, sight), goal, picture, sight)
                steps.append(_in_mode(step, boxed.mode))
        if goal.reference is not None and _proofreads(goal.text):
            rest = [f for f in findings if not any(b.box.overlaps(f.box) for b in goal.boxes)]
            steps += corrections(goal, rest, None, len(steps) + 1)
        return Plan(goal=goal.text, steps=tuple(steps))


def _place(wish: Wish, box: Box, sight: Sight) -> Box:
    """The place of the text in the box that the wish is about; the whole box where it names none or it is not read."""
    if wish.source is None:
        return box
    try:
        seen = [each.box for each in sight.find(wish.source)]
    except PlanError:
        return box  # the person who drew the box knows better than the reader
    inside = [each.intersection(box) for each in seen if each.intersection(box).area > each.area / 2]
    return inside[0] if len(inside) == 1 else box


def _step(wish: Wish, id: str, box: Box, goal: Goal, picture: Picture, sight: Sight) -> Step:
    mask = None
    if goal.mask is not None:
        mask = Region(box, Region.decode(picture.box, goal.mask).within(box)).encode()
    step = wish.step(id, box, mask)
    if wish.kind != "remove":
        return step
    text = sight.inside(box)
    return step.model_copy(update={"source": text, "expectation": TextGone(text=text)}) if text else step


def _in_mode(step: Step, mode: Mode) -> Step:
    """The step in the mode that was asked for; a mask stays a mask."""
    return step if mode == "crop" or step.mask is not None else step.model_copy(update={"mode": mode})


def _proofreads(words: str) -> bool:
    try:
        return any(wish.kind == "proofread" and wish.frame is None for wish in understand(words))
    except PlanError:
        return False
