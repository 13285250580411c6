"""Ink: how much of each pixel is covered by writing, whatever the paper, the ink and the light are."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.geometry import Box

Coverage = NDArray[np.float32]
"""(height, width), 0 is bare paper, 1 is full ink."""

_GREY = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601 luma
_LEAST_CONTRAST = 30.0  # of 255; below it there is no ink, only paper grain (its deviation is 2 to 8 on scanned paper)
_OFF_COLOUR = (0.3, 0.6)  # off-line over along-line distance: kept up to the first, gone from the second


def coverage(rgb: RGB) -> Coverage:
    """Ink coverage of a picture or a crop, float32 (height, width), 0 paper to 1 full ink.

    Paper is estimated locally, so that shading and stains do not count. The ink is the colour that differs most in
    lightness from the paper, dark on light or light on dark. What lies off the line from paper to ink in colour, a red
    seal or a drawn frame beside black writing, is damped; coloured writing that is alone on its picture is ink.
    """
    dark = dark_on_light(rgb)
    paper = paper_colour(rgb, dark)
    away = rgb.astype(np.float32)
    np.subtract(paper, away, out=away)
    if not dark:
        np.negative(away, out=away)
    ink = _ink_vector(away)
    along = np.asarray(cv2.transform(away, (ink / np.linalg.norm(ink)).reshape(1, 3)), dtype=np.float32)
    covered = _normalised(along, float(np.linalg.norm(ink)))
    return np.asarray(covered * _on_colour(away, along, ink), dtype=np.float32)


def dark_on_light(rgb: RGB) -> bool:
    """True where the writing is darker than what it stands on: ink is the rarer of the two."""
    grey = _sample(rgb) @ _GREY
    low, middle, high = np.percentile(grey, (3, 50, 97))
    return bool(middle - low >= high - middle)


def paper_colour(rgb: RGB, dark: bool = True) -> NDArray[np.float32]:
    """The bare paper under the writing, float32 (height, width, 3) in 0..255: a high percentile of each block of the
    picture, smoothed. Blocks are about a tenth of the shorter side, wider than any stroke."""
    height, width = rgb.shape[:2]
    scale = min(1.0, 400.0 / max(height, width))
    shape = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = np.asarray(cv2.resize(rgb, shape, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    block = max(8, min(small.shape[:2]) // 10)
    rows, columns = max(1, small.shape[0] // block), max(1, small.shape[1] // block)
    levels = np.empty((rows, columns, 3), dtype=np.float32)
    for r, band in enumerate(np.array_split(small, rows, axis=0)):
        for c, cell in enumerate(np.array_split(band, columns, axis=1)):
            levels[r, c] = _paper_level(cell.reshape(-1, 3), dark)
    if rows > 2 and columns > 2:
        levels = cv2.medianBlur(levels, 3)
    return np.asarray(cv2.resize(levels, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def strokes(coverage: Coverage) -> NDArray[np.bool_]:
    """Binary ink: Otsu's threshold, held between .3 and .5 so that pale strokes count and grain does not."""
    if coverage.size == 0:
        return np.zeros(coverage.shape, dtype=np.bool_)
    scaled = np.asarray(np.clip(coverage, 0, 1) * 255, dtype=np.uint8)
    level, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return np.asarray(coverage > min(0.5, max(0.3, level / 255)), dtype=np.bool_)


def ink_box(coverage: Coverage, threshold: float = 0.4) -> Box | None:
    """The tightest box round the ink, specks below 1 % of all ink left out; None where there is no ink."""
    if coverage.size == 0:
        return None
    mask = np.asarray(coverage > threshold, dtype=np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return None
    parts = stats[1:]
    kept = parts[parts[:, cv2.CC_STAT_AREA] >= 0.01 * parts[:, cv2.CC_STAT_AREA].sum()]
    left, top, width, height = (kept[:, i] for i in range(4))
    return Box.between(int(left.min()), int(top.min()), int((left + width).max()), int((top + height).max()))


def _sample(rgb: RGB, most: int = 60_000) -> NDArray[np.float32]:
    step = max(1, int((rgb.shape[0] * rgb.shape[1] / most) ** 0.5))
    return np.asarray(rgb[::step, ::step].reshape(-1, 3), dtype=np.float32)


def _paper_level(pixels: NDArray[np.uint8], dark: bool) -> NDArray[np.float32]:
    """The median colour of the lightest (darkest) third: strokes seldom cover more of a block."""
    grey = pixels.astype(np.float32) @ _GREY
    edge = np.percentile(grey, 67 if dark else 33)
    paper = pixels[grey >= edge] if dark else pixels[grey <= edge]
    return np.asarray(np.median(paper, axis=0), dtype=np.float32)


def _ink_vector(away: NDArray[np.float32]) -> NDArray[np.float32]:
    """Median colour difference of paper and full ink; never shorter than the least contrast."""
    step = max(1, int((away.shape[0] * away.shape[1] / 250_000) ** 0.5))
    sample = away[::step, ::step].reshape(-1, 3)
    lightness = sample @ _GREY
    strongest = max(float(np.percentile(lightness, 99.5)), _LEAST_CONTRAST)
    full = sample[lightness > 0.7 * strongest]
    if len(full) < 4:
        return np.full(3, strongest, dtype=np.float32)
    return np.asarray(np.median(full, axis=0), dtype=np.float32)


def _normalised(along: NDArray[np.float32], full: float) -> NDArray[np.float32]:
    """Contrast over full contrast, with the paper's grain cut off at three of its deviations (at most 15 %)."""
    step = max(1, int((along.size / 250_000) ** 0.5))
    sample = along[::step, ::step]
    paper = sample[sample < 0.3 * full]
    grain = 1.4826 * float(np.median(np.abs(paper))) if paper.size else 0.0
    floor = min(3 * grain, 0.15 * full)
    return np.asarray(np.clip((along - floor) / (full - floor), 0, 1), dtype=np.float32)


def _on_colour(
    away: NDArray[np.float32], along: NDArray[np.float32], ink: NDArray[np.float32]
) -> NDArray[np.float32] | np.float32:
    """1 where a pixel is a mixture of paper and ink, falling to 0 where its colour is another."""
    spread = np.ptp(away[::4, ::4], axis=2) if away.size else np.zeros(0)
    if np.ptp(ink) < 12 and (spread.size == 0 or np.percentile(spread, 99.9) < 25):
        return np.float32(1)  # a grey picture has no other colours
    square = cv2.transform(cv2.multiply(away, away), np.ones((1, 3), dtype=np.float32))
    off = np.sqrt(np.maximum(square - along * along, 0)) / np.maximum(along, 1)
    low, high = _OFF_COLOUR
    return np.asarray(np.clip((high - off) / (high - low), 0, 1), dtype=np.float32)
