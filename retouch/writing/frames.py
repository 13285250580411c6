"""Frames that a person drew on a picture to mark a place: closed, thin, coloured rectangles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.geometry import Box


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One drawn frame: `box` round its outer edge, `inner` the space it encloses, `colour` sRGB and its English
    `name`, `mask` bool (box.height, box.width): the pixels of the drawn line, its soft edge included."""

    box: Box
    inner: Box
    colour: tuple[int, int, int]
    name: str
    mask: NDArray[np.bool_]


def find_frames(rgb: RGB) -> tuple[Frame, ...]:
    """Every frame drawn on `rgb`, from the top down."""
    return ()
