"""What stands on a page beside its text: a seal, rules between the lines, a printed frame, a person's red frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box, Size
from retouch.interfaces.demo.brush import outline
from retouch.interfaces.demo.paper import noise
from retouch.interfaces.demo.placement import Place
from retouch.interfaces.demo.recipe import Recipe
from retouch.patch import mask_box

_VERMILION = np.array([178, 38, 30], dtype=np.float32)
_RULE = np.array([150, 92, 70], dtype=np.float32)

Layer = NDArray[np.float32]


def decorate(page: Layer, recipe: Recipe, places: Sequence[Place], rng: np.random.Generator) -> None:
    """Draw the recipe's ornaments on `page` (float32 sRGB, height × width × 3), in place, under or beside the text."""
    for name in recipe.ornaments:
        ORNAMENTS[name](page, recipe, places, rng)


def _seal(page: Layer, recipe: Recipe, places: Sequence[Place], rng: np.random.Generator) -> None:
    """A square seal in vermilion, white characters on red, in the page's corner where the text ends."""
    side = round(recipe.size * 0.86)
    stamp = _seal_face(recipe, side)
    wear = np.clip(
        0.86 + 0.28 * noise(Size(side, side), side * 0.12, rng) + 0.2 * noise(Size(side, side), 3, rng), 0, 1
    )
    box = _free_corner(page, places, side)
    part = page[box.slices]
    alpha = (stamp * wear * 0.88)[..., None]
    part += alpha * (_VERMILION - part)


def _seal_face(recipe: Recipe, side: int) -> Layer:
    """The seal's red, 0..1: a rounded square with four characters cut out of it."""
    stamp = np.zeros((side, side), dtype=np.float32)
    cv2.rectangle(stamp, (3, 3), (side - 4, side - 4), 1.0, -1)
    cell = round(side * 0.42)
    for number, char in enumerate(recipe.reference[:4]):
        glyph = outline(recipe.face, char, 64)
        glyph = glyph[mask_box(glyph > 0.2).slices]
        small = cv2.resize(glyph, (cell - 3, cell - 3), interpolation=cv2.INTER_AREA)
        x = side // 2 + 1 if number < 2 else side // 2 - cell + 2
        y = side // 2 + 1 if number % 2 else side // 2 - cell + 2
        part = stamp[y : y + cell - 3, x : x + cell - 3]
        part -= small[: part.shape[0], : part.shape[1]]
    return np.asarray(np.clip(cv2.GaussianBlur(stamp, (0, 0), 0.8), 0, 1), dtype=np.float32)


def _free_corner(page: Layer, places: Sequence[Place], side: int) -> Box:
    """Below the last line's end, or in the margin where the line runs to the bottom."""
    last = places[-1]
    x = int(np.clip(last.x - side / 2, 2, page.shape[1] - side - 2))
    y = int(np.clip(last.y + side * 0.7, 2, page.shape[0] - side - 2))
    return Box(x, y, side, side)


def _rules(page: Layer, recipe: Recipe, places: Sequence[Place], rng: np.random.Generator) -> None:
    """Thin printed rules between the lines."""
    layer = np.zeros(page.shape[:2], dtype=np.uint8)
    half = recipe.leading * recipe.size / 2
    for start, stop in _line_ends(recipe, places, half):
        cv2.line(layer, start, stop, 255, max(1, recipe.size // 45), cv2.LINE_AA)
    _printed(page, layer, rng)


def _line_ends(recipe: Recipe, places: Sequence[Place], half: float) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """End points of the rules beside each line, from the places' own line so that tilt is followed."""
    angle = np.radians(recipe.tilt)
    along = np.array([np.cos(angle), np.sin(angle)])
    if recipe.direction.upright:
        along = np.array([-along[1], along[0]])
    across = np.array([-along[1], along[0]])
    at = np.array([(p.x, p.y) for p in places])
    reach = at @ along
    low, high = reach.min() - 0.7 * recipe.size, reach.max() + 0.7 * recipe.size
    lines = np.array([p.line for p in places])
    middles = [float(np.median((at @ across)[lines == n])) for n in np.unique(lines)]
    sides = sorted({round(m + s * half) for m in middles for s in (-1, 1)})
    sides = [s for n, s in enumerate(sides) if n == 0 or s - sides[n - 1] > half / 2]
    return [(_point(along * low + across * s), _point(along * high + across * s)) for s in sides]


def _point(at: NDArray[np.float64]) -> tuple[int, int]:
    return round(float(at[0])), round(float(at[1]))


def _border(page: Layer, recipe: Recipe, places: Sequence[Place], rng: np.random.Generator) -> None:
    """A printed double frame round the text."""
    layer = np.zeros(page.shape[:2], dtype=np.uint8)
    reach = 0.66 * recipe.size
    low = (int(min(p.x for p in places) - reach), int(min(p.y for p in places) - reach))
    high = (int(max(p.x for p in places) + reach), int(max(p.y for p in places) + reach))
    cv2.rectangle(layer, low, high, 255, max(1, recipe.size // 40), cv2.LINE_AA)
    gap = max(4, recipe.size // 12)
    outer = (low[0] - gap, low[1] - gap), (high[0] + gap, high[1] + gap)
    cv2.rectangle(layer, *outer, 255, max(2, recipe.size // 18), cv2.LINE_AA)
    _printed(page, layer, rng)


def _printed(page: Layer, layer: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """Lay a printed line on the page with the unevenness of a wood block."""
    size = Size(page.shape[1], page.shape[0])
    alpha = layer.astype(np.float32) / 255 * np.clip(0.7 + 0.3 * noise(size, 30, rng), 0.25, 0.95)
    page += alpha[..., None] * (_RULE - page)


Draw = Callable[[Layer, Recipe, Sequence[Place], np.random.Generator], None]
ORNAMENTS: dict[str, Draw] = {"seal": _seal, "rules": _rules, "border": _border}
