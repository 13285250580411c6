"""Bringing an editor's picture back into the parent: only masked pixels, only those really changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.colour import from_srgb
from retouch.edit import RGB
from retouch.geometry import Box
from retouch.orchestrator.canvas import Mask, differences, percentile
from retouch.orchestrator.frame import Frame
from retouch.patch import Patch, mask_box
from retouch.picture import Picture

FEATHER = 4.0
"""Pixels inside the mask's border over which a generative editor's result fades in."""
_NOISE_CAP = 6
"""Grey levels: at most so much difference from the sent canvas is taken for an editor's noise, not for a change."""

_DETAIL = 7
"""Canvas pixels across which the range of grey levels is a place's detail."""
_LEVELS = (4, 8, 16, 32, 64, 128)
"""Ranges of grey levels that part the classes of detail."""
_CLASSES = np.digitize(np.arange(256), _LEVELS).astype(np.uint8)
_BLURS = (1.0, 2.0)
"""Widths in canvas pixels of the blurs that tell fine detail from broad."""
_NEAR = 5
"""Canvas pixels across which the most that such a blur takes away is a place's fine detail."""
_FINE_LEVELS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""Grey levels taken away that part the classes of fine detail."""
_FINE_CLASSES = np.digitize(np.arange(256), _FINE_LEVELS).astype(np.uint8)
_MOST_CLASSES = max(len(_LEVELS), len(_FINE_LEVELS)) + 1
_ENOUGH = 64
"""Pixels of the ring from which a class's loss is known."""
_BEYOND = 1.25
"""A change goes beyond 99 % of the loss on the ring by this factor at some of its pixels."""
_CORE = 6
"""So many pixels side by side must: single ones stray that far by chance."""
_REACH = 12
"""Canvas pixels round such a spot within which fainter differences belong to the same change."""


@dataclass(frozen=True, eq=False)
class Sent:
    """What an editor was given: the frame, the parent's own pixels inside it, and both as sRGB.

    `mask` (bool, `frame.inside`) is where the picture may change, `canvas_mask` the same on the canvas. `apart` (bool,
    canvas) may look otherwise for another cause: the frames drawn on the shown copy, the other steps of a shared call.
    """

    frame: Frame
    parent: Picture
    rgb: RGB
    canvas: RGB
    mask: Mask
    canvas_mask: Mask
    apart: Mask | None = None

    @cached_property
    def ring(self) -> Mask:
        """Canvas pixels that show the picture and must not change."""
        real = self.frame.send_mask(np.ones(self.mask.shape, np.bool_))
        ring: Mask = real & ~self.canvas_mask
        return ring if self.apart is None else ring & ~self.apart


def composite(sent: Sent, result: RGB, exact: bool) -> Patch:
    """The patch that brings `result` (canvas-sized, registered) into the parent.

    Pixels whose canvas did not change keep the parent's value; the rest go back to the parent's profile and depth.
    A result that is not `exact` fades in over FEATHER pixels inside the mask.
    """
    changed = _changed(sent, result, exact) & sent.mask
    box = mask_box(changed)
    if box.empty:
        return Patch(box, np.zeros((0, 0, sent.parent.pixels.shape[2]), sent.parent.pixels.dtype), changed[:0, :0])
    here = box.slices
    rgb = sent.frame.bring_back(result)[here]
    if not exact:
        rgb = _blended(sent.rgb[here], rgb, feather(sent.mask, FEATHER)[here])
    like = sent.parent.pixels[here]
    own = from_srgb(rgb, like, sent.parent.metadata.icc_profile)
    return _tight(Patch(box, own, changed[here]), like, sent.frame.inside)


def feather(mask: Mask, width: float) -> NDArray[np.float32]:
    """Opacity 0..1 that is 0 outside the mask and rises over `width` pixels inside it."""
    if not mask.any():
        return np.zeros(mask.shape, np.float32)
    distance = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    return np.asarray(np.clip(distance / (width + 1), 0, 1), dtype=np.float32)


