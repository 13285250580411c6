"""From slots to boxes: the place of each expected character in the straightened strip of a line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box
from retouch.writing.cut import Slot, Span, cut
from retouch.writing.ink import Coverage, ink_box
from retouch.writing.ownership import ink_boxes, owners
from retouch.writing.recogniser import ReadCharacter

_PAD = 0.03
_LEAST_SIDE = 0.6
"""Share of a character's size below which a box is widened round its ink: a horizontal stroke alone is a character."""

_GAP = 1.6
"""Distances of neighbours longer than this times the median are gaps."""

_INKLESS = 0.004
"""Share of a character's square below which a span holds no character; the stroke of 一 covers ten times as much."""

_LEAST_LEFT, _LEAST_INK = 0.45, 0.025
"""Longer side in characters, and ink as a share of a character's square, from which unowned ink may be a character."""


def character_size(ink: Coverage, text: Sequence[ReadCharacter]) -> float:
    """The usual length of a character along a strip (rows along the line), in pixels.

    The width that the ink takes across the line, or the distance at which characters were read where that is shorter.
    """
    height, width = ink.shape
    across = np.cumsum(ink.sum(axis=0, dtype=np.float64))
    if across[-1] <= 0:
        return float(width)
    low, high = np.searchsorted(across, (0.02 * across[-1], 0.98 * across[-1]))
    body = 1.2 * float(high - low + 1)
    steps = np.diff([read.position * height for read in text])
    # The recogniser's places are coarse (a quarter of a character), so distances are averaged, gaps left out.
    pitch = float(steps[steps <= _GAP * np.median(steps)].mean()) if len(steps) >= 3 else np.inf
    return max(4.0, min(body, pitch, float(width)))


def segment(ink: Coverage, slots: Sequence[Slot], size: float) -> tuple[Box | None, ...]:
    """Each slot's box in the strip `ink` (rows along the line), None where an optional slot stays empty or where
    there is no ink at all. Boxes hold the character's own ink and a little paper; see `character_size` for `size`."""
    profile = ink.sum(axis=1, dtype=np.float32)
    spans = cut(profile, slots, size)
    taken = [span for span in spans if span is not None]
    own = iter(own_boxes(ink, taken, size))
    return tuple(None if span is None else next(own) for span in spans)


def own_boxes(ink: Coverage, spans: Sequence[Span], size: float) -> list[Box | None]:
    """The box of each span's own ink, grown to a sensible size and kept off its neighbours' ink."""
    owned = owners(ink, spans, size)
    tight = ink_boxes(owned, spans, size)
    boxes: list[Box | None] = []
    for number, box in enumerate(tight):
        if box is None or int((owned[box.slices] == number).sum()) < _INKLESS * size * size:
            boxes.append(None)
            continue
        before = tight[number - 1] if number else None
        after = tight[number + 1] if number + 1 < len(tight) else None
        limits = before.bottom if before else 0, after.y if after else ink.shape[0]
        boxes.append(_roomy(box, size, limits, ink.shape))
    return boxes


def _roomy(box: Box, size: float, limits: tuple[int, int], shape: tuple[int, ...]) -> Box:
    """The ink box with a margin, and widened to a least side where its neighbours leave room."""
    pad, least = round(_PAD * size), round(_LEAST_SIDE * size)
    top, bottom = _widened(box.y, box.bottom, pad, least, *limits)
    left, right = _widened(box.x, box.right, pad, least, 0, shape[1])
    return Box.between(left, max(0, top), right, min(shape[0], bottom))


def _widened(begin: int, end: int, pad: int, least: int, low: int, high: int) -> tuple[int, int]:
    grow = max(pad, (least - (end - begin) + 1) // 2)
    return min(begin, max(low, begin - grow)), max(end, min(high, end + grow))


def leftover(ink: Coverage, spans: Sequence[Span], size: float) -> list[Box]:
    """Boxes of ink in the strip that lies in none of the `spans` and may be a character, be it a flat one like 一."""
    rest: Coverage = ink.copy()
    for begin, end in spans:
        rest[max(0, begin) : end] = 0
    rows = rest.sum(axis=1) > 0.02 * size
    found: list[Box] = []
    for begin, end in runs(rows, round(0.12 * size)):
        box = ink_box(rest[begin:end])
        if box and max(box.width, box.height) >= _LEAST_LEFT * size and rest[begin:end].sum() > _LEAST_INK * size**2:
            found.append(Box.between(max(0, box.x - 2), begin, min(ink.shape[1], box.right + 2), end))
    return found


def runs(flags: NDArray[np.bool_], join: int) -> list[tuple[int, int]]:
    """Begin and end of runs of True; runs nearer than `join` are one."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    runs: list[tuple[int, int]] = []
    for begin, end in edges.reshape(-1, 2):
        if runs and begin - runs[-1][1] <= join:
            runs[-1] = (runs[-1][0], int(end))
        else:
            runs.append((int(begin), int(end)))
    return runs
