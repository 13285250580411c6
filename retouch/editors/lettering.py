"""Drawing letters as ink: where each glyph stands, how it is turned and scaled, and how it is kept inside the mask."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.editors.background import Mask
from retouch.editors.look import Look
from retouch.geometry import Box, Size
from retouch.patch import mask_box
from retouch.style import Face
from retouch.writing import fonts
from retouch.writing.fitting import EM, Outline, ink_box, outline, stroke_ratio, typical_modulation, weighted
from retouch.writing.metrics import Ink

_SKETCH = 48
"""Size in pixels at which glyphs are sketched."""
CLIPPED = 0.0003
"""Share of a glyph's ink, its faint rim aside, that may fall outside the mask before a stroke looks cut."""
_CUT = 0.25
"""Coverage beyond the faint rim that one pixel outside the mask may have: more, and the eye sees a straight cut."""
_RIM = 0.12
"""Coverage of a soft edge that the eye does not miss."""
_WOBBLE = 0.008
"""How far a hand's strokes wander from the typeface, in em (standard deviation)."""
_PRESSURE = 0.05
"""How unevenly a hand presses its brush, relative to the stroke (standard deviation)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One glyph in its place: the em square's centre `x`, `y`, its size `width`, `height`, all in canvas pixels,
    turned by `angle` and leaning by `slant`, degrees clockwise."""

    char: str
    face: Face
    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0
    slant: float = 0.0

    @property
    def em(self) -> float:
        return math.sqrt(self.width * self.height)

    def moved(self, dx: float, dy: float) -> Setting:
        return replace(self, x=self.x + dx, y=self.y + dy)

    def scaled(self, factor: float, about: tuple[float, float]) -> Setting:
        x, y = about
        return replace(
            self,
            x=x + factor * (self.x - x),
            y=y + factor * (self.y - y),
            width=self.width * factor,
            height=self.height * factor,
        )


def draw(settings: Sequence[Setting], look: Look, size: Size, rng: np.random.Generator) -> Ink:
    """The glyphs' ink on a canvas of `size`, float32 0..1, with the look's weight, contrast and softness."""
    out = np.zeros((size.height, size.width), np.float32)
    for setting in settings:
        glyph = outline(setting.face, setting.char)
        np.maximum(out, _placed(_inked(glyph, setting.face, setting.em, look, rng), setting, look, size, rng), out=out)
    return out


def _inked(glyph: Outline, face: Face, em: float, look: Look, rng: np.random.Generator) -> Ink:
    """The outline at the look's weight, blurred to its softness, still at `EM` scale."""
    scale = EM / em
    contrast = 1.0
    if look.modulation is not None:
        # Half the way: the measure is coarse, and a page in this very face must come out as it is.
        contrast = float(np.clip(look.modulation / max(typical_modulation(face), 0.05), 0.6, 1.6)) ** 0.5
    pressure = smooth_noise(rng, glyph.side, 6) * _PRESSURE if look.hand else None
    ratio = stroke_ratio(face, glyph, em, look.stroke, look.softness) if look.stroke else 1.0
    ink = weighted(glyph, ratio, contrast, pressure)
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), max(look.softness, 0.35) * scale), np.float32)


