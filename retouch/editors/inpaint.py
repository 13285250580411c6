"""Removing what stands in the mask: the background goes on where it stood."""

from __future__ import annotations

import time

from retouch.edit import Cost, EditRequest, EditResult, NativeCanvas, Traits
from retouch.editors.background import Mask, continue_background
from retouch.editors.foreground import separate
from retouch.errors import EditorError
from retouch.protocols import Watch


class InpaintEditor:
    """Fills the mask from what lies round it. Deleting text takes its ink alone, so that the paper stays as it is."""

    @property
    def traits(self) -> Traits:
        return Traits(canvas=NativeCanvas(), modes=("crop", "mask"), operations=("delete", "remove-object"))

    def edit(self, request: EditRequest, watch: Watch) -> EditResult:
        """The canvas without what the mask covers; EditorError for an empty mask or one that leaves nothing."""
        started = time.perf_counter()
        mask = request.mask
        if not mask.any() or mask.all():
            found = "covers the whole canvas" if mask.any() else "is empty"
            raise EditorError(f"inpaint: the mask of box {request.box} {found}; it must leave background to go on from")
        watch.raise_if_cancelled()
        hole, known, notes = _hole(request)
        pixels = continue_background(request.canvas, hole, known, request.seed)
        return EditResult(pixels, cost=Cost(seconds=time.perf_counter() - started), notes=notes)


def _hole(request: EditRequest) -> tuple[Mask, Mask, tuple[str, ...]]:
    """What is filled, what may be copied from, and how that was chosen."""
    seen = separate(request.canvas, request.mask, request.style)
    page = request.style is not None
    if request.operation == "delete":
        ink = seen.old_ink(request.mask)
        if ink.any():
            return ink, seen.background(ink, page), ("the ink alone was removed, the background between it kept",)
    return request.mask, seen.background(request.mask, page), ()
