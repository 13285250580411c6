"""Which ink belongs to which character: connected strokes go whole to one character where they can."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box
from retouch.patch import mask_box
from retouch.writing.cut import Span
from retouch.writing.ink import Coverage, strokes

_OVERFLOW = 0.3
"""Share of a connected stroke that may reach into the next character and still be the first one's own."""

_SPECK = 0.0006
"""Ink parts below this share of a character's square are specks; a brush dot is ten times as large."""

_FRINGE = 0.15
"""Share of the strip's thickness within which ink at its very edge comes from the next line."""

NOBODY = -1


def owners(ink: Coverage, spans: Sequence[Span], size: float) -> NDArray[np.int32]:
    """int32 like `ink` (an upright strip, rows along the line): the number of the span that owns each ink pixel.

    `NOBODY` on paper, on specks, on ink that reaches in from the next line and on ink outside all spans. Spans are
    sorted and do not overlap.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strokes(ink).astype(np.uint8), connectivity=8)
    owner_of_row = np.full(ink.shape[0] + 1, NOBODY, np.int32)
    for number, (begin, end) in enumerate(spans):
        owner_of_row[begin:end] = number
    owner = np.full(count, NOBODY, np.int32)
    split: list[int] = []
    for part in range(1, count):
        x, top, width, height, area = (int(value) for value in stats[part])
        if area < max(4.0, _SPECK * size * size) or _reaches_in(x, width, ink.shape[1]):
            continue
        rows = owner_of_row[top : top + height]
        if rows.min() == rows.max():
            owner[part] = rows[0]
            continue
        box = Box(x, top, width, height)
        owner[part] = _majority(labels[box.slices] == part, rows)
        if owner[part] == NOBODY:
            split.append(part)
    out: NDArray[np.int32] = owner[labels]
    for part in split:
        x, top, width, height = (int(value) for value in stats[part][:4])
        here = Box(x, top, width, height).slices
        mask = labels[here] == part
        out[here][mask] = np.broadcast_to(owner_of_row[top : top + height, None], mask.shape)[mask]
    return out


def _reaches_in(x: int, width: int, across: int) -> bool:
    """True for ink that only just enters at a side of the strip: a stroke of the next line."""
    return (x == 0 and width <= _FRINGE * across) or (x + width == across and width <= _FRINGE * across)


def _majority(mask: NDArray[np.bool_], rows: NDArray[np.int32]) -> int:
    """The span that holds nearly all of a connected part; NOBODY where it must be cut."""
    weight = np.bincount(rows + 1, weights=mask.sum(axis=1))
    best = int(weight[1:].argmax()) if len(weight) > 1 else -1
    if best >= 0 and weight[best + 1] >= (1 - _OVERFLOW) * weight.sum():
        return best
    return NOBODY


def ink_boxes(owned: NDArray[np.int32], spans: Sequence[Span], size: float) -> list[Box | None]:
    """The tightest box round each span's own ink, None where it owns none; overflow is looked for one `size` away."""
    boxes: list[Box | None] = []
    for number, (begin, end) in enumerate(spans):
        top = max(0, begin - round(size))
        box = mask_box(owned[top : end + round(size)] == number)
        boxes.append(None if box.empty else box.moved(0, top))
    return boxes
