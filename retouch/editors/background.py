"""The background under removed ink: its slow shading filled in from around, its texture continued from elsewhere."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.geometry import Box
from retouch.patch import mask_box

Field = NDArray[np.float32]
"""(height, width, channels), values in the picture's own range."""
Mask = NDArray[np.bool_]

_SHADING = 4.0
"""Sigma in pixels that parts shading from texture; paper grain and JPEG blocks lie below it."""
_CANDIDATES = 16
_SMALLEST = 8
"""Side of the smallest tile in pixels: smaller ones carry grain but no texture."""
_NEAR = 8
"""How far from the hole, in pixels, noise is measured."""
_LEAST_SOURCES = 12
"""With fewer places to copy texture from, its repetition would show; noise is used instead."""


def continue_background(canvas: RGB, hole: Mask, known: Mask, seed: int = 0) -> RGB:
    """`canvas` with the pixels of `hole` replaced by background; all others are returned as they are.

    `known` tells which pixels are bare background and may be copied from. The same input gives the same bytes.
    """
    if not hole.any():
        return canvas.copy()
    known = known & ~hole
    values = canvas.astype(np.float32)
    shading = smooth_fill(_slow(values, known), known)
    texture = np.where(known[..., None], values - shading, 0).astype(np.float32)
    filled = shading + _continued(texture, hole, known, np.random.default_rng(seed))
    out = canvas.copy()
    out[hole] = np.clip(np.rint(filled[hole]), 0, 255).astype(np.uint8)
    return out


def smooth_fill(values: Field, known: Mask) -> Field:
    """`values` where `known`, elsewhere a smooth membrane through them; the mean 0 field where nothing is known.

    Push-pull over a pyramid: averages of what is known are pulled up from coarser levels, then each level is smoothed.
    """
    weight = known.astype(np.float32)
    return _pull(values * weight[..., None], weight)


def _pull(weighted: Field, weight: NDArray[np.float32]) -> Field:
    height, width = weight.shape
    here = weighted / np.maximum(weight, 1e-9)[..., None]
    if min(height, width) <= 2 or bool((weight > 0.5).all()):
        mean = weighted.sum(axis=(0, 1)) / max(float(weight.sum()), 1e-9)
        return np.where(weight[..., None] > 1e-6, here, mean).astype(np.float32)
    half = ((width + 1) // 2, (height + 1) // 2)
    coarse = _pull(
        _stacked(cv2.resize(cv2.GaussianBlur(weighted, (0, 0), 1.0), half, interpolation=cv2.INTER_AREA), weighted),
        np.asarray(cv2.resize(cv2.GaussianBlur(weight, (0, 0), 1.0), half, interpolation=cv2.INTER_AREA), np.float32),
    )
    beneath = _stacked(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), weighted)
    beneath = _stacked(cv2.GaussianBlur(beneath, (0, 0), 1.0), weighted)
    share = np.minimum(weight, 1)[..., None]
    return np.asarray(here * share + beneath * (1 - share), np.float32)


def _stacked(resized: NDArray[Any], like: Field) -> Field:
    """OpenCV drops a single channel's axis; this puts it back."""
    return np.asarray(resized, np.float32).reshape(*resized.shape[:2], like.shape[2])


def _slow(values: Field, known: Mask) -> Field:
    """The local mean of the known pixels."""
    weight = cv2.GaussianBlur(known.astype(np.float32), (0, 0), _SHADING)
    masked = np.where(known[..., None], values, 0).astype(np.float32)
    total = _stacked(cv2.GaussianBlur(masked, (0, 0), _SHADING), values)
    return np.asarray(total / np.maximum(weight, 1e-6)[..., None], np.float32)


def _continued(texture: Field, hole: Mask, known: Mask, rng: np.random.Generator) -> Field:
    """Texture for the hole, tile by tile (image quilting, Efros and Freeman 2001, with feathered seams)."""
    box = mask_box(hole)
    tile = int(np.clip(round(math.sqrt(box.area) / 6), _SMALLEST, 32))
    sources = _sources(known, _side(tile))
    while len(sources) < _LEAST_SOURCES and tile > _SMALLEST:
        tile = max(_SMALLEST, tile * 2 // 3)
        sources = _sources(known, _side(tile))
    if len(sources) < _LEAST_SOURCES:
        return _noise(texture, hole, known, rng)
    side = _side(tile)
    overlap = (side - tile) // 2
    out, done = texture.copy(), known.astype(np.float32)
    padded = np.pad(out, ((side, side), (side, side), (0, 0)))
    ready = np.pad(done, side)
    window = _feather(side, overlap)
    for y in range(box.y, box.bottom, tile):
        for x in range(box.x, box.right, tile):
            if not hole[y : y + tile, x : x + tile].any():
                continue
            at = Box(x - overlap + side, y - overlap + side, side, side)
            _lay_tile(padded, ready, at, texture, sources, window, rng)
    return padded[side:-side, side:-side]


def _side(tile: int) -> int:
    """A tile with its overlap on both sides."""
    return tile + 2 * max(2, tile // 3)


def _lay_tile(
    out: Field,
    ready: NDArray[np.float32],
    at: Box,
    texture: Field,
    sources: NDArray[np.intp],
    window: NDArray[np.float32],
    rng: np.random.Generator,
) -> None:
    """Copy the candidate that agrees best with what lies round the tile, blended where something lies already."""
    here, weight = out[at.slices], ready[at.slices]
    chosen = sources[rng.integers(0, len(sources), _CANDIDATES)]
    side = at.width
    candidates = np.stack([texture[y : y + side, x : x + side] for y, x in chosen])
    away = candidates - here
    misfit = np.einsum("nyxc,nyxc,yx->n", away, away, weight)
    best = candidates[int(misfit.argmin())]
    # What is known stays; what was laid by a neighbouring tile fades into this one.
    keep = np.where(weight >= 1, 1, weight * (1 - window))[..., None]
    out[at.slices] = here * keep + best * (1 - keep)
    ready[at.slices] = np.where(weight >= 1, 1, np.maximum(weight, 0.99 * (window > 0)))


def _sources(known: Mask, side: int) -> NDArray[np.intp]:
    """Top left corners (n, 2) of the squares that are wholly known."""
    if min(known.shape) < side:
        return np.zeros((0, 2), np.intp)
    total = np.pad(known.astype(np.int32).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    inside = total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]
    return np.argwhere(inside == side * side)


def _feather(side: int, overlap: int) -> NDArray[np.float32]:
    """1 inside, falling to 0 over the overlap on each side."""
    ramp = np.minimum(1, (np.arange(side, dtype=np.float32) + 0.5) / overlap)
    edge = np.minimum(ramp, ramp[::-1])
    return np.minimum.outer(edge, edge)


def _noise(texture: Field, hole: Mask, known: Mask, rng: np.random.Generator) -> Field:
    """Gaussian noise as strong as the calmer half of the known texture near the hole: lines and edges do not count."""
    kernel = np.ones((2 * _NEAR + 1, 2 * _NEAR + 1), np.uint8)
    near = known & (cv2.dilate(hole.astype(np.uint8), kernel) > 0)
    if not near.any():
        return np.zeros_like(texture)
    # A quarter of normal deviates is smaller than .3186 standard deviations.
    strength = np.percentile(np.abs(texture[near]), 25, axis=0) / 0.3186
    noise = rng.standard_normal(texture.shape[:2]).astype(np.float32)
    return np.asarray(noise[..., None] * strength, np.float32)
