"""Three-way merging of pixels: what two sides made of one base becomes one picture, or a conflict with its place.

Everything is decided on single pixels. A pixel that only theirs changed is taken; one that only ours changed, or that
both changed to the same value, stays as ours has it; one that both changed to different values is a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from retouch.errors import UsageError
from retouch.geometry import Box
from retouch.patch import Patch, differing, mask_box
from retouch.picture import Metadata, Pixels
from retouch.store.merging import Settlement, Side
from retouch.store.pieces import NEAR, pieces

_Mask = NDArray[np.bool_]

_HANGS_TOGETHER = 4
"""Changed pixels with at most so many others between them belong to one drawing: less than lies between two
characters, more than between the speckles that an edit leaves unchanged by chance."""


@dataclass(frozen=True, slots=True, eq=False)
class ThreeWay:
    """`patch` turns ours into the merged picture; it is empty while there are `conflicts` that nobody settled."""

    patch: Patch
    conflicts: tuple[Box, ...]


def reach(theirs: Patch, picture: Box) -> Box:
    """The box inside which a merge of the change `theirs` may set pixels of a picture."""
    return theirs.box if theirs.empty else theirs.box.grown(NEAR).intersection(picture)


def three_way(base: Pixels, frame: Box, ours: Patch, theirs: Patch, settle: Sequence[Settlement] = ()) -> ThreeWay:
    """Merge the changes `ours` and `theirs` of one picture, of which `base` holds the pixels in `frame` (see `reach`).

    Conflicts are told as rectangles, one for each pair of changed pieces that clash (see `_conflict`); those that
    overlap are joined. A settlement counts for the conflicts that its box contains (the last one, of several) and sets
    the whole rectangle from that side, so that two drawings of one glyph are never mixed; UsageError, naming the
    conflicts, if it contains none.
    """
    mine, yours = _with(base, frame, ours), _with(base, frame, theirs)
    changed_by_ours, changed_by_theirs = _within(ours, frame), _within(theirs, frame)
    clash = changed_by_ours & changed_by_theirs & differing(mine, yours)
    boxes = _conflicts(ours, theirs, clash, frame)
    sides = settled(boxes, settle)
    open_ones = tuple(box for box in boxes if box not in sides)
    if open_ones:
        return ThreeWay(_nothing(base), open_ones)
    merged = np.where((changed_by_theirs & ~changed_by_ours)[:, :, None], yours, mine)
    for box, side in sides.items():
        here = box.relative_to(frame).slices
        merged[here] = {"ours": mine, "theirs": yours, "base": base}[side][here]
    return ThreeWay(_patch(mine, merged, frame), ())


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
        here, there = shared.relative_to(frame).slices, shared.relative_to(change.box).slices
        np.copyto(pixels[here], change.pixels[there], where=change.mask[there][:, :, None])
    return pixels


def _within(change: Patch, frame: Box) -> _Mask:
    """Which pixels of `frame` a change sets."""
    mask, shared = np.zeros((frame.height, frame.width), np.bool_), frame.intersection(change.box)
    if not shared.empty:
        mask[shared.relative_to(frame).slices] = change.mask[shared.relative_to(change.box).slices]
    return mask


def _patch(before: Pixels, after: Pixels, frame: Box) -> Patch:
    """The tightest patch from `before` to `after`, which lie at `frame`."""
    differs = differing(before, after)
    box = mask_box(differs)
    return Patch(box.moved(frame.x, frame.y), after[box.slices].copy(), differs[box.slices].copy())


def _nothing(like: Pixels) -> Patch:
    return Patch(Box(0, 0, 0, 0), np.zeros((0, 0, like.shape[2]), like.dtype), np.zeros((0, 0), np.bool_))