def _changed(sent: Sent, result: RGB, exact: bool) -> Mask:
    difference = differences(sent.canvas, result)
    if exact:
        return sent.frame.bring_back_mask(difference > 0)
    # Only what lies in the mask may change, with one pixel more on every side: a change below the noise at an edge
    # belongs to the change beside it.
    here = mask_box(sent.canvas_mask).grown(_REACH + 1).clamped(sent.frame.canvas).slices
    lost = difference[sent.ring]
    noise = percentile(np.bincount(lost, minlength=256), 95) if lost.size else 0.0
    weak = (difference[here] > min(noise, _NOISE_CAP)) & sent.canvas_mask[here]
    limit = _softening(sent.canvas, lost, sent.ring)[here] if lost.any() else 0
    changed = np.zeros_like(sent.canvas_mask)
    grown = cv2.dilate(weak.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    changed[here] = _with_a_core(grown, difference[here] > limit)
    return sent.frame.bring_back_mask(changed)


def _softening(canvas: RGB, lost: NDArray[np.uint8], ring: Mask) -> NDArray[np.float32]:
    """The difference up to which a pixel may just have been softened, by how much detail there is round it.

    `lost` are the differences on the ring. Models lose most where there is most to lose; how much, the ring shows,
    where nothing was to change. Detail is looked at as the range of grey levels and as what a blur takes away: a broad
    edge has the range of a hairline and loses far less. The most forgiving one counts.
    """
    limits = [_limit(level, lost, ring) for level in _details(canvas)]
    return np.asarray(np.maximum.reduce(limits), np.float32)


def _details(canvas: RGB) -> Iterator[NDArray[np.uint8]]:
    """Classes of detail at each pixel by either measure, finer detail in a higher class."""
    grey = cv2.cvtColor(canvas, cv2.COLOR_RGB2GRAY)
    wide, near = np.ones((_DETAIL, _DETAIL), np.uint8), np.ones((_NEAR, _NEAR), np.uint8)
    yield np.asarray(cv2.LUT(cv2.dilate(grey, wide) - cv2.erode(grey, wide), _CLASSES), np.uint8)
    for blur in _BLURS:
        fine = cv2.absdiff(grey, cv2.GaussianBlur(grey, (0, 0), blur))
        yield np.asarray(cv2.LUT(cv2.dilate(fine, near), _FINE_CLASSES), np.uint8)


def _limit(level: NDArray[np.uint8], lost: NDArray[np.uint8], ring: Mask) -> NDArray[np.float32]:
    """What each class has lost on the ring. A class that the ring has none of is taken to lose as much as the finest
    that it has."""
    counts = np.bincount(level[ring].astype(np.intp) << 8 | lost, minlength=_MOST_CLASSES << 8)
    limits, known = np.zeros(256, np.float32), 0.0
    for step, here in enumerate(counts.reshape(-1, 256)):
        if here.sum() >= _ENOUGH:
            known = max(known, percentile(here, 99))
        limits[step] = _BEYOND * known
    return np.asarray(cv2.LUT(level, limits), np.float32)


def _with_a_core(weak: Mask, strong: Mask) -> Mask:
    """Those weak pixels that lie within _REACH of a spot that no softening explains; specks are no spots."""
    _, labels, facts, _ = cv2.connectedComponentsWithStats(strong.astype(np.uint8), connectivity=8)
    large = facts[:, cv2.CC_STAT_AREA] >= _CORE
    large[0] = False
    cores = large[labels].astype(np.uint8)
    near: Mask = cv2.dilate(cores, np.ones((2 * _REACH + 1,) * 2, np.uint8)) > 0
    return near & weak


def _blended(under: RGB, over: RGB, opacity: NDArray[np.float32]) -> RGB:
    alpha = opacity[:, :, None]
    return np.rint(under * (1 - alpha) + over * alpha).astype(np.uint8)


def _tight(patch: Patch, like: NDArray[np.unsignedinteger], inside: Box) -> Patch:
    """The patch without pixels that came out as they were, moved to picture coordinates."""
    mask = patch.mask & (patch.pixels != like).any(axis=2)
    box = mask_box(mask)
    where = box.moved(patch.box.x + inside.x, patch.box.y + inside.y) if not box.empty else box
    return Patch(where, patch.pixels[box.slices].copy(), mask[box.slices].copy())
