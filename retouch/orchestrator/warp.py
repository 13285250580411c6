"""The affine map between the canvas that was sent and the one that came back."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.orchestrator.canvas import Grey, Mask

MAX_MOVE = 0.2
"""A move of a corner by more than this share of the canvas is no registration error but another picture."""
_COARSE = (96, 384)
"""Longer sides at which the map is estimated, one after the other; ECC finds a fiftieth of a pixel at the last."""
_ROUNDS = (60, 25)
_MAX_SHEAR = 0.03
"""Models move, zoom and, by rounding sides to multiples of 32, stretch by up to 2.2 % (measured on the Qwen pipelines);
an estimate that shears or stretches more fits something else."""

Warp = NDArray[np.float32]


def at_rest() -> Warp:
    """The map that moves nothing."""
    return np.eye(2, 3, dtype=np.float32)


def warped(pixels: RGB, warp: Warp) -> RGB:
    """The pixels moved by the map; themselves where it moves nothing worth resampling for."""
    if still(warp, pixels.shape):
        return pixels
    size = (pixels.shape[1], pixels.shape[0])
    moved = cv2.warpAffine(pixels, warp, size, flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)


def warped_grey(grey: Grey, warp: Warp) -> Grey:
    """The same for an estimate."""
    size = (grey.shape[1], grey.shape[0])
    moved = cv2.warpAffine(grey, warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.float32)


def covered(shape: tuple[int, ...], warp: Warp) -> Mask:
    """Where the moved pixels come from the editor, and not from beyond its canvas."""
    if still(warp, shape):
        return np.ones(shape[:2], dtype=np.bool_)
    full = np.ones(shape[:2], np.float32)
    inside: Mask = cv2.warpAffine(full, warp, (shape[1], shape[0])) > 0.999
    return inside


def still(warp: Warp, shape: tuple[int, ...]) -> bool:
    """True if no corner moves by a twentieth of a pixel: resampling would cost more than it gives."""
    return bool(np.abs(corner_moves(warp, shape)).max() < 0.05)


def corner_moves(warp: Warp, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """How far the canvas's corners move, (2, 4) pixels."""
    height, width = shape[:2]
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], dtype=np.float64).T
    return np.asarray(warp.astype(np.float64) @ corners - corners[:2])


def plausible(warp: Warp, shape: tuple[int, ...], most: float = MAX_MOVE) -> bool:
    """True if the map moves no corner by more than that share of the longer side, and does not shear."""
    moves = np.abs(corner_moves(warp, shape))
    if not np.isfinite(warp).all() or moves.max() >= most * max(shape[:2]):
        return False
    (a, b), (c, d) = warp[:, :2].astype(np.float64)
    # What is left of the map when its turn and its zoom are taken out.
    return bool(np.hypot(a - d, b + c) <= _MAX_SHEAR)


def estimate(target: Grey, moved: Grey, ring: Mask) -> Warp:
    """The affine map (2×3) from canvas pixels of `moved` to those of `target`; at rest where none is found."""
    warp = at_rest()
    for longest, rounds in zip(_COARSE, _ROUNDS, strict=True):
        scale = min(1.0, longest / max(target.shape))
        small = _shrunk(target, scale), _shrunk(moved, scale), _shrunk_mask(ring, scale)
        start = warp.copy()
        start[:, 2] *= scale
        found = _climb(*small, start, rounds)
        found[:, 2] /= scale
        warp = found if plausible(found, target.shape) else warp
    return warp


def refined(target: Grey, moved: Grey, ring: Mask, warp: Warp) -> Warp:
    """A near estimate made finer on the whole canvas."""
    found = _ecc(target, moved, ring, warp, rounds=15)
    return found if found is not None and plausible(found, target.shape) else warp


def difference(target: Grey, moved: Grey, ring: Mask) -> float:
    """1 - correlation on the ring: the difference after the best gain and offset, for a tint must not hide a fit."""
    x, y = moved[ring].astype(np.float64), target[ring].astype(np.float64)
    if x.size < 64 or x.std() < 1e-6:
        return float("inf")
    correlation = float(np.corrcoef(x, y)[0, 1])
    return 1 - correlation


def _climb(target: Grey, moved: Grey, ring: Mask, start: Warp, rounds: int) -> Warp:
    """An affine map by ECC from `start`, from the shift that phase correlation finds, and from rest; the best one."""
    rest, phase = at_rest(), at_rest()
    starts = [start]
    if still(start, target.shape):
        phase[:, 2] = _phase_shift(target, moved, ring)
        starts = [phase, rest]
    found = [w for s in starts if (w := _ecc(target, moved, ring, s, rounds)) is not None]
    candidates = [rest, start, *found]
    return min(candidates, key=lambda w: difference(target, warped_grey(moved, w), ring & covered(ring.shape, w)))


def _ecc(target: Grey, moved: Grey, ring: Mask, start: Warp, rounds: int) -> Warp | None:
    """Enhanced correlation coefficient maximisation (Evangelidis and Psarakis 2008); None if it does not converge."""
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, rounds, 1e-6)
    try:
        # The mask belongs to the input image, so the sent canvas is the input and the result the template.
        _, warp = cv2.findTransformECC(
            moved, target, start.copy(), cv2.MOTION_AFFINE, criteria, ring.astype(np.uint8), 5
        )
    except cv2.error:
        return None  # "the algorithm stopped before its convergence": another start may do, rest is always tried
    return np.asarray(warp, dtype=np.float32)


def _phase_shift(target: Grey, moved: Grey, ring: Mask) -> tuple[float, float]:
    """Whole-canvas shift from `moved` to `target` by phase correlation, the region filled with the ring's mean."""
    window = cv2.createHanningWindow((target.shape[1], target.shape[0]), cv2.CV_32F)
    flat = [np.where(ring, g - g[ring].mean(), 0).astype(np.float32) for g in (moved, target)]
    (dx, dy), response = cv2.phaseCorrelate(flat[0], flat[1], window)
    return (dx, dy) if response > 0.05 else (0.0, 0.0)


def _shrunk(grey: Grey, scale: float) -> Grey:
    if scale == 1:
        return grey
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float32)


def _shrunk_mask(ring: Mask, scale: float) -> Mask:
    """Only where every pixel belongs to the ring."""
    if scale == 1:
        return ring
    share = cv2.resize(ring.astype(np.float32), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(share) > 0.999
