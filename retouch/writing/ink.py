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
_LEAST_CONTRAST = 30.0  # of 255; a paler mark is a stain or the paper's grain
_SAMPLED = 250_000  # pixels from which the ink's colour and the paper's grain are taken
_BAND = 1_000_000  # pixels that are worked on at a time
_OFF_LEVELS = (22.0, 42.0)  # the same in levels of 255, for what is paler than three quarters of black ink
_COLOURLESS = 40.0  # levels by which the channels of black or grey ink differ at most
_OFF_COLOUR = (0.3, 0.6)  # off-line over along-line distance: kept up to the first, gone from the second


def coverage(rgb: RGB) -> Coverage:
    """Ink coverage of a picture or a crop, float32 (height, width), 0 paper to 1 full ink.

    Paper is estimated locally, so that shading and stains do not count. The ink is the colour that differs most in
    lightness from the paper, dark on light or light on dark. What lies off the line from paper to ink in colour, a red
    seal or a drawn frame beside black writing, is damped; coloured writing that is alone on its picture is ink.
    """
    dark = dark_on_light(rgb)
    levels = _paper_levels(rgb, dark)
    ink, floor, many = _ink_of(rgb, levels, dark)
    full = float(np.linalg.norm(ink))
    black = np.ptp(np.median(levels, axis=(0, 1)) - (ink if dark else -ink)) < _COLOURLESS
    pale = 0.75 * full if black else np.inf  # with black ink a brown frame is told by its cast, with coloured ink not
    out = np.empty(rgb.shape[:2], dtype=np.float32)
    rows = max(1, _BAND // max(1, rgb.shape[1]))
    for top in range(0, rgb.shape[0], rows):  # in bands, so that a large page needs little memory
        away = _away(rgb, levels, dark, top, min(rgb.shape[0], top + rows))
        along = np.asarray(cv2.transform(away, (ink / full).reshape(1, 3)), dtype=np.float32)
        covered = np.clip((along - floor) / (full - floor), 0, 1)
        out[top : top + rows] = covered * _on_colour(away, along, pale) if many else covered
    return out


def dark_on_light(rgb: RGB) -> bool:
    """True where the writing is darker than what it stands on: ink is the rarer of the two."""
    grey = _sample(rgb) @ _GREY
    low, middle, high = np.percentile(grey, (3, 50, 97))
    return bool(middle - low >= high - middle)


def paper_colour(rgb: RGB, dark: bool = True) -> NDArray[np.float32]:
    """The bare paper under the writing, float32 (height, width, 3) in 0..255: a high percentile of each block of the
    picture, smoothed. Blocks are about a tenth of the shorter side, wider than any stroke."""
    return _spread(_paper_levels(rgb, dark), rgb.shape[1], rgb.shape[0], 0, rgb.shape[0])


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


def _paper_levels(rgb: RGB, dark: bool) -> NDArray[np.float32]:
    """The paper's colour in a grid of blocks, float32 (rows, columns, 3)."""
    height, width = rgb.shape[:2]
    scale = min(1.0, 400.0 / max(height, width))
    block = max(8, round(min(height, width) * scale) // 10)
    rows, columns = max(1, round(height * scale) // block), max(1, round(width * scale) // block)
    small = cv2.resize(rgb, (columns * block, rows * block), interpolation=cv2.INTER_AREA)
    blocks = small.reshape(rows, block, columns, block, 3).swapaxes(1, 2).reshape(rows, columns, block * block, 3)
    grey = blocks.astype(np.float32) @ (_GREY if dark else -_GREY)
    # the median colour of the lightest (darkest) third: strokes seldom cover more of a block
    lightest = np.argpartition(grey, 2 * block * block // 3, axis=2)[:, :, 2 * block * block // 3 :]
    paper = np.take_along_axis(blocks, lightest[..., None], axis=2)
    levels = np.asarray(np.median(paper, axis=2), dtype=np.float32)
    return np.asarray(cv2.medianBlur(levels, 3) if rows > 2 and columns > 2 else levels, dtype=np.float32)


def _spread(
    levels: NDArray[np.float32], width: int, height: int, top: int, bottom: int, step: int = 1
) -> NDArray[np.float32]:
    """Rows `top` to `bottom` of the grid of paper colours brought to the picture's size, bilinear; each `step`-th pixel
    of them."""
    sx, sy = levels.shape[1] / width, levels.shape[0] / height
    matrix = np.array([[sx * step, 0, sx / 2 - 0.5], [0, sy * step, sy * (top + 0.5) - 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (-(-width // step), -(-(bottom - top) // step))
    return np.asarray(
        cv2.warpAffine(levels, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), dtype=np.float32
    )


def _away(rgb: RGB, levels: NDArray[np.float32], dark: bool, top: int, bottom: int) -> NDArray[np.float32]:
    """How far rows `top` to `bottom` are from the paper, towards ink, float32 (rows, width, 3)."""
    paper = _spread(levels, rgb.shape[1], rgb.shape[0], top, bottom)
    here = rgb[top:bottom]
    return paper - here if dark else here - paper


def _ink_of(rgb: RGB, levels: NDArray[np.float32], dark: bool) -> tuple[NDArray[np.float32], float, bool]:
    """From a sample of pixels: median colour difference of paper and full ink (never shorter than the least contrast),
    the length along it up to which there is only grain, and whether there are other colours on the picture."""
    step = max(1, int((rgb.shape[0] * rgb.shape[1] / _SAMPLED) ** 0.5))
    paper = _spread(levels, rgb.shape[1], rgb.shape[0], 0, rgb.shape[0], step)
    away = (paper - rgb[::step, ::step] if dark else rgb[::step, ::step] - paper).reshape(-1, 3)
    lightness = away @ _GREY
    strongest = max(float(np.percentile(lightness, 99.5)), _LEAST_CONTRAST)
    full = away[lightness > 0.7 * strongest]
    ink = np.median(full, axis=0) if len(full) >= 4 else np.full(3, strongest)
    length = float(np.linalg.norm(ink))
    along = away @ (ink / length)
    bare = along[along < 0.3 * length]
    grain = 1.4826 * float(np.median(np.abs(bare))) if bare.size else 0.0
    many = np.ptp(ink) >= 12 or float(np.percentile(np.ptp(away, axis=1), 99.9)) >= 25
    # the grain is cut off at three of its deviations, at most 15 %
    return np.asarray(ink, dtype=np.float32), min(3 * grain, 0.15 * length), bool(many)


def _on_colour(away: NDArray[np.float32], along: NDArray[np.float32], pale: float) -> NDArray[np.float32]:
    """1 where a pixel is a mixture of paper and ink, falling to 0 where its colour is another; up to a length of `pale`
    along the line a plain colour cast is enough."""
    square = cv2.transform(cv2.multiply(away, away), np.ones((1, 3), dtype=np.float32))
    off = np.sqrt(np.maximum(square - along * along, 0))
    low, high = _OFF_COLOUR
    kept = (high - off / np.maximum(along, 1)) / (high - low)
    if np.isfinite(pale):
        low, high = _OFF_LEVELS
        kept = np.minimum(kept, np.where(along > pale, 1, (high - off) / (high - low)))
    return np.asarray(np.clip(kept, 0, 1), dtype=np.float32)