def _placed(ink: Ink, setting: Setting, look: Look, size: Size, rng: np.random.Generator) -> Ink:
    """`ink` carried from `EM` scale to its place on the canvas."""
    forward = _matrix(setting)
    inverse = np.linalg.inv(forward)
    reach = 0.75 * max(setting.width, setting.height) * max(1.0, ink.shape[0] / EM / 1.25) + 3
    frame = Box.between(
        math.floor(setting.x - reach),
        math.floor(setting.y - reach),
        math.ceil(setting.x + reach),
        math.ceil(setting.y + reach),
    ).clamped(size)
    out = np.zeros((size.height, size.width), np.float32)
    if frame.empty:
        return out
    ys, xs = np.mgrid[frame.y : frame.bottom, frame.x : frame.right].astype(np.float32)
    dx, dy = xs - setting.x, ys - setting.y
    if look.hand:
        side = max(frame.width, frame.height)
        dx = dx + (smooth_noise(rng, side, 4) * _WOBBLE * setting.em)[: frame.height, : frame.width]
        dy = dy + (smooth_noise(rng, side, 4) * _WOBBLE * setting.em)[: frame.height, : frame.width]
    middle = (ink.shape[0] - 1) / 2
    u = (inverse[0, 0] * dx + inverse[0, 1] * dy + middle).astype(np.float32)
    v = (inverse[1, 0] * dx + inverse[1, 1] * dy + middle).astype(np.float32)
    out[frame.slices] = cv2.remap(ink, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    return out


def _matrix(setting: Setting) -> NDArray[np.float64]:
    """From pixels at `EM` scale, counted from the em square's centre, to canvas pixels from its place."""
    turn, lean = math.radians(setting.angle), math.tan(math.radians(setting.slant))
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    shear = np.array([[1.0, -lean], [0.0, 1.0]])
    return np.asarray(rotation @ shear @ np.diag([setting.width / EM, setting.height / EM]))


def sketch(settings: Sequence[Setting], size: Size) -> Ink:
    """The glyphs as their faces have them, quickly: for comparing faces, not for looking at."""
    out = np.zeros((size.height, size.width), np.float32)
    for setting in settings:
        glyph = fonts.render(setting.face, setting.char, _SKETCH)
        linear = _matrix(setting) * (EM / _SKETCH)
        middle = (glyph.shape[0] - 1) / 2
        offset = np.array([setting.x, setting.y]) - linear @ np.array([middle, middle])
        forward = np.column_stack([linear, offset])
        np.maximum(out, cv2.warpAffine(glyph, forward, (size.width, size.height), flags=cv2.INTER_LINEAR), out=out)
    return out


def smooth_noise(rng: np.random.Generator, side: int, knots: int) -> NDArray[np.float32]:
    """A smooth random field (side, side), about mean 0 and deviation 1, with `knots` bends along each side."""
    coarse = rng.standard_normal((knots + 1, knots + 1)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC), np.float32)


def ink_centre(setting: Setting) -> tuple[float, float]:
    """Where the middle of the glyph's ink box comes to lie on the canvas."""
    box = ink_box(setting.face, setting.char)
    x, y = _matrix(setting) @ np.array([box.centre[0], box.centre[1]])
    return setting.x + float(x), setting.y + float(y)


def clipped(ink: Ink, mask: Mask) -> float:
    """The share of the ink, its faint rim aside, that falls outside the mask; 1 where a full stroke is cut."""
    body = np.maximum(ink - _RIM, 0)
    total = float(body.sum())
    if not total:
        return 0.0
    lost = body[~mask]
    return 1.0 if lost.size and float(lost.max()) > _CUT else float(lost.sum()) / total


def best_shift(ink: Ink, mask: Mask, reach: int) -> tuple[int, int, float]:
    """The smallest move (dx, dy) up to `reach` pixels after which least ink is clipped, and that share."""
    body = np.maximum(ink - _RIM, 0)
    frame = mask_box(body > 0)
    if frame.empty:
        return 0, 0, 0.0
    outside = np.pad((~mask).astype(np.float32), reach, constant_values=1)
    near = outside[frame.y : frame.bottom + 2 * reach, frame.x : frame.right + 2 * reach]
    loss = cv2.matchTemplate(near, body[frame.slices], cv2.TM_CCORR) / float(body.sum())
    ys, xs = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    # The move costs so little that it only decides between places that clip alike.
    cost = np.maximum(loss, CLIPPED) + 1e-4 * np.hypot(xs, ys) / max(reach, 1)
    best = int(cost.argmin())
    y, x = divmod(best, 2 * reach + 1)
    return x - reach, y - reach, float(max(loss[y, x], 0))
