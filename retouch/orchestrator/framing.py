"""Frames that a person drew on the picture, understood as the boxes of steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.errors import PlanError
from retouch.geometry import Box
from retouch.orchestrator.wish import ANY
from retouch.picture import Picture
from retouch.region import Region

if TYPE_CHECKING:
    from retouch.writing.frames import Frame

_EDGE = 4
"""Pixels by which ink may reach into a frame's line and its soft edge."""
_SOFT = 4
"""Width in pixels of the soft edge of ink on a frame's line."""
_DARK = 0.6
"""Brightness, as a share of the paper's, below which a pixel is ink."""
_COLOURLESS = 60
"""Spread of the channels (of 255) up to which a dark pixel is ink and none of the frame's colour."""


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


def inside(frame: Frame, picture: Picture) -> Region:
    """The space that a frame encloses, without the drawn line and its soft edge, but with old ink that reaches into
    the line and the soft edge of that ink: what stays of it would show beside the new."""
    box = frame.inner.grown(_EDGE).intersection(frame.box)
    line = Region(frame.box, _wider(frame)).within(box)
    ink = cv2.dilate(_ink(picture.srgb(box)).astype(np.uint8), np.ones((2 * _SOFT + 1,) * 2, np.uint8)) > 0
    return Region(box, (~line & Region.whole(frame.inner).within(box)) | (line & ink))


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


def _ink(rgb: RGB) -> NDArray[np.bool_]:
    """Dark pixels without colour."""
    light, dark = rgb.max(axis=2).astype(np.int16), rgb.min(axis=2).astype(np.int16)
    ink: NDArray[np.bool_] = (light < _DARK * float(np.median(light))) & (light - dark < _COLOURLESS)
    return ink


def _wider(frame: Frame) -> NDArray[np.bool_]:
    return cv2.dilate(frame.mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
