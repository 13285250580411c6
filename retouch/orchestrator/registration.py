"""Undoing what generative editors do to pixels they should have kept: a shift, a slow zoom, a tint.

Everything is estimated on the ring, the pixels that must not have changed, and applied to the whole canvas.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB

MAX_SHIFT_LEFT = 0.5
"""Pixels of movement that may be left after registration; more shows as a doubled edge at the region's border."""
MAX_BEND_LEFT = 1.0
"""Pixels by which any part of the ring may still be off: parts that slid different ways cancel out in the mean."""
MAX_TINT_LEFT = 1.0
"""Grey levels of mean difference that may be left in any channel."""
_MAX_ZOOM = 0.2
"""A zoom beyond ±20 % or a shift beyond 20 % of the canvas is no registration error but another picture."""
_COARSE = 384
"""Longer side at which the transform is estimated; ECC finds a fiftieth of a pixel there."""
_MAX_SHEAR = 0.03
"""Models move, zoom and, by rounding sides to multiples of 32, stretch by up to 2.2 % (measured on the Qwen pipelines);
an estimate that shears or stretches more fits something else."""
_PARTS = 4
"""Parts of the ring, along and across, that are looked at singly."""
_EXPLAINED = 0.3
"""Share of a part's difference that a movement must explain to be one."""
_STRUCTURE = 2.0
"""Standard deviation of grey levels below which a ring is blank, so that movement cannot be seen on it."""

_FAINT = 0.4
"""Standard deviation of grey levels from which the texture of blank paper is worth looking at."""
_AGREEMENT = 0.6
"""Correlation from which a faint texture is believed to show a movement."""

Grey = NDArray[np.float32]
Mask = NDArray[np.bool_]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Registration:
    """What was found and undone, and what is left. Shifts in canvas pixels, tints in grey levels."""

    shift: tuple[float, float] = (0.0, 0.0)
    zoom: float = 1.0
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    shift_left: float = 0.0
    bend_left: float = 0.0
    """The largest movement of any part of the ring."""
    tint_left: float = 0.0
    structured: bool = True
    """False where the ring is blank and no movement can be seen."""

    @property
    def good(self) -> bool:
        still = self.shift_left <= MAX_SHIFT_LEFT and self.bend_left <= MAX_BEND_LEFT
        return still and self.tint_left <= MAX_TINT_LEFT

    def evidence(self) -> dict[str, Any]:
        """The figures as JSON, rounded."""
        return {key: _rounded(value) for key, value in asdict(self).items()}


def register(sent: RGB, result: RGB, ring: Mask) -> tuple[RGB, Registration]:
    """`result` moved and tinted back on `sent` (both uint8 height × width × 3); `ring` bool marks what was to be kept.

    Returns the corrected picture and the record; `good` of it is False where the correction did not succeed.
    """
    if int(ring.sum()) < 64:
        return result, Registration(structured=False)
    target = _grey(sent)
    spread = float(target[ring].std())
    rest = np.eye(2, 3, dtype=np.float32)
    warp = _estimate(target, _grey(result), ring) if spread >= _FAINT else rest
    structured = spread >= _STRUCTURE or (spread >= _FAINT and _agrees(target, _grey(result), ring, warp))
    warp = warp if structured else rest
    moved = _warped(result, warp)
    valid = ring & _covered(ring, warp)
    gain, offset = _tint(sent, moved, valid)
    corrected = _tinted(moved, gain, offset)
    # Where the warp brought nothing from the editor, the sent pixels stand in.
    corrected[~_covered(ring, warp)] = sent[~_covered(ring, warp)]
    left = _remaining_shift(target, _grey(corrected), valid) if structured else 0.0
    centre = np.array([sent.shape[1] / 2, sent.shape[0] / 2, 1.0])
    shift = warp @ centre - centre[:2]
    record = Registration(
        shift=(float(shift[0]), float(shift[1])),
        zoom=float(np.sqrt(max(np.linalg.det(warp[:, :2]), 0.0))),
        gain=_three(gain),
        offset=_three(offset),
        shift_left=left,
        bend_left=_bend(target, _grey(corrected), valid) if structured else 0.0,
        tint_left=_tint_left(sent, corrected, valid),
        structured=structured,
    )
    return corrected, record


