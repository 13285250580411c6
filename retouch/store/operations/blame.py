"""Blame: which version last touched each pixel."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from retouch.errors import PictureError
from retouch.geometry import Box
from retouch.patch import mask_box
from retouch.store.pixels.pieces import piece_boxes
from retouch.store.tree.lineage import Ancestor
from retouch.store.versions import Versions

_Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class BlamedRegion:
    """A box of pixels that `version` (made by `step`, if by one) touched last."""

    box: Box
    version: str
    step: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Blame:
    """`map` int32 (box.height, box.width) holds for each pixel the position in `versions` (those that own a pixel, the
    newest first) of the one that touched it last.

    `regions` are the boxes of each version's pixels, those near each other together, in the order of `versions`. A
    version that nothing came before (the import) has one region, round all that it still owns, and comes last.
    """

    box: Box
    versions: tuple[str, ...]
    map: NDArray[np.int32]
    regions: tuple[BlamedRegion, ...]


def blame_version(versions: Versions, version: str, box: Box | None) -> Blame:
    """See `Operations.blame`. Between a version and its parent only tiles that differ are read."""
    frame = versions.grid(version).frame
    if box is not None and (box.empty or not frame.contains(box)):
        raise PictureError(f"box {box} does not lie inside the picture of {frame.width}x{frame.height}")
    walk = _Walk(versions, frame if box is None else box)
    walk.open[version] = np.ones((walk.frame.height, walk.frame.width), np.bool_)
    for ancestor in versions.lineage(version):
        if ancestor.id in walk.open:
            walk.visit(ancestor)
        if not walk.open:
            break
    return Blame(walk.frame, tuple(walk.owners), walk.map, tuple(walk.regions))


@dataclass(slots=True, eq=False)
class _Walk:
    """`open` holds, for versions that were not visited yet, the pixels of `frame` that came to them unchanged."""

    versions: Versions
    frame: Box
    open: dict[str, _Mask] = field(default_factory=dict)
    owners: list[str] = field(default_factory=list)
    regions: list[BlamedRegion] = field(default_factory=list)
    map: NDArray[np.int32] = field(init=False)

    def __post_init__(self) -> None:
        self.map = np.full((self.frame.height, self.frame.width), -1, np.int32)

    def visit(self, ancestor: Ancestor) -> None:
        """Give each open pixel of a version to a parent with the same value there (the branch's own first), and what is
        left to the version itself."""
        mask = self.open.pop(ancestor.id)
        grid = self.versions.grid(ancestor.id)
        parents = [parent for parent in ancestor.parents if self.versions.grid(parent) == grid]
        if not parents:
            self._own(ancestor.id, mask, self.frame, whole=not ancestor.parents)
            return
        left, box = mask, self.frame
        for parent in parents:
            left, box = self._hand_on(ancestor.id, parent, left, box)
        self._own(ancestor.id, left, box)

    def _hand_on(self, version: str, parent: str, mask: _Mask, box: Box) -> tuple[_Mask, Box]:
        """Give the pixels of `mask` (which lies at `box`) that `parent` has, too, to it; what differs is returned."""
        change = self.versions.change(parent, version, box)
        here = change.box.relative_to(box).slices if not change.empty else (slice(0, 0), slice(0, 0))
        differs = mask[here] & change.mask
        same = mask
        same[here] &= ~change.mask
        self._open(parent, same, box)
        return differs, change.box

    def _open(self, parent: str, mask: _Mask, box: Box) -> None:
        if not mask.any():
            return
        if box != self.frame:
            whole = np.zeros((self.frame.height, self.frame.width), np.bool_)
            whole[box.relative_to(self.frame).slices] = mask
            mask = whole
        if parent in self.open:
            mask |= self.open[parent]
        self.open[parent] = mask

    def _own(self, version: str, mask: _Mask, box: Box, whole: bool = False) -> None:
        """The pixels of `mask`, which lies at `box`, are the version's."""
        if not mask.any():
            return
        self.map[box.relative_to(self.frame).slices][mask] = len(self.owners)
        self.owners.append(version)
        boxes = (mask_box(mask).moved(box.x, box.y),) if whole else piece_boxes(mask, box)
        step = self.versions.version(version).step
        self.regions.extend(BlamedRegion(place, version, step) for place in boxes)
