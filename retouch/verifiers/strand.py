"""What an edit left of thin things, such as a hair: compared with the ground that showed beside them before it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB

Lab = NDArray[np.float32]
"""(height, width, 3) in CIELAB."""
Mask = NDArray[np.bool_]

THICK = 13
"""Width in pixels up to which something is thin: a median over twice as much takes it away."""
CONTRAST = 8.0
"""Distance in CIELAB from the ground from which a line shows; the grain of paper and of photographs stays below 5."""
_CLEAR = 2.0
"""The same over the grain of this ground (95th percentile)."""
_LONG, _LARGE = 10, 12
"""Length or area in pixels from which a blot is a thing and no grain."""
RESIDUE = 4.0
"""Distance of the smoothed picture from the ground that the eye sees as a trace; a just noticeable difference of
colours side by side is 2.3 (Mahy et al. 1994), and inpainting's own unevenness stays below 3."""
_SMOOTH, _NEAR = 1.2, 6.0
"""Sigmas in pixels that even out grain, and over which the ground beside a strand tells what is behind it."""
_ASIDE, _STRIDE = 9, 3
"""How far to each side, and at which steps, in pixels, another ground may be that goes on behind a strand."""
_UNEVEN = 2.1
"""Mean distance in CIELAB of the ground from its own mean nearby, from which one mean does not tell it."""
_SOUND = 0.5
"""Share of bare pixels under the smoothing from which they tell the ground."""
_CHANGED = 2.0
"""Difference in CIELAB between before and after from which a pixel counts as edited."""


@dataclass(frozen=True, slots=True)
class Strand:
    """What became of thin things: `area` in pixels before, the share of it that is `left`, and `smeared`, the edited
    pixels beside them that are no ground, over `area`."""

    area: int
    left: float
    smeared: float


def strand(before: RGB, after: RGB, mask: Mask) -> Strand | None:
    """The thin things of `before` in the mask, as they are in `after` (uint8, one size); None where there is none."""
    old, new = _lab(before), _lab(after)
    thing = _things(before, old, mask)
    if not thing.any():
        return None
    wide = cv2.dilate(thing.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    bare = ~(wide | _things(before, old, np.ones_like(mask)))
    if not bare.any():
        return None
    expected = _ground(old, bare)
    smooth, ground = _even(new, np.ones_like(bare)), _even(old, bare)
    off = np.linalg.norm(smooth - expected, axis=2)
    uneven = np.linalg.norm(ground - expected, axis=2)
    off = np.where(_level(uneven, bare) > _UNEVEN, np.minimum(off, _from_nearest(smooth, ground, bare)), off)
    usual = uneven[bare & _near(wide)]
    trace = off > max(RESIDUE, 1.5 * float(np.percentile(usual, 95)) if usual.size else RESIDUE)
    edited = mask & ~wide & (np.linalg.norm(new - old, axis=2) > _CHANGED)
    area = int(thing.sum())
    return Strand(area, float(trace[thing].mean()), float((trace & edited).sum()) / area)


def _things(rgb: RGB, lab: Lab, mask: Mask) -> Mask:
    """The pixels of thin things in the mask: lines and small blots that differ from what lies round them."""
    side = min(2 * THICK + 1, (min(rgb.shape[:2]) - 1) // 2 * 2 + 1)
    apart = np.linalg.norm(lab - _lab(np.asarray(cv2.medianBlur(rgb, side), np.uint8)), axis=2)
    grain = float(np.percentile(apart, 80))
    shown = (apart > max(CONTRAST, _CLEAR * grain)) & mask
    _, labels, stats, _ = cv2.connectedComponentsWithStats(shown.astype(np.uint8), connectivity=8)
    longest = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    kept = (longest >= _LONG) & (stats[:, cv2.CC_STAT_AREA] >= _LARGE)
    kept[0] = False
    return np.asarray(kept[labels])


def _ground(lab: Lab, bare: Mask) -> Lab:
    """What the bare pixels show, carried on under the others from the nearest of them."""
    weight = bare.astype(np.float32)
    total = cv2.GaussianBlur(lab * weight[..., None], (0, 0), _NEAR)
    share = cv2.GaussianBlur(weight, (0, 0), _NEAR)
    mean = lab[bare].mean(axis=0)
    near = total / np.maximum(share, 1e-6)[..., None]
    return np.where(share[..., None] > 1e-3, near, mean).astype(np.float32)


def _even(lab: Lab, bare: Mask) -> Lab:
    """The bare pixels without their grain."""
    weight = bare.astype(np.float32)
    share = np.maximum(cv2.GaussianBlur(weight, (0, 0), _SMOOTH), 1e-6)
    return np.asarray(cv2.GaussianBlur(lab * weight[..., None], (0, 0), _SMOOTH) / share[..., None], np.float32)


def _level(uneven: NDArray[np.float32], bare: Mask) -> NDArray[np.float32]:
    """How uneven the bare ground is round each pixel."""
    weight = bare.astype(np.float32)
    share = np.maximum(cv2.GaussianBlur(weight, (0, 0), _NEAR), 1e-6)
    return np.asarray(cv2.GaussianBlur(uneven * weight, (0, 0), _NEAR) / share, np.float32)


def _from_nearest(smooth: Lab, ground: Lab, bare: Mask) -> NDArray[np.float32]:
    """Distance of each pixel to the likest ground a few pixels beside it: where two grounds meet, either may go on."""
    clear = cv2.GaussianBlur(bare.astype(np.float32), (0, 0), _SMOOTH) >= _SOUND
    ground = np.where(clear[..., None], ground, np.inf).astype(np.float32)
    least = np.full(bare.shape, np.inf, np.float32)
    padded = np.pad(ground, ((_ASIDE, _ASIDE), (_ASIDE, _ASIDE), (0, 0)), constant_values=np.inf)
    height, width = bare.shape
    for dy in range(0, 2 * _ASIDE + 1, _STRIDE):
        for dx in range(0, 2 * _ASIDE + 1, _STRIDE):
            away = np.linalg.norm(smooth - padded[dy : dy + height, dx : dx + width], axis=2)
            np.minimum(least, away, out=least)
    return least


def _near(wide: Mask) -> Mask:
    return np.asarray(cv2.dilate(wide.astype(np.uint8), np.ones((31, 31), np.uint8)) > 0)


def _lab(rgb: RGB) -> Lab:
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB), np.float32)
