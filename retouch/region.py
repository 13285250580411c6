"""A region: where a step may change the picture. A box and, inside it, a mask."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.errors import PlanError
from retouch.geometry import Box

_PREFIX = "data:image/png;base64,"


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """`box` in picture pixels; `mask` bool (box.height, box.width), True where pixels may change."""

    box: Box
    mask: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if self.mask.shape != (self.box.height, self.box.width) or self.mask.dtype != np.bool_:
            raise PlanError(
                f"region {self.box}: its mask is {self.mask.dtype} {self.mask.shape}, "
                f"expected bool ({self.box.height}, {self.box.width})"
            )

    @classmethod
    def whole(cls, box: Box) -> Region:
        """The region whose mask is the whole box."""
        return cls(box, np.ones((box.height, box.width), dtype=np.bool_))

    @classmethod
    def decode(cls, box: Box, mask: str | None) -> Region:
        """The inverse of `encode`; `None` is the whole box. PlanError if the text is no PNG of the box's size."""
        if mask is None:
            return cls.whole(box)
        try:
            raw = np.frombuffer(base64.b64decode(mask.removeprefix(_PREFIX), validate=True), np.uint8)
        except ValueError as error:
            raise PlanError(f"mask of region {box}: not a base64 PNG data URI ({error})") from error
        grey = cv2.imdecode(raw, cv2.IMREAD_GRAYSCALE) if raw.size else None
        if grey is None:
            raise PlanError(f"mask of region {box}: the data URI does not hold a readable PNG")
        return cls(box, grey > 127)

    def encode(self) -> str | None:
        """The mask as a PNG data URI, `None` when it is the whole box."""
        if bool(self.mask.all()):
            return None
        _, png = cv2.imencode(".png", self.mask.astype(np.uint8) * 255)
        return _PREFIX + base64.b64encode(png.tobytes()).decode("ascii")

    def within(self, frame: Box) -> NDArray[np.bool_]:
        """The mask over `frame` (bool, frame.height × frame.width); False outside the region."""
        out = np.zeros((frame.height, frame.width), dtype=np.bool_)
        shared = self.box.intersection(frame)
        if not shared.empty:
            out[shared.relative_to(frame).slices] = self.mask[shared.relative_to(self.box).slices]
        return out

    def union(self, other: Region) -> Region:
        frame = Box.around([self.box, other.box])
        return Region(frame, self.within(frame) | other.within(frame))

    def disjoint(self, other: Region) -> bool:
        """True if no pixel belongs to both."""
        shared = self.box.intersection(other.box)
        return shared.empty or not bool((self.within(shared) & other.within(shared)).any())
