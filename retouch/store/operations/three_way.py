"""Three-way merging of pixels: what two sides made of one base becomes one picture, or a conflict with its place.

Everything is decided on single pixels. A pixel that only theirs changed is taken; one that only ours changed, or that
both changed to the same value, stays as ours has it; one that both changed to different values is a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from retouch.errors import UsageError
from retouch.geometry import Box
from retouch.patch import Patch, differing, mask_box
from retouch.picture import Metadata, Pixels
from retouch.store.operations.merging import Settlement, Side
from retouch.store.pixels.pieces import NEAR, pieces

_Mask = NDArray[np.bool_]

_HANGS_TOGETHER = 4
"""Changed pixels with at most so many others between them belong to one drawing: less than lies between two
characters, more than between the speckles that an edit leaves unchanged by chance."""


@dataclass(frozen=True, slots=True, eq=False)
class ThreeWay:
    """`patch` turns ours into the merged picture; it is empty while there are `conflicts` that nobody settled."""

    patch: Patch
    conflicts: tuple[Box, ...]


def three_way(base: Callable[[Box], Pixels], ours: Patch, theirs: Patch, settle: Sequence[Settlement] = ()) -> ThreeWay:
    """Merge the changes `ours` and `theirs` of one picture; `base` reads a box of that, where a conflict is settled.

    Conflicts are told as rectangles, one for each pair of changed pieces that clash (see `_conflict`); those that
    overlap are joined. A settlement counts for the conflicts that its box contains (the last one, of several) and sets
    the whole rectangle from that side, so that two drawings of one glyph are never mixed; UsageError, naming the
    conflicts, if it contains none.
    """
    shared = ours.box.intersection(theirs.box)
    both = _within(ours, shared) & _within(theirs, shared)
    boxes = _conflicts(ours, theirs, both & differing(_crop(ours, shared), _crop(theirs, shared)), shared)
    sides = settled(boxes, settle)
    open_ones = tuple(box for box in boxes if box not in sides)
    if open_ones:
        return ThreeWay(_tight(theirs, np.zeros_like(theirs.mask)), open_ones)
    only_theirs = theirs.mask & ~_within(ours, theirs.box)
    settled_ones = [_settled(base(box), box, ours, theirs, side) for box, side in sides.items()]
    return ThreeWay(_overlaid(_tight(theirs, only_theirs), settled_ones), ())


def _settled(base: Pixels, box: Box, ours: Patch, theirs: Patch, side: Side) -> Patch:
    """What turns ours, in the whole of `box`, into one side; `base` holds what lies there."""
    mine = _with(base, box, ours)
    chosen = {"ours": mine, "theirs": _with(base, box, theirs), "base": base}[side]
    return Patch(box, chosen, differing(mine, chosen))


def _conflicts(ours: Patch, theirs: Patch, clash: _Mask, frame: Box) -> tuple[Box, ...]:
    """The rectangles of the conflicts at the pixels `clash`, a mask over `frame`; from the top left on."""
    rows, columns = np.nonzero(clash)
    if not rows.size:
        return ()
    found = []
    for change in (ours, theirs):
        part = pieces(change.mask)
        labels = part.labels[rows + frame.y - change.box.y, columns + frame.x - change.box.x]
        found.append((labels, [box.moved(change.box.x, change.box.y) for box in part.boxes]))
    (mine, my_boxes), (yours, your_boxes) = found
    pairs = np.unique(np.stack([mine, yours]), axis=1).T.tolist()
    return joined(_conflict(ours, theirs, my_boxes[a - 1], your_boxes[b - 1]) for a, b in pairs)


def _conflict(ours: Patch, theirs: Patch, my_box: Box, your_box: Box) -> Box:
    """The rectangle of a conflict between two pieces, from their boxes: the intersection.

    Where that is more than half of the smaller one both drew the same thing, but hardly ever into the very same box.
    There the rectangle grows round what hangs together with its inside, by NEAR pixels at most, so that no edge of one
    drawing is left standing round the other. Edits that merely touch are parted at their edge.
    """
    shared = my_box.intersection(your_box)
    if 2 * shared.area <= min(my_box.area, your_box.area):
        return shared
    window = shared.grown(NEAR).intersection(Box.around([my_box, your_box]))
    inside, boxes = shared.relative_to(window), [shared.relative_to(window)]
    for change in (ours, theirs):
        parts = pieces(_within(change, window), _HANGS_TOGETHER)
        reaching = np.unique(parts.labels[inside.slices])
        boxes += [parts.boxes[label - 1] for label in reaching.tolist() if label]
    return Box.around(boxes).moved(window.x, window.y)


def joined(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """Boxes, those that overlap replaced by the box around them until none do; from the top left on."""
    apart: list[Box] = []
    for box in boxes:
        while touching := [other for other in apart if other.overlaps(box)]:
            apart = [other for other in apart if other not in touching]
            box = Box.around([box, *touching])
        apart.append(box)
    return tuple(sorted(apart, key=lambda box: (box.y, box.x)))


def settled(conflicts: Sequence[Box], settle: Sequence[Settlement]) -> Mapping[Box, Side]:
    """The side for each conflict that a settlement contains; UsageError for a settlement that contains none."""
    sides: dict[Box, Side] = {}
    for settlement in settle:
        inside = [box for box in conflicts if settlement.box.contains(box)]
        if not inside:
            known = "; ".join(str(box) for box in conflicts) or "none"
            raise UsageError(f"no conflict lies in {settlement.box}, which was to be settled; conflicts: {known}")
        sides |= dict.fromkeys(inside, settlement.side)
    return sides


def merged_metadata(base: Metadata, ours: Metadata, theirs: Metadata) -> tuple[Metadata, tuple[str, ...]]:
    """Metadata field by field as pixels are, and the names of the fields that both changed: there ours is kept."""
    merged, both = ours, []
    for name in (field.name for field in fields(Metadata)):
        was, mine, yours = (getattr(metadata, name) for metadata in (base, ours, theirs))
        if mine == was:
            merged = replace(merged, **{name: yours})
        elif yours not in (was, mine):
            both.append(name)
    return merged, tuple(both)


def _with(base: Pixels, frame: Box, change: Patch) -> Pixels:
    """`base`, which lies at `frame`, with the part of a change that falls there."""
    pixels, shared = base.copy(), frame.intersection(change.box)
    if not shared.empty:
        where = _within(change, shared)[:, :, None]
        np.copyto(pixels[shared.relative_to(frame).slices], _crop(change, shared), where=where)
    return pixels


def _within(change: Patch, frame: Box) -> _Mask:
    """Which pixels of `frame` a change sets."""
    mask, shared = np.zeros((frame.height, frame.width), np.bool_), frame.intersection(change.box)
    if not shared.empty:
        mask[shared.relative_to(frame).slices] = change.mask[shared.relative_to(change.box).slices]
    return mask


def _crop(change: Patch, box: Box) -> Pixels:
    """The pixels of a change in a box inside its own (or without area)."""
    if box.empty:
        return np.zeros((box.height, box.width, change.pixels.shape[2]), change.pixels.dtype)
    return change.pixels[box.relative_to(change.box).slices]


def _tight(change: Patch, mask: _Mask) -> Patch:
    """The part of a change where `mask`, which lies at its box, is True."""
    box = mask_box(mask)
    if box.empty:
        return Patch(box, change.pixels[:0, :0], mask[:0, :0])
    return Patch(box.moved(change.box.x, change.box.y), change.pixels[box.slices], mask[box.slices])


def _overlaid(below: Patch, above: Sequence[Patch]) -> Patch:
    """One patch of several; each of `above` decides in its whole box."""
    parts = [part for part in (below, *above) if not part.empty]
    if not above or not parts:
        return below
    frame = Box.around(part.box for part in parts)
    pixels = np.zeros((frame.height, frame.width, below.pixels.shape[2]), below.pixels.dtype)
    mask = np.zeros((frame.height, frame.width), np.bool_)
    for part in parts:
        here = part.box.relative_to(frame).slices
        pixels[here], mask[here] = part.pixels, part.mask
    return _tight(Patch(frame, pixels, mask), mask)