def _agrees(target: Grey, moved: Grey, ring: Mask, warp: NDArray[np.float32]) -> bool:
    """True if the warped ring is the same faint texture: noise of its own agrees with nothing wherever it is put."""
    return _difference(target, _warped_grey(moved, warp), ring & _covered(ring, warp)) <= 1 - _AGREEMENT


def _estimate(target: Grey, moved: Grey, ring: Mask) -> NDArray[np.float32]:
    """The affine map (2×3) from canvas pixels of `moved` to those of `target`; the identity where none is found."""
    scale = min(1.0, _COARSE / max(target.shape))
    warp = _climb(_shrunk(target, scale), _shrunk(moved, scale), _shrunk_mask(ring, scale))
    warp[:, 2] /= scale
    if not _plausible(warp, target.shape):
        return np.eye(2, 3, dtype=np.float32)
    if scale < 1 and _remaining_shift(target, _warped_grey(moved, warp), ring) > MAX_SHIFT_LEFT / 4:
        refined = _ecc(target, moved, ring, warp, rounds=15)
        warp = refined if refined is not None and _plausible(refined, target.shape) else warp
    return warp


def _climb(target: Grey, moved: Grey, ring: Mask) -> NDArray[np.float32]:
    """First the shift by phase correlation, then an affine map by ECC from there, and from rest; the better one."""
    rest = np.eye(2, 3, dtype=np.float32)
    start = rest.copy()
    start[:, 2] = _phase_shift(target, moved, ring)
    found = [w for s in (start, rest) if (w := _ecc(target, moved, ring, s, rounds=60)) is not None]
    candidates = [rest, *found]
    return min(candidates, key=lambda w: _difference(target, _warped_grey(moved, w), ring & _covered(ring, w)))


def _ecc(target: Grey, moved: Grey, ring: Mask, start: NDArray[np.float32], rounds: int) -> NDArray[np.float32] | None:
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


