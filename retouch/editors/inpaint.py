"""Removing what stands in the mask: the background goes on where it stood."""

from __future__ import annotations

import time

import cv2
import numpy as np

from retouch.edit import Cost, EditRequest, EditResult, NativeCanvas, Traits
from retouch.editors.background import Mask, continue_background
from retouch.editors.foreground import separate
from retouch.errors import EditorError
from retouch.protocols import Watch

_RIM = 3
"""Pixels round the mask that are background whatever they look like, for what is removed lies inside."""


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
    kernel = np.ones((2 * _RIM + 1, 2 * _RIM + 1), np.uint8)
    rim = (cv2.dilate(request.mask.astype(np.uint8), kernel) > 0) & ~request.mask
    if request.operation == "delete":
        ink = seen.old_ink(request.mask)
        if ink.any():
            return ink, seen.bare(), ("the ink alone was removed, the background between it kept",)
    bare = seen.bare() & ~request.mask
    # On a page the writing round the hole is not its background; in a photograph everything is.
    page = (bare & rim).sum() > 0.5 * rim.sum()
    return request.mask, (bare | rim) if page else ~request.mask, ()
