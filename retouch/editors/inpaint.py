"""Removing what stands in the mask: the background goes on where it stood."""

from __future__ import annotations

import time

from retouch.edit import RGB, Cost, EditRequest, EditResult, NativeCanvas, Traits
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
        pixels, notes = _filled(request)
        return EditResult(pixels, cost=Cost(seconds=time.perf_counter() - started), notes=notes)


def _filled(request: EditRequest) -> tuple[RGB, tuple[str, ...]]:
    """The canvas without what is to go, and how that was chosen."""
    page, angle = request.style is not None, float(request.options.get("angle", 0.0))
    if request.operation == "delete":
        seen = separate(request.canvas, request.mask, request.style, request.box, angle)
        ink = seen.old_ink(request.mask)
        if ink.any():
            pixels = seen.emptied(request.canvas, ink, page, request.seed)
            return pixels, ("the ink alone was removed, the background between it kept",)
    seen = separate(request.canvas, request.mask, request.style)
    return seen.emptied(request.canvas, request.mask, page, request.seed), ()
