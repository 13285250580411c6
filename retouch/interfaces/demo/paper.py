"""Sheets of paper: tone, cloud, fibres, laid lines, foxing and stains, drawn by seed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Size

Field = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet is like. Strengths are standard deviations or peaks in sRGB steps of 0..255."""

    tone: tuple[int, int, int] = (236, 224, 198)
    cloud: float = 4.0
    """Slow unevenness of the tone."""
    grain: float = 2.0
    fibres: float = 9.0
    """How much a fibre differs from the sheet."""
    laid: float = 0.0
    """Depth of the sieve's parallel lines, as on hand-made paper."""
    foxing: float = 0.0
    """Spots of age per megapixel."""
    stains: int = 0
    vignette: float = 6.0
    """How much darker the corners are."""


SHEETS: dict[str, Sheet] = {
    "white": Sheet(tone=(244, 240, 230), cloud=2.0, grain=1.5, fibres=7.0, vignette=3.0),
    "cream": Sheet(),
    "aged": Sheet(tone=(221, 198, 150), cloud=6.0, grain=2.5, foxing=14.0, stains=3, vignette=14.0),
    "laid": Sheet(tone=(229, 216, 186), laid=2.2, foxing=4.0, stains=1),
    "grey": Sheet(tone=(214, 212, 205), cloud=5.0, grain=3.0, fibres=6.0, stains=2),
}
"""Tones were chosen by eye beside photographs of xuan paper; no measurement stands behind them."""


def paper(size: Size, sheet: Sheet, rng: np.random.Generator) -> Field:
    """A sheet as float32 sRGB 0..255 (height, width, 3)."""
    light = _cloud(size, sheet, rng) + _fibres(size, sheet, rng)
    light += rng.standard_normal((size.height, size.width), dtype=np.float32) * sheet.grain
    if sheet.laid:
        light += _laid(size, sheet)
    brown = _spots(size, sheet, rng)
    # Age eats blue most and red least, so spots turn brown instead of grey.
    fade = np.array([0.35, 0.62, 1.0], dtype=np.float32)
    tone, tint = np.asarray(sheet.tone, dtype=np.float32), np.array([1.0, 1.0, 0.92], dtype=np.float32)
    out = tone + light[..., None] * tint
    if brown is not None:
        out -= brown[..., None] * fade
    return np.asarray(out, dtype=np.float32)


def noise(size: Size, cell: float, rng: np.random.Generator) -> Field:
    """Smooth noise, about -1..1, float32 (height, width), whose features are `cell` pixels wide."""
    grid = (max(2, round(size.width / cell) + 2), max(2, round(size.height / cell) + 2))
    coarse = rng.uniform(-1, 1, (grid[1], grid[0])).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (size.width, size.height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def _cloud(size: Size, sheet: Sheet, rng: np.random.Generator) -> Field:
    field = noise(size, 420, rng) + 0.5 * noise(size, 130, rng) + 0.35 * noise(size, 9, rng)
    x = np.linspace(-1, 1, size.width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, size.height, dtype=np.float32)[:, None]
    corner = (x * x + y * y) ** 2 / 4
    return np.asarray(field * sheet.cloud - corner * sheet.vignette, dtype=np.float32)


def _fibres(size: Size, sheet: Sheet, rng: np.random.Generator) -> Field:
    """Short curved hairs, some lighter and some darker than the sheet."""
    out = np.zeros((size.height, size.width), dtype=np.float32)
    if not sheet.fibres:
        return out
    for sign, per_megapixel in ((1.0, 260), (-1.0, 110)):
        layer = np.zeros((size.height, size.width), dtype=np.uint8)
        count = round(size.area / 1e6 * per_megapixel)
        cv2.polylines(layer, _hairs(size, count, rng), False, 255, 1, cv2.LINE_AA, shift=3)
        out += np.asarray(cv2.GaussianBlur(layer, (0, 0), 0.7), dtype=np.float32) * np.float32(
            sign * sheet.fibres / 255
        )
    return out


def _hairs(size: Size, count: int, rng: np.random.Generator) -> list[NDArray[np.int32]]:
    """Bent lines of 7 points in eighths of a pixel, 8 to 60 px long."""
    angle = rng.uniform(0, 2 * np.pi, count)[:, None] + np.cumsum(rng.normal(0, 0.22, (count, 7)), axis=1)
    step = rng.uniform(1.3, 10, count)[:, None]
    x = rng.uniform(0, size.width, count)[:, None] + np.cumsum(np.cos(angle) * step, axis=1)
    y = rng.uniform(0, size.height, count)[:, None] + np.cumsum(np.sin(angle) * step, axis=1)
    return list((np.stack([x, y], axis=2) * 8).astype(np.int32))


def _laid(size: Size, sheet: Sheet) -> Field:
    rows = np.sin(np.arange(size.height, dtype=np.float32) * (2 * np.pi / 7.3))[:, None]
    chains = np.exp(-(((np.arange(size.width, dtype=np.float32) % 210) - 105) ** 2) / 6)[None, :]
    return np.asarray((rows * 0.6 - chains * 1.6) * sheet.laid, dtype=np.float32)


def _spots(size: Size, sheet: Sheet, rng: np.random.Generator) -> Field | None:
    """Foxing (small, soft) and stains (large, with a darker rim); None where the sheet has neither."""
    count = rng.poisson(size.area / 1e6 * sheet.foxing)
    if not count and not sheet.stains:
        return None
    out = np.zeros((size.height, size.width), dtype=np.float32)
    for _ in range(count):
        radius = float(rng.gamma(2.0, 1.8) + 1.0)
        _blot(out, size, radius, float(rng.uniform(8, 38)), rng, rim=0.0)
    for _ in range(sheet.stains):
        radius = float(rng.uniform(0.04, 0.12) * min(size.width, size.height))
        _blot(out, size, radius, float(rng.uniform(5, 12)), rng, rim=0.9)
    return out


def _blot(out: Field, size: Size, radius: float, depth: float, rng: np.random.Generator, rim: float) -> None:
    """Add one uneven round spot of `depth` to `out`, in place."""
    x, y = rng.uniform(0, size.width), rng.uniform(0, size.height)
    reach = int(radius * 1.9) + 2
    left, top = max(0, int(x) - reach), max(0, int(y) - reach)
    part = out[top : int(y) + reach, left : int(x) + reach]
    if not part.size:
        return
    patch = Size(part.shape[1], part.shape[0])
    dx = np.arange(left, left + patch.width, dtype=np.float32)[None, :] - np.float32(x)
    dy = np.arange(top, top + patch.height, dtype=np.float32)[:, None] - np.float32(y)
    away = np.sqrt(dx * dx + dy * dy) / np.float32(radius) + 0.22 * noise(patch, max(3.0, radius * 0.6), rng)
    body = 1 / (1 + np.exp((away - 1) * 9))
    edge = np.exp(-(((away - 0.93) / 0.07) ** 2))
    part += (np.float32(depth) * (body * (1 - 0.5 * min(rim, 1)) + rim * edge)).astype(np.float32)
