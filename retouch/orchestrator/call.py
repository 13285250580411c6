"""One call of an editor: what it is sent, and how its reply becomes a patch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB, Cost, EditRequest, EditResult, Mark, NativeCanvas, Reference
from retouch.errors import EditorError, RetouchError
from retouch.geometry import Box
from retouch.orchestrator import guard, instruction, marker
from retouch.orchestrator.compositing import Sent, composite
from retouch.orchestrator.frame import Frame, choose
from retouch.orchestrator.ladder import Try
from retouch.orchestrator.page import scaled
from retouch.orchestrator.registration import Registration, register
from retouch.orchestrator.rewording import Rewording
from retouch.orchestrator.roster import Hired
from retouch.orchestrator.workbench import Workbench, merged
from retouch.patch import Patch
from retouch.picture import Picture
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
    rewording: Rewording | None = None

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
class Share:
    """One order's part in a call: where its region lies on the canvas, and how it is marked."""

    order: Order
    sent: Sent
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A prepared call: one request for one order or several, and what is needed to take the reply back for each."""

    request: EditRequest
    shares: tuple[Share, ...]

    @property
    def hired(self) -> Hired:
        return self.shares[0].order.chosen.hired


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


def prepare(bench: Workbench, orders: Sequence[Order]) -> Call:
    """Frame the regions on the batch's base and build the request; several orders are marked steps of one editor."""
    return built(*cut_out(bench, orders), orders)


def cut_out(bench: Workbench, orders: Sequence[Order]) -> tuple[Frame, Picture]:
    """The frame for the orders, and a copy of what the batch's base shows there."""
    frame = frame_of(bench.head, orders)
    return frame, bench.base(frame.inside, orders[0].overlay)


def built(frame: Frame, parent: Picture, orders: Sequence[Order]) -> Call:
    """The request for what was cut out; any thread may build it."""
    first = orders[0]
    traits = first.chosen.hired.traits
    shares = _shares(frame, parent, orders)
    canvas, marks = shares[0].sent.canvas, tuple(share.mark for share in shares if share.mark is not None)
    mask = np.logical_or.reduce([share.sent.canvas_mask for share in shares])
    references = _references(orders, traits.references)
    several = len(orders) > 1
    request = EditRequest(
        # The editor gets copies: whatever it does to them, the composite is measured against what was sent.
        canvas=canvas.copy(),
        shown=marker.draw(canvas, mask, marks),
        mask=mask if several else _request_mask(shares[0]),
        box=frame.send_box(Box.around([_box(order) for order in orders])),
        operation="other" if several else first.step.operation,
        instruction=instruction.written(orders, marks, references),
        source=None if several else first.step.source,
        target=None if several else first.step.target,
        rung=first.chosen.rung.name,
        options=_options(frame, first),
        marks=marks,
        references=references,
        style=scaled(first.style, frame.scale) if first.style else None,
        scale=frame.scale,
        seed=first.seed,
    )
    return Call(request, tuple(shares))


def native(bench: Workbench, step: Step, region: Region) -> EditRequest:
    """The step's place as it stands on the batch's base, unscaled: what a typeface is chosen by."""
    frame = choose(Box.around([region.box, step.box or region.box]), bench.head.size, NativeCanvas())
    canvas = bench.base(frame.inside).srgb()
    box, mask = frame.send_box(step.box or region.box), region.within(frame.inside)
    return EditRequest(canvas, canvas, mask, box, step.operation, step.instruction, step.source, step.target)


def _shares(frame: Frame, parent: Picture, orders: Sequence[Order]) -> tuple[Share, ...]:
    """What each order is sent on the one canvas; what belongs to the others, or to a mark, is apart."""
    rgb = parent.srgb()
    canvas, masks = frame.send(rgb), [order.zone.within(frame.inside) for order in orders]
    sent = [frame.send_mask(mask) for mask in masks]
    marks = _marks(canvas, frame, orders)
    anything = np.logical_or.reduce([marker.lines(canvas.shape, marks), *sent])
    return tuple(
        Share(order, Sent(frame, parent, rgb, canvas, mask, here, anything & ~here), mark)
        for order, mark, mask, here in zip(orders, marks or (None,), masks, sent, strict=True)
    )


def _request_mask(share: Share) -> NDArray[np.bool_]:
    """An exact editor gets the whole region even where only a component is redrawn: it places the component by the
    glyph round it. A generative one redraws whatever its mask holds, so it gets the component alone."""
    order, sent = share.order, share.sent
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


def ask(call: Call, watch: Watch) -> EditResult:
    """Make the call. Raises EditorError (or another RetouchError of the editor's own) if there is no reply."""
    name = call.hired.spec
    try:
        result = call.hired.editor.edit(call.request, watch)
    except RetouchError:
        raise
    except Exception as error:  # a stranger's editor may raise anything; the run must survive it
        raise EditorError(f"{name}: {type(error).__name__}: {error}") from error
    if not isinstance(result, EditResult):
        raise EditorError(f"{name}: returned {type(result).__name__}, expected EditResult")
    return result