def _remaining_shift(target: Grey, moved: Grey, ring: Mask) -> float:
    """Length in pixels of the least-squares shift between two nearly registered canvases (one Lucas-Kanade step)."""
    inner = cv2.erode(ring.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if int(inner.sum()) < 64:
        return 0.0
    dx = cv2.Sobel(target, cv2.CV_32F, 1, 0, scale=1 / 8)[inner].astype(np.float64)
    dy = cv2.Sobel(target, cv2.CV_32F, 0, 1, scale=1 / 8)[inner].astype(np.float64)
    error = (moved - target)[inner].astype(np.float64)
    normal = np.array([[dx @ dx, dx @ dy], [dx @ dy, dy @ dy]])
    if np.linalg.det(normal) < 1e-6:
        return 0.0
    return float(np.hypot(*np.linalg.solve(normal, np.array([dx @ error, dy @ error]))))


def _bend(target: Grey, moved: Grey, ring: Mask) -> float:
    """The largest movement in pixels of any of the ring's parts that can be told from noise and from other changes."""
    inner = cv2.erode(ring.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    slopes = [cv2.Sobel(target, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1))]
    rows, columns = (np.linspace(0, side, _PARTS + 1).astype(int) for side in target.shape)
    worst = 0.0
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            part = np.s_[top:bottom, left:right]
            kept = inner[part]
            if int(kept.sum()) >= 256:
                found = [slope[part][kept].astype(np.float64) for slope in slopes]
                worst = max(worst, _moved(found[0], found[1], (moved - target)[part][kept].astype(np.float64)))
    return worst


def _moved(dx: Values, dy: Values, error: Values) -> float:
    """Length of the shift that explains `error` beside an offset; 0 where it explains too little of it."""
    basis = np.stack([dx, dy, np.ones_like(dx)], axis=1)
    normal = basis.T @ basis
    spread = float(error.var())
    if np.linalg.det(normal[:2, :2]) < 1e-3 * max(float(np.trace(normal[:2, :2])), 1.0) ** 2 or spread < _STRUCTURE:
        return 0.0
    found = np.linalg.solve(normal, basis.T @ error)
    explained = 1 - float((error - basis @ found).var()) / spread
    return float(np.hypot(found[0], found[1])) if explained >= _EXPLAINED else 0.0


def _tint(sent: RGB, moved: RGB, ring: Mask) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Gain and offset per channel that take `moved` to `sent` on the ring; outliers (3 deviations) left out."""
    gain, offset = np.ones(3), np.zeros(3)
    for channel in range(3):
        x, y = moved[ring][:, channel].astype(np.float64), sent[ring][:, channel].astype(np.float64)
        for _ in range(2):
            spread = float(x.var())
            g = float(((x - x.mean()) * (y - y.mean())).mean() / spread) if spread > _STRUCTURE**2 else 1.0
            gain[channel] = min(max(g, 0.5), 2.0)
            offset[channel] = float(y.mean() - gain[channel] * x.mean())
            error = np.abs(gain[channel] * x + offset[channel] - y)
            kept = error <= 3 * max(float(error.std()), 1.0)
            x, y = x[kept], y[kept]
    return gain, offset


def _tinted(pixels: RGB, gain: NDArray[np.float64], offset: NDArray[np.float64]) -> RGB:
    steps = np.arange(256)[:, None] * gain + offset
    table = np.clip(np.rint(steps), 0, 255).astype(np.uint8)
    return np.stack([table[pixels[:, :, c], c] for c in range(3)], axis=2)


def _tint_left(sent: RGB, corrected: RGB, ring: Mask) -> float:
    return float(np.abs(corrected[ring].mean(axis=0) - sent[ring].mean(axis=0)).max()) if ring.any() else 0.0


def _warped(pixels: RGB, warp: NDArray[np.float32]) -> RGB:
    if _still(warp, pixels.shape):
        return pixels.copy()
    size = (pixels.shape[1], pixels.shape[0])
    moved = cv2.warpAffine(pixels, warp, size, flags=cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)


def _warped_grey(grey: Grey, warp: NDArray[np.float32]) -> Grey:
    size = (grey.shape[1], grey.shape[0])
    moved = cv2.warpAffine(grey, warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.float32)


def _covered(ring: Mask, warp: NDArray[np.float32]) -> Mask:
    """Where the warped result has pixels of its own."""
    if _still(warp, ring.shape):
        return np.ones(ring.shape, dtype=np.bool_)
    full = np.ones(ring.shape, np.float32)
    covered: Mask = cv2.warpAffine(full, warp, (ring.shape[1], ring.shape[0])) > 0.999
    return covered


def _still(warp: NDArray[np.float32], shape: tuple[int, ...]) -> bool:
    """True if no corner moves by a twentieth of a pixel: resampling would cost more than it gives."""
    return bool(np.abs(_corner_moves(warp, shape)).max() < 0.05)


def _plausible(warp: NDArray[np.float32], shape: tuple[int, ...]) -> bool:
    moves = np.abs(_corner_moves(warp, shape))
    if not np.isfinite(warp).all() or moves.max() >= _MAX_ZOOM * max(shape[:2]):
        return False
    (a, b), (c, d) = warp[:, :2].astype(np.float64)
    # What is left of the map when its turn and its zoom are taken out.
    return bool(np.hypot(a - d, b + c) <= _MAX_SHEAR)


def _corner_moves(warp: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float64]:
    height, width = shape[:2]
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], dtype=np.float64).T
    return np.asarray(warp.astype(np.float64) @ corners - corners[:2])


def _difference(target: Grey, moved: Grey, ring: Mask) -> float:
    """Mean squared difference on the ring after the best gain and offset: a tint must not hide a good fit."""
    x, y = moved[ring].astype(np.float64), target[ring].astype(np.float64)
    if x.size < 64 or x.std() < 1e-6:
        return float("inf")
    correlation = float(np.corrcoef(x, y)[0, 1])
    return 1 - correlation


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


def _grey(pixels: RGB) -> Grey:
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)


def _three(values: NDArray[np.float64]) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])


def _rounded(value: Any) -> Any:
    if isinstance(value, tuple):
        return [round(v, 3) for v in value]
    return round(value, 3) if isinstance(value, float) else value
