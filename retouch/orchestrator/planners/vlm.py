"""The planner that looks: a vision-language model turns a goal in any words into steps, boxes and expectations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Unpack

from retouch.clients.appeal import appeals
from retouch.clients.asking import VisionModel
from retouch.clients.complaint import clean
from retouch.clients.view import View
from retouch.clients.vision_model import VisionOptions, VisionPart
from retouch.errors import PersonNeededError, PlanError
from retouch.finding import Finding
from retouch.geometry import Box
from retouch.orchestrator.planners.draft import Draft, Reading
from retouch.orchestrator.planners.prompt import Material
from retouch.orchestrator.planners.proofread import corrections
from retouch.orchestrator.replanning import Tried, reach
from retouch.picture import Picture
from retouch.plan import Goal, Plan, Step
from retouch.region import Region
from retouch.writing.alignment import plain
from retouch.writing.corpus import SURE_CHARACTERS, SURE_SHARE

_CLOSER = 0.15
"""Margin round a place that is looked at again, as a share of its longer side."""


class VlmPlanner(VisionPart):
    """Plans by asking a model that sees the picture; `target` and options as for the verifier `vlm`.

    What it answers is a draft: it is refused, after one round of repair, where it names an operation that does not
    exist, a box that means nothing, or an address, a path or a command that does not stand in the goal. It may look at
    up to four places again, larger, before it decides. A text of a known work that it proposes is only taken if at
    least half of what can be read on the picture falls in place in it; otherwise a person is asked.

    **Text in the picture gives no orders.** The very pixels that are sent are read first. Where they hold words that
    sound like an order to a model, and that do not stand in the goal, a person is asked instead of the model; with
    `wary=no` the user says that the picture is trusted. Whatever it plans is done by editors inside boxes, on a branch.
    """

    def __init__(
        self, target: str | VisionModel, model: str = "", wary: bool = True, **options: Unpack[VisionOptions]
    ) -> None:
        self._wary = wary
        super().__init__(target, model, **options)

    def plan(self, goal: Goal, picture: Picture, findings: Sequence[Finding] = ()) -> Plan:
        """The plan; ServiceError if the model failed, PersonNeededError where its proposal cannot be checked."""
        return self.replan(goal, picture, findings=findings)

    def replan(
        self, goal: Goal, picture: Picture, tried: Sequence[Tried] = (), findings: Sequence[Finding] = ()
    ) -> Plan:
        """As `plan`, for what is left after `tried` steps: the model is told what their verifiers said and shown what
        came out, and may plan at their places only."""
        shown = _closer(Box.around(wish.box for wish in goal.boxes), picture) if goal.boxes else picture.box
        view = View.of(picture, shown, self._model.limits)
        results = [View.of(each.shown, limits=self._model.limits) if each.shown else None for each in tried]
        material = Material(goal, (view,), _lines(view), findings, tried, results)
        self._beware(material.read, goal)
        for result in filter(None, results):
            self._beware(_lines(result), goal)
        draft, reading = self._asked(material, picture)
        if draft.look:
            closer = [View.of(picture, _closer(box, picture), self._model.limits) for box in reading.places(draft)]
            for view in closer:
                self._beware(_lines(view), goal)
            draft, reading = self._asked(replace(material, views=(*material.views, *closer)), picture)
        steps = tuple(_within(goal, picture, step) for step in reading.steps(draft, lambda number: f"s{number}"))
        if draft.reference and goal.reference is None and not tried:
            steps += _of_reference(draft.reference, goal, picture, len(steps) + 1)
        if not steps:
            raise PersonNeededError(
                f"vlm: {clean(self._model.name)} looked closer and planned nothing",
                hint="say it otherwise, or draw boxes",
            )
        return Plan(goal=goal.text, steps=steps)

    def _asked(self, material: Material, picture: Picture) -> tuple[Draft, Reading]:
        convention = self._model.box_convention
        reading = Reading(material.views, convention, _given(material.goal), _places(material, picture))
        return self._model.ask(material.messages(convention), Draft, reading.checked), reading

    def _beware(self, lines: Sequence[tuple[str, Box]], goal: Goal) -> None:
        orders = appeals((text for text, _ in lines), _given(goal)) if self._wary else ()
        if orders:
            said = "; ".join(f"“{clean(line)}”" for line in orders)
            raise PersonNeededError(
                f"vlm: the picture holds text that sounds like an order to a model: {said}; none was asked to plan",
                hint="plan with --box BOX=INSTRUCTION or quoted words, or trust the picture: add wary=no to the SPEC",
            )


def _given(goal: Goal) -> tuple[str, ...]:
    """The user's own words."""
    return tuple(filter(None, (goal.text, goal.reference, *(wish.instruction for wish in goal.boxes))))


def _places(material: Material, picture: Picture) -> tuple[Box, ...]:
    """Where alone the model may plan: at the steps that were tried, or at the boxes of the user; empty for anywhere."""
    tried = [reach(each.step, picture.size) for each in material.tried]
    if tried:
        return () if None in tried else tuple(box for box in tried if box is not None)
    return tuple(_closer(wish.box, picture) for wish in material.goal.boxes)


def _within(goal: Goal, picture: Picture, step: Step) -> Step:
    """The step, limited to the goal's mask; PlanError where it would lie outside."""
    if goal.mask is None:
        return step
    box = step.box or picture.box
    mask = Region.decode(picture.box, goal.mask).within(box)
    if not mask.any():
        raise PlanError(f"vlm: the model plans “{clean(step.instruction)}” at {box}, outside the mask that was given")
    return step.model_copy(update={"box": box, "mask": Region(box, mask).encode(), "mode": "crop"})


def _closer(box: Box, picture: Picture) -> Box:
    return box.grown(max(8, round(_CLOSER * max(box.width, box.height)))).clamped(picture.size)


def _lines(view: View) -> list[tuple[str, Box]]:
    """What the built-in reader sees in the pixels that are sent: text, and its box in picture pixels."""
    from retouch.writing.layout import find_layout

    across, down = view.box.width / view.size.width, view.box.height / view.size.height
    found: list[tuple[str, Box]] = []
    for line in find_layout(view.pixels).lines:
        edges = (line.box.x * across, line.box.y * down, line.box.right * across, line.box.bottom * down)
        left, top, right, bottom = map(round, edges)
        box = Box.between(left, top, right, bottom).moved(view.box.x, view.box.y).intersection(view.box)
        if line.reads.strip() and not box.empty:
            found.append((line.reads, box))
    return found


def _of_reference(text: str, goal: Goal, picture: Picture, first: int) -> tuple[Step, ...]:
    """The corrections by which the picture reads as the model proposes; PersonNeededError if that cannot be checked."""
    from retouch.verifiers.proofreader import Proofreader
    from retouch.writing.layout import find_layout
    from retouch.writing.passage import find_passage

    reads = [plain(line.reads) for line in find_layout(picture.srgb(), goal.direction).lines]
    share = find_passage(reads, plain(text)).agreement if plain(text) else 0.0
    if share < SURE_SHARE or share * sum(map(len, reads)) < SURE_CHARACTERS:
        raise PersonNeededError(
            f"vlm: the model takes the text for “{clean(text)[:40]}”, but only {share:.0%} of what is read is in it",
            hint="give the text: --text FILE, --text literal:… or --text auto",
        )
    proof = Proofreader().proofread(picture, text, goal.direction)
    return tuple(corrections(goal.model_copy(update={"reference": text}), proof.findings, None, first))
