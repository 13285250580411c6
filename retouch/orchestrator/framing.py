"""Frames that a person drew on the picture, understood as the boxes of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from retouch.errors import PlanError
from retouch.geometry import Box
from retouch.orchestrator.wish import ANY
from retouch.picture import Picture
from retouch.region import Region

if TYPE_CHECKING:
    from retouch.writing.frames import Frame


class Frames:
    """The frames of a picture; they are looked for when the first is asked for."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._found: tuple[Frame, ...] | None = None

    @property
    def found(self) -> tuple[Frame, ...]:
        if self._found is None:
            from retouch.writing.frames import find_frames

            self._found = find_frames(self._picture.srgb())
        return self._found

    def named(self, colour: str) -> Frame:
        """The one frame of that colour name, or the only one for `ANY`; PlanError that lists what there is."""
        fitting = [frame for frame in self.found if colour in (ANY, frame.name)]
        if len(fitting) == 1:
            return fitting[0]
        meant = "frame" if colour == ANY else f"{colour} frame"
        there = ", ".join(f"{frame.name} at {frame.box}" for frame in self.found) or "none"
        what = f"several frames fit 'the {meant}'" if fitting else f"the picture has no {meant}"
        raise PlanError(f"{what}; found: {there}", hint="name its colour, or give the place as --box BOX=INSTRUCTION")


def inside(frame: Frame) -> Region:
    """The space that a frame encloses, without the drawn line and a pixel on either side of it."""
    box = frame.inner
    return Region(box, ~Region(frame.box, _wider(frame)).within(box))


def drawn(frame: Frame, picture: Picture) -> Region:
    """The drawn line itself with a pixel on either side, which its soft edge may tint."""
    line = Region(frame.box, _wider(frame))
    box = frame.box.grown(1).clamped(picture.size)
    return Region(box, cv2.dilate(line.within(box).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)


def box_round(region: Region) -> Box:
    """The box round the pixels of a region that may change."""
    rows, columns = np.nonzero(region.mask)
    return Box.between(
        region.box.x + int(columns.min()),
        region.box.y + int(rows.min()),
        region.box.x + int(columns.max()) + 1,
        region.box.y + int(rows.max()) + 1,
    )


def _wider(frame: Frame) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return cv2.dilate(frame.mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
