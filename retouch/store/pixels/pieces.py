"""Pieces: marked pixels, those near each other together."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box

NEAR = 16
"""Marked pixels with at most so many others between them, along or across, are one piece: about the gap between two
strokes of a character."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """`labels` int32 of the mask's shape: 0 where it is False, else 1 + the position in `boxes` of the piece's box."""

    labels: NDArray[np.int32]
    boxes: tuple[Box, ...]


def pieces(mask: NDArray[np.bool_], near: int = NEAR) -> Pieces:
    """The pieces of a mask (height, width); boxes are tight and in the mask's own coordinates.

    `near` is even: how many unmarked pixels are bridged."""
    if not mask.any():
        return Pieces(np.zeros(mask.shape, np.int32), ())
    reach = near // 2
    # The border keeps a piece's joined form whole, so that taking the reach off again gives its exact box.
    framed = np.pad(mask.astype(np.uint8), reach)
    joined = cv2.dilate(framed, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    _, labels, found, _ = cv2.connectedComponentsWithStats(joined, connectivity=8, ltype=cv2.CV_32S)
    inner = np.where(mask, labels[reach:-reach, reach:-reach], 0).astype(np.int32)
    return Pieces(inner, tuple(Box(x, y, w - 2 * reach, h - 2 * reach) for x, y, w, h, _ in found[1:].tolist()))


def piece_boxes(mask: NDArray[np.bool_], origin: Box) -> tuple[Box, ...]:
    """The boxes of the pieces of a mask that lies at `origin`, from the top left on."""
    boxes = (box.moved(origin.x, origin.y) for box in pieces(mask).boxes)
    return tuple(sorted(boxes, key=lambda box: (box.y, box.x)))
