"""Copying a good glyph of the same page: scaled to fit, bent a little so that no two copies are alike."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from retouch.edit import Reference
from retouch.editors.background import Mask
from retouch.editors.lettering import CLIPPED, best_shift, clipped, smooth_noise
from retouch.editors.look import Look
from retouch.geometry import Box
from retouch.writing.ink import coverage
from retouch.writing.metrics import FAINT, Ink, glyph_box

_SIZE = (0.88, 1.14)
"""How far a copy may be scaled before its strokes stand out by their weight."""
_BEND = 0.012
"""How far the copy's strokes are moved, over its longer side (standard deviation)."""
_SMALLER = 0.96


def usable(text: str, references: Sequence[Reference]) -> tuple[Reference, ...]:
    """The references that show `text` as it is written elsewhere on the page."""
    return tuple(r for r in references if r.kind == "exemplar" and r.text == text)


def copy(
    copies: Sequence[Reference], old: Box, angle: float, look: Look, mask: Mask, seed: int, sized: bool = True
) -> tuple[Ink, Reference]:
    """The ink (canvas size) of the copy whose size is nearest to the old glyph's, and which one that was. Where `old`
    tells only the place and is not `sized`, the first copy as large as it is."""
    inks = [(_ink(r), r) for r in copies]
    first = glyph_box(inks[0][0])
    wanted = max(old.width, old.height) if sized else max(first.width, first.height)
    ink, chosen = min(
        inks, key=lambda pair: abs(max(glyph_box(pair[0]).size.width, glyph_box(pair[0]).height) - wanted)
    )
    box = glyph_box(ink)
    factor = float(np.clip((wanted / max(box.width, box.height)) ** 0.5, *_SIZE))
    x, y = old.centre
    for _ in range(12):
        out = _bent(ink, box, (x, y), factor, angle, mask.shape, np.random.default_rng(seed))
        if clipped(out, mask) <= CLIPPED:
            break
        dx, dy, loss = best_shift(out, mask, max(2, round(0.06 * wanted)))
        x, y = x + dx, y + dy
        if loss > CLIPPED:
            factor *= _SMALLER
    return np.asarray(np.clip(out / max(look.darkness, 0.2), 0, 1), np.float32), chosen


def _ink(reference: Reference) -> Ink:
    """The reference's ink; where it came without, what touches the picture's edge is taken for a neighbour's."""
    if reference.ink is not None:
        return reference.ink
    ink = coverage(reference.pixels)
    _, labels = cv2.connectedComponents((ink > FAINT).astype(np.uint8), connectivity=8)
    edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    cut = np.isin(labels, edge[edge > 0])
    return ink if cut.all() or not (ink[~cut] > FAINT).any() else np.where(cut, np.float32(0), ink)


def _bent(
    ink: Ink,
    box: Box,
    centre: tuple[float, float],
    factor: float,
    angle: float,
    shape: tuple[int, ...],
    rng: np.random.Generator,
) -> Ink:
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    bend = _BEND * max(box.width, box.height)
    side = max(shape)
    dx = smooth_noise(rng, side, max(3, side // 40))[: shape[0], : shape[1]] * bend
    dy = smooth_noise(rng, side, max(3, side // 40))[: shape[0], : shape[1]] * bend
    turn = math.radians(angle)
    across, down = xs - centre[0] + dx, ys - centre[1] + dy
    u = (across * math.cos(turn) + down * math.sin(turn)) / factor + box.centre[0]
    v = (down * math.cos(turn) - across * math.sin(turn)) / factor + box.centre[1]
    bent = cv2.remap(ink, u.astype(np.float32), v.astype(np.float32), cv2.INTER_CUBIC, borderValue=0)
    return np.asarray(np.clip(bent, 0, 1), np.float32)
