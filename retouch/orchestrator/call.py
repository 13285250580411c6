"""One call of an editor: what it is sent, and how its reply becomes a patch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retouch.edit import Cost, EditRequest, EditResult, Mark, Reference
from retouch.errors import EditorError, RetouchError
from retouch.geometry import Box
from retouch.orchestrator import guard, marker
from retouch.orchestrator.compositing import Sent, composite
from retouch.orchestrator.frame import Frame, choose
from retouch.orchestrator.ladder import Try
from retouch.orchestrator.page import scaled
from retouch.orchestrator.registration import register
from retouch.orchestrator.workbench import Workbench, merged
from retouch.patch import Patch
from retouch.plan import Step
from retouch.protocols import Watch
from retouch.region import Region
from retouch.style import Style


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """What one attempt wants of an editor, in picture pixels.

    `component` is the part of the region that a component repair redraws; `overlay` is laid over the base first (the
    attempt that is repaired, or what a superseding step starts from); `angle` is the line's tilt in degrees clockwise.
    """

    step: Step
    region: Region
    chosen: Try
    seed: int
    component: Box | None = None
    overlay: Patch | None = None
    references: tuple[Reference, ...] = ()
    style: Style | None = None
    angle: float = 0.0

    @property
    def zone(self) -> Region:
        """Where this attempt may change the picture."""
        if self.component is None:
            return self.region
        box = self.component.intersection(self.region.box)
        return Region(box, self.region.within(box))

    @property
    def whole(self) -> bool:
        """True if the editor gets the whole picture."""
        return self.step.mode == "whole" or self.step.box is None


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A prepared call: the request, and what is needed to take the reply back."""

    order: Order
    sent: Sent
    request: EditRequest


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """An editor's reply as a patch against the base, with what was measured on the editor's own canvas."""

    patch: Patch | None
    effective: dict[str, Any]
    dropped: tuple[str, ...]
    notes: tuple[str, ...]
    cost: Cost
    error: RetouchError | None = None
    """Why the reply is no usable picture; then there is no patch."""


def prepare(bench: Workbench, order: Order) -> Call:
    """Frame the region on the batch's base and build the request."""
    traits = order.chosen.hired.traits
    frame = _frame(bench, order)
    parent = bench.base(frame.inside, order.overlay)
    rgb = parent.srgb()
    mask = order.zone.within(frame.inside)
    sent = Sent(frame, parent, rgb, frame.send(rgb), mask, frame.send_mask(mask))
    marks = _marks(sent, order) if order.step.mode == "marked" and "marked" in traits.modes else ()
    request = EditRequest(
        # The editor gets copies: whatever it does to them, the composite is measured against what was sent.
        canvas=sent.canvas.copy(),
        shown=marker.draw(sent.canvas, sent.canvas_mask, marks),
        mask=_request_mask(sent, order),
        box=frame.send_box(_box(order)),
        operation=order.step.operation,
        instruction=_instruction(order, marks),
        source=order.step.source,
        target=order.step.target,
        rung=order.chosen.rung.name,
        options=_options(frame, order),
        marks=marks,
        references=order.references[: traits.references],
        style=scaled(order.style, frame.scale) if order.style else None,
        scale=frame.scale,
        seed=order.seed,
    )
    return Call(order, sent, request)


def _request_mask(sent: Sent, order: Order) -> NDArray[np.bool_]:
    """An exact editor gets the whole region even where only a component is redrawn: it places the component by the
    glyph round it. A generative one redraws whatever its mask holds, so it gets the component alone."""
    if order.component is None or not order.chosen.hired.traits.exact:
        return sent.canvas_mask.copy()
    return sent.frame.send_mask(order.region.within(sent.frame.inside))


def _box(order: Order) -> Box:
    """What is redrawn: the step's own box, or for a generative editor the component's."""
    if order.component is not None and not order.chosen.hired.traits.exact:
        return order.component
    return order.step.box or order.region.box


def _options(frame: Frame, order: Order) -> dict[str, Any]:
    options: dict[str, Any] = {"angle": order.angle} if order.angle else {}
    if order.component is not None:
        options["component_box"] = frame.send_box(order.component).as_list()
    return options


def perform(call: Call, watch: Watch) -> Reply:
    """Make the call and take the reply back.

    Raises EditorError (or another RetouchError of the editor's own) if there is no reply. A reply that is no usable
    picture is returned with its `error`, for it has been paid for.
    """
    name = call.order.chosen.hired.spec
    try:
        result = call.order.chosen.hired.editor.edit(call.request, watch)
    except RetouchError:
        raise
    except Exception as error:  # a stranger's editor may raise anything; the run must survive it
        raise EditorError(f"{name}: {type(error).__name__}: {error}") from error
    if not isinstance(result, EditResult):
        raise EditorError(f"{name}: returned {type(result).__name__}, expected EditResult")
    return take_back(call, result)


def take_back(call: Call, result: EditResult) -> Reply:
    """Register, composite inside the mask, measure."""
    hired = call.order.chosen.hired
    facts = (tuple(result.dropped), tuple(result.notes), result.cost)
    try:
        pixels = guard.usable(result, call.sent, hired.spec)
    except EditorError as error:
        return Reply(None, dict(result.effective), *facts, error=error)
    registration = None
    if not hired.traits.exact:
        pixels, registration = register(call.sent.canvas, pixels, call.sent.ring)
    edit = composite(call.sent, pixels, hired.traits.exact)
    measured = guard.measure(call.sent, pixels, registration, call.request.marks) | {"unchanged": edit.empty}
    patch = merged(call.order.overlay, edit)
    return Reply(patch, {**result.effective, MEASURED: measured}, *facts)


MEASURED = "measured"
"""Key under which the guard's measurements are kept with an attempt's effective parameters."""


def described(call: Call) -> dict[str, Any]:
    """The request as JSON for the journal: all but the pixels."""
    request, frame = call.request, call.sent.frame
    return {
        "operation": request.operation,
        "instruction": request.instruction,
        "source": request.source,
        "target": request.target,
        "rung": request.rung,
        "box": request.box.as_list(),
        "crop": frame.crop.as_list(),
        "canvas": [frame.canvas.width, frame.canvas.height],
        "references": [f"{r.kind} {r.text}" for r in request.references],
        "marks": [mark.name for mark in request.marks],
        "options": dict(request.options),
        "seed": request.seed,
    }


def _frame(bench: Workbench, order: Order) -> Frame:
    picture = bench.head
    canvas, margin = order.chosen.hired.traits.canvas, order.chosen.rung.margin
    if order.whole:
        return choose(picture.box, picture.size, canvas, margin)
    return choose(Box.around([order.zone.box, _box(order)]), picture.size, canvas, margin)


def _marks(sent: Sent, order: Order) -> tuple[Mark, ...]:
    target = order.step.target if order.step.operation == "recolour" else None
    return (marker.choose(sent.canvas, sent.frame.send_box(order.zone.box), avoid=target),)


def _instruction(order: Order, marks: tuple[Mark, ...]) -> str:
    """The step's words; with a mark, where to work; on a reworded rung, what was there and what must be there."""
    step, said = order.step, [order.step.instruction]
    if marks:
        said.append(
            f"Change only what is inside the {marks[0].name} box, keep everything outside it as it is, "
            f"and remove the {marks[0].name} box."
        )
    if order.chosen.rung.reworded and step.target:
        was = f' instead of "{step.source}"' if step.source else ""
        said.append(f'The result must show exactly "{step.target}"{was}, complete and sharp.')
    return " ".join(part for part in said if part)
