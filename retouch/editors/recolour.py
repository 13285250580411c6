"""Changing the colour of ink or of an object and leaving its shading."""

from __future__ import annotations

import time

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor

from retouch.edit import RGB, Cost, EditRequest, EditResult, NativeCanvas, Traits
from retouch.editors.background import Field, Mask, smooth_fill
from retouch.editors.foreground import separate
from retouch.errors import EditorError
from retouch.protocols import Watch

_SOLID = 0.6
"""Coverage from which a pixel is ink."""
_FULL = 0.97
"""Coverage from which it shows the ink's own colour, no paper mixed in."""
_FAINT = 0.15
"""Coverage down to which a pixel hangs together with a stroke."""
_RIM = 3
"""Pixels right beside an edge: how far its softness reaches, and where a mask's surroundings are compared."""


class RecolourEditor:
    """Gives the ink inside the mask the target colour; where the mask is the object itself, all of it."""

    @property
    def traits(self) -> Traits:
        return Traits(canvas=NativeCanvas(), modes=("crop", "mask"), operations=("recolour",))

    def edit(self, request: EditRequest, watch: Watch) -> EditResult:
        """The canvas with the colour changed; EditorError where target is no colour or the mask holds nothing."""
        started = time.perf_counter()
        colour = _colour(request)
        if not request.mask.any():
            raise EditorError(f"recolour: the mask of box {request.box} is empty; nothing may be changed there")
        watch.raise_if_cancelled()
        values = request.canvas.astype(np.float32)
        if _is_object(values, request.mask):
            cover, what = _inner_feather(request.mask), "the whole mask"
        else:
            seen = separate(request.canvas, request.mask)
            cover, what = np.where(request.mask, seen.coverage, 0).astype(np.float32), "the ink in the mask"
        if not (cover > _SOLID).any():
            raise EditorError(f"recolour: no ink was found in box {request.box}; give a box or mask that holds some")
        pixels = _recoloured(request.canvas, cover, colour)
        effective = {"colour": "#" + "".join(f"{int(c):02x}" for c in colour), "recoloured": what}
        return EditResult(pixels, effective=effective, cost=Cost(seconds=time.perf_counter() - started))


def _colour(request: EditRequest) -> NDArray[np.float32]:
    try:
        return np.array(ImageColor.getrgb(request.target or "")[:3], np.float32)
    except ValueError:
        raise EditorError(
            f"recolour: target {request.target!r} is no colour; expected #rrggbb or a CSS name such as 'crimson'"
        ) from None


def _is_object(values: Field, mask: Mask) -> bool:
    """True if the mask follows an object: its rim inside differs from what lies right outside it."""
    kernel = np.ones((2 * _RIM + 1, 2 * _RIM + 1), np.uint8)
    inner = mask & (cv2.erode(mask.astype(np.uint8), kernel, borderValue=0) == 0)
    outer = (cv2.dilate(mask.astype(np.uint8), kernel) > 0) & ~mask
    if not outer.any():
        return False
    inside, outside = values[inner], values[outer]
    apart = np.linalg.norm(np.median(inside, axis=0) - np.median(outside, axis=0))
    loose = np.linalg.norm(inside - np.median(inside, axis=0), axis=1)
    return bool(apart > 25 and apart > 2 * np.median(loose))


def _inner_feather(mask: Mask) -> NDArray[np.float32]:
    depth = cv2.distanceTransform(np.pad(mask.astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    return np.asarray(np.clip(depth / 1.5, 0, 1), np.float32)


def _recoloured(canvas: RGB, cover: NDArray[np.float32], colour: NDArray[np.float32]) -> RGB:
    """Move the ink's own colour, unmixed from the background, by the same way in Lab everywhere.

    Soft edges are moved by their coverage, so that they run from the background to the new colour.
    """
    values = canvas.astype(np.float32)
    full = cover >= min(_FULL, float(np.percentile(cover[cover > _SOLID], 80)))
    ink = np.where(full[..., None], values, smooth_fill(np.where(full[..., None], values, 0), full)).astype(np.float32)
    lab = _lab(ink)
    way = _lab(colour.reshape(1, 1, 3))[0, 0] - np.median(lab[full], axis=0)
    fresh = _rgb(lab + way)
    out = canvas.copy()
    touched = (cover > 0.004) & _beside(cover)
    moved = values + cover[..., None] * (fresh - ink)
    out[touched] = np.clip(np.rint(moved[touched]), 0, 255).astype(np.uint8)
    return out


def _beside(cover: NDArray[np.float32]) -> Mask:
    """Strokes with their soft edges: a speck of the paper is faintly like ink, too, and keeps its colour."""
    ink = (cover > _FAINT).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    solid = np.bincount(labels.ravel(), weights=(cover > _SOLID).ravel(), minlength=len(stats)) > 0
    solid[0] = False
    strokes = solid[labels].astype(np.uint8)
    near: Mask = cv2.dilate(strokes, np.ones((2 * _RIM + 1, 2 * _RIM + 1), np.uint8)) > 0
    return near


def _lab(rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    """CIE L*a*b* of sRGB 0..255."""
    return np.asarray(cv2.cvtColor(rgb / np.float32(255), cv2.COLOR_RGB2LAB), np.float32)


def _rgb(lab: NDArray[np.float32]) -> NDArray[np.float32]:
    inside = lab.copy()
    inside[..., 0] = np.clip(inside[..., 0], 0, 100)
    return np.asarray(np.clip(cv2.cvtColor(inside, cv2.COLOR_LAB2RGB), 0, 1) * 255, np.float32)
