"""The picture under work: two buffers that differ only while an attempt is tried on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from retouch.errors import PictureError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture, Pixels


class Workbench:
    """Holds the branch head's pixels twice, so that an attempt costs its patch and never the whole picture.

    Verifiers get read-only views. Views are made afresh for every attempt: one kept by a verifier is no lasting copy.
    """

    def __init__(self, picture: Picture) -> None:
        self._frame = picture
        self._before: Pixels = picture.pixels.copy()
        self._after: Pixels = picture.pixels.copy()
        self._undo: list[Patch] = []

    @property
    def head(self) -> Picture:
        """The branch head as a read-only view of the living buffer."""
        return replace(self._frame, pixels=self._before)

    @contextmanager
    def trying(self, patch: Patch, *, on_base: bool = False) -> Iterator[tuple[Picture, Picture]]:
        """The head, or the batch's base, before and after `patch`; both buffers show the head again afterwards."""
        redo = self._step_back() if on_base else []
        try:
            patch.apply_to(self._after)
            yield self.head, replace(self._frame, pixels=self._after)
        finally:
            self._after[patch.box.slices] = self._before[patch.box.slices]
            for done in redo:
                self._apply(done)

    def keep(self, patch: Patch) -> None:
        """Make the patch part of the head."""
        self._undo.append(Patch(patch.box, self._before[patch.box.slices].copy(), patch.mask))
        self._apply(patch)

    def start_batch(self, base: Picture | None = None) -> None:
        """From here on `base` gives the pixels of the present head, or of the picture given, an earlier head."""
        self._undo = [] if base is None else [Patch.between(self.head, base)]

    def base(self, box: Box, overlay: Patch | None = None) -> Picture:
        """A copy of the batch's base inside `box`, with `overlay` laid over it."""
        if not self._frame.box.contains(box):
            raise PictureError(f"crop {box} does not lie inside the picture {self._frame!r}")
        pixels = self._before[box.slices].copy()
        for patch in reversed(self._undo):
            lay(patch, pixels, box)
        if overlay is not None:
            lay(overlay, pixels, box)
        return replace(self._frame, pixels=pixels)

    def _step_back(self) -> list[Patch]:
        """Show the batch's base; returns what brings the head back, in this order."""
        redo = []
        for undo in reversed(self._undo):
            redo.append(Patch(undo.box, self._before[undo.box.slices].copy(), undo.mask))
            self._apply(undo)
        return redo[::-1]

    def _apply(self, patch: Patch) -> None:
        patch.apply_to(self._before)
        patch.apply_to(self._after)


def lay(patch: Patch, pixels: Pixels, frame: Box) -> None:
    """Set those of the patch's pixels that fall into `frame`, of which `pixels` is a writable crop."""
    shared = patch.box.intersection(frame)
    if shared.empty:
        return
    here, there = shared.relative_to(patch.box).slices, shared.relative_to(frame).slices
    pixels[there][patch.mask[here]] = patch.pixels[here][patch.mask[here]]


def merged(under: Patch | None, over: Patch) -> Patch:
    """One patch that sets what either sets; `over` wins."""
    if under is None or under.empty:
        return over
    if over.empty:
        return under
    frame = Box.around([under.box, over.box])
    pixels = np.zeros((frame.height, frame.width, over.pixels.shape[2]), over.pixels.dtype)
    mask = np.zeros(pixels.shape[:2], np.bool_)
    for patch in (under, over):
        lay(patch, pixels, frame)
        mask[patch.box.relative_to(frame).slices] |= patch.mask
    return Patch(frame, pixels, mask)