def take_back(call: Call, result: EditResult) -> tuple[Reply, ...]:
    """The reply for each order: registered once, composited inside the order's mask, measured.

    One that is no usable picture is returned with its `error`, for it has been paid for.
    """
    hired, sent = call.hired, call.shares[0].sent
    dropped = tuple(result.dropped)
    try:
        pixels = guard.usable(result, sent, hired.spec)
    except EditorError as error:
        failed = Reply(None, dict(result.effective), dropped, tuple(result.notes), result.cost, error=error)
        return (failed,) * len(call.shares)
    registration = None
    if not hired.traits.exact:
        pixels, registration = register(sent.canvas, pixels, sent.ring, _inside(call))
    replies = []
    for share in call.shares:
        edit = composite(share.sent, pixels, hired.traits.exact)
        measured = guard.measure(share.sent, pixels, registration, call.request.marks) | {"unchanged": edit.empty}
        if share.order.step.mode == "whole":
            measured["promised"] = False
        effective = {**result.effective, MEASURED: measured}
        notes = (*result.notes, *_notes(share.order, registration))
        replies.append(Reply(merged(share.order.overlay, edit), effective, dropped, notes, result.cost))
    return tuple(replies)


MEASURED = "measured"
"""Key under which the guard's measurements are kept with an attempt's effective parameters."""
NO_PROMISE = "the whole picture was edited: no pixel was promised to stay as it was"
"""The note of an attempt in mode `whole`."""


def _inside(call: Call) -> NDArray[np.bool_] | None:
    """The regions on the canvas, but for steps that are to move what they hold."""
    if any(share.order.step.operation in _MOVES or share.order.whole for share in call.shares):
        return None
    return np.asarray(np.logical_or.reduce([share.sent.canvas_mask for share in call.shares]), np.bool_)


_MOVES = ("move", "resize", "rotate")


def _notes(order: Order, registration: Registration | None) -> tuple[str, ...]:
    """Where the step's mode could not be kept, or promises nothing; what became of a rewording; a blank ring."""
    step, modes = order.step, order.chosen.hired.traits.modes
    said = [NO_PROMISE] if step.mode == "whole" else []
    if step.mode in ("marked", "mask") and step.mode not in modes:
        sees = "no marked box" if step.mode == "marked" else "no mask"
        said.append(f"{order.chosen.hired.spec} takes {sees}; it was given the crop")
    if order.rewording is not None and order.rewording.note:
        said.append(order.rewording.note)
    if registration is not None and registration.note and not order.whole:
        said.append(registration.note)
    return tuple(said)


def described(call: Call, share: Share) -> dict[str, Any]:
    """One order's request as JSON for the journal: all but the pixels. `instruction` is what was sent."""
    request, frame, step = call.request, share.sent.frame, share.order.step
    told = {
        "operation": step.operation,
        "instruction": request.instruction,
        "source": step.source,
        "target": step.target,
        "rung": request.rung,
        "mode": step.mode,
        "box": frame.send_box(_box(share.order)).as_list(),
        "crop": frame.crop.as_list(),
        "canvas": [frame.canvas.width, frame.canvas.height],
        "references": [f"{r.kind} {r.text}" for r in request.references],
        "marks": [mark.name for mark in request.marks],
        "options": dict(request.options),
        "seed": request.seed,
    }
    if len(call.shares) > 1 and share.mark is not None:
        told |= {"mark": share.mark.name, "shared": [each.order.step.id for each in call.shares]}
    if share.order.rewording is not None:
        told["reworded_by"] = share.order.rewording.by
    return told


def frame_of(picture: Picture, orders: Sequence[Order]) -> Frame:
    """The frame that holds all the orders' regions with their context."""
    chosen = orders[0].chosen
    if any(order.whole for order in orders):
        return choose(picture.box, picture.size, chosen.hired.traits.canvas, chosen.rung.margin)
    # Context is measured by each box, so that two boxes far apart do not bring the whole page with them.
    boxes = [Box.around([order.zone.box, _box(order)]) for order in orders]
    return choose(Box.around(boxes), picture.size, chosen.hired.traits.canvas, chosen.rung.margin, reach_of=boxes)


def can_share(others: Sequence[Order], order: Order, picture: Picture) -> bool:
    """True if `order` can be a further box of the call for `others`: marked steps on one rung of one editor that takes
    so many together, and near enough that a shared canvas shows each about as large as one of its own would."""
    first = others[0]
    limit = min(order.chosen.hired.traits.together, len(marker.COLOURS))
    if first.chosen != order.chosen or len(others) >= limit:
        return False
    every = [*others, order]
    if any(not is_marked(o) or o.component is not None or o.overlay is not None for o in every):
        return False
    alone = min(frame_of(picture, [each]).scale for each in every)
    return frame_of(picture, every).scale >= _SCALE_KEPT * min(1.0, alone)


_SCALE_KEPT = 0.8
"""Share of the canvas pixels per picture pixel (of at most one) that boxes in one call must keep."""


def is_marked(order: Order) -> bool:
    """True if the editor is shown a coloured box."""
    return order.step.mode == "marked" and "marked" in order.chosen.hired.traits.modes and order.step.box is not None


def _marks(canvas: RGB, frame: Frame, orders: Sequence[Order]) -> tuple[Mark, ...]:
    if not is_marked(orders[0]):
        return ()
    steps = [order.step for order in orders]
    avoid = marker.meant(*(word for step in steps for word in (step.instruction, step.target)))
    return marker.choose(canvas, [frame.send_box(order.zone.box) for order in orders], avoid)


def _references(orders: Sequence[Order], most: int) -> tuple[Reference, ...]:
    """Each order's references in turn, as many as the editor takes; one that two steps share once."""
    turns = zip_longest(*(order.references for order in orders))
    flat: list[Reference] = [reference for turn in turns for reference in turn if reference is not None]
    once = {(r.kind, r.text, r.box): r for r in reversed(flat)}
    return tuple(r for r in flat if once.get((r.kind, r.text, r.box)) is r)[:most]
