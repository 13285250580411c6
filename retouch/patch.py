"""A patch: the pixels that one edit changed, and only those."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retouch.errors import PictureError
from retouch.geometry import Box
from retouch.picture import Picture, Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """`pixels` (box.height, box.width, channels) in the picture's own depth and profile; `mask` bool: which of them
    the patch sets. An empty patch has a box without area."""

    box: Box
    pixels: Pixels
    mask: NDArray[np.bool_]

    def __post_init__(self) -> None:
        shape = (self.box.height, self.box.width)
        if self.pixels.shape[:2] != shape or self.mask.shape != shape or self.mask.dtype != np.bool_:
            raise PictureError(
                f"patch {self.box}: pixels {self.pixels.shape} and mask {self.mask.shape} must be {shape}"
            )

    @property
    def empty(self) -> bool:
        return self.box.empty

    @classmethod
    def between(cls, before: Picture, after: Picture, within: Box | None = None) -> Patch:
        """The tightest patch that turns `before` into `after`; `within` limits where differences are looked for."""
        frame = within or before.box
        if before.pixels.shape != after.pixels.shape or before.pixels.dtype != after.pixels.dtype:
            raise PictureError(f"cannot compare {before!r} with {after!r}: size, mode and depth must be equal")
        differs = differing(before.pixels[frame.slices], after.pixels[frame.slices])
        box = mask_box(differs)
        here = box.moved(frame.x, frame.y)
        return cls(here, after.pixels[here.slices].copy(), differs[box.slices].copy())

    def apply(self, picture: Picture) -> Picture:
        """`picture` with the masked pixels set; everything else, and the metadata, is the same."""
        if self.empty:
            return picture
        pixels = picture.pixels.copy()
        self.apply_to(pixels)
        return replace(picture, pixels=pixels)

    def apply_to(self, pixels: Pixels) -> None:
        """Set the masked pixels in a writable array of the picture's shape."""
        if self.empty:
            return
        if self.pixels.dtype != pixels.dtype or self.pixels.shape[2] != pixels.shape[2]:
            raise PictureError(f"patch {self.box} is {self.pixels.dtype}, the picture {pixels.dtype}; they must agree")
        # Channel by channel: a mask that is stretched over the last axis takes five times as long.
        for channel in range(pixels.shape[2]):
            np.copyto(pixels[*self.box.slices, channel], self.pixels[:, :, channel], where=self.mask)


def differing(a: Pixels, b: Pixels) -> NDArray[np.bool_]:
    """Which pixels of two arrays of one shape (height, width, channels) differ in any channel."""
    # Channel by channel: `any` along the last axis takes nine times as long.
    differs: NDArray[np.bool_] = a[:, :, 0] != b[:, :, 0]
    for channel in range(1, a.shape[2]):
        differs |= a[:, :, channel] != b[:, :, channel]
    return differs


def mask_box(mask: NDArray[np.bool_]) -> Box:
    """The tightest box round the True pixels; without area if there are none."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return Box(0, 0, 0, 0)
    return Box.between(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
