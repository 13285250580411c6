"""Cells: the place of each character on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box

LEVEL = 0.05
"""Degrees of tilt below which a crop is not turned: over 100 px it is a tenth of a pixel."""

Pixels = TypeVar("Pixels", bound=NDArray[np.generic])


@dataclass(frozen=True, slots=True)
class Cell:
    """The place of one character.

    `box` has the upright cell's width and height and the cell's centre; where the line is tilted by `angle` degrees
    (clockwise on the screen) the cell is this box turned about its centre. `index` counts the characters of the
    reference, or of the page where there is none; `line` is the index of its line in the layout. `wanted` is None for
    a character that the reference does not have, `read` is what the line's reading says there.
    """

    index: int
    line: int
    box: Box
    angle: float = 0.0
    wanted: str | None = None
    read: str | None = None

    @property
    def turned(self) -> bool:
        """True if its line is tilted enough that its crop has to be turned."""
        return abs(self.angle) >= LEVEL


def glyph(picture: Pixels, cell: Cell, margin: float = 0.0) -> Pixels:
    """The upright crop of a cell, tilt removed, `margin` (a share of the cell's longer side) of its surroundings added.

    `picture` is (height, width) or (height, width, channels), uint8 or float32; beyond its edge the edge is repeated.
    """
    grow = round(margin * max(cell.box.width, cell.box.height))
    return straight(picture, cell.box.grown(grow), cell.angle)


def straight(picture: Pixels, box: Box, angle: float) -> Pixels:
    """The crop of `box` turned by `angle` degrees clockwise about its centre; a plain copy where nothing is turned."""
    height, width = picture.shape[:2]
    if abs(angle) < LEVEL and box.x >= 0 and box.y >= 0 and box.right <= width and box.bottom <= height:
        return picture[box.slices].copy()  # type: ignore[return-value]
    turn = np.deg2rad(angle)
    cos, sin = float(np.cos(turn)), float(np.sin(turn))
    centre_x, centre_y = box.centre[0] - 0.5, box.centre[1] - 0.5
    middle_x, middle_y = (box.width - 1) / 2, (box.height - 1) / 2
    matrix = np.array(
        [
            [cos, -sin, centre_x - cos * middle_x + sin * middle_y],
            [sin, cos, centre_y - sin * middle_x - cos * middle_y],
        ]
    )
    return cv2.warpAffine(  # type: ignore[return-value]
        picture,  # type: ignore[arg-type]
        matrix,
        (box.width, box.height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
