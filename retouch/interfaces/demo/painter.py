"""Paints pages of writing with known truth: what stands where, what is wrong with it, and where its ink lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from retouch.errors import UsageError
from retouch.geometry import Box
from retouch.interfaces.demo.brush import FINE, Ink, Written, outline, write
from retouch.interfaces.demo.faults import Flaw, can_plant, plant
from retouch.interfaces.demo.ornament import decorate
from retouch.interfaces.demo.paper import SHEETS, paper
from retouch.interfaces.demo.placement import Place, placed
from retouch.interfaces.demo.recipe import PaintedCharacter, PaintedPage, Recipe
from retouch.patch import mask_box

_INKED = 0.12  # coverage from which a pixel belongs to a character's ink box


def paint(recipe: Recipe) -> PaintedPage:
    """The page of a recipe, with its truth. Raises PictureError for a character that the face does not draw."""
    places, size = placed(recipe)
    page = paper(size, SHEETS[recipe.sheet], np.random.default_rng([recipe.seed, 1]))
    decorate(page, recipe, places, np.random.default_rng([recipe.seed, 3]))
    amount = np.zeros((size.height, size.width), dtype=np.float32)
    characters = tuple(_character(recipe, place, amount) for place in places)
    return PaintedPage(_inked(page, amount, recipe), recipe.reference, recipe, characters)


def _character(recipe: Recipe, place: Place, amount: Ink) -> PaintedCharacter:
    """Write one character into `amount`, the ink on the page, in place, and say what it is."""
    if place.drawn is None:
        box = _seam(recipe, place)
        blank = np.zeros((box.height, box.width), dtype=np.float32)
        return PaintedCharacter(place.index, place.line, place.wanted, None, "missing", box, blank)
    drawn = _drawn(recipe, place, place.drawn)
    rng = np.random.default_rng([recipe.seed, 2, place.index, place.wanted is None])
    written = write(drawn.ink, recipe.brush, rng, recipe.tilt, drawn.surface)
    box, own = _stamp(amount, written, place)
    fault = "extra" if place.wanted is None else drawn.kind
    return PaintedCharacter(place.index, place.line, place.wanted, drawn.shows, fault, box, own, drawn.share)


def _drawn(recipe: Recipe, place: Place, char: str) -> Flaw:
    """What the brush follows: the face's glyph, or the fault planted there."""
    if place.fault is None or place.wanted is None:
        return Flaw(None, outline(recipe.face, char, recipe.size * FINE), char, 0.0)
    rng = np.random.default_rng([recipe.seed, 5, place.index])
    return plant(place.fault, place.wanted, place.previous, recipe.face, recipe.size * FINE, rng)


def _seam(recipe: Recipe, place: Place) -> Box:
    """Half an em round the seam at which a missing character should stand."""
    half = max(1, recipe.size // 4)
    return Box(round(place.x) - half, round(place.y) - half, 2 * half, 2 * half)


def _stamp(amount: Ink, written: Written, place: Place) -> tuple[Box, Ink]:
    """Lay a written character on the page, in place; its ink box there and its own coverage inside it."""
    span = written.coverage.shape[0]
    canvas = Box(round(place.x - span / 2), round(place.y - span / 2), span, span)
    shared = canvas.intersection(Box(0, 0, amount.shape[1], amount.shape[0]))
    here = shared.relative_to(canvas).slices
    own = written.coverage[here]
    np.maximum(amount[shared.slices], own * written.darkness[here], out=amount[shared.slices])
    box = mask_box(own > _INKED)
    return box.moved(shared.x, shared.y), own[box.slices].copy()


def _inked(page: Ink, amount: Ink, recipe: Recipe) -> NDArray[np.uint8]:
    """The sheet with its ink: `amount` 0..1 of the ink's colour, the sheet's grain showing through a little."""
    colour = np.asarray(recipe.colour, dtype=np.float32)
    alpha = amount[..., None]
    out = page + alpha * (colour + 0.06 * (page - page.mean(axis=(0, 1))) - page)
    return np.asarray(np.clip(out + 0.5, 0, 255), dtype=np.uint8)


def with_faults(recipe: Recipe, each: int, kinds: Sequence[str], rng: np.random.Generator) -> Recipe:
    """`recipe` with `each` faults of each kind planted at random places that can bear them, no two side by side.

    Raises UsageError where the text is too short for that many.
    """
    faults: dict[int, str] = {}
    # Kinds that few characters can bear choose first.
    for kind in sorted(kinds, key=lambda kind: (not kind.endswith("component"), kind != "similar")) * each:
        order = [int(i) for i in rng.permutation(len(recipe.reference))]
        free = (i for i in order if not {i - 1, i, i + 1} & (faults.keys() | recipe.missing | recipe.extra.keys()))
        place = next((i for i in free if can_bear(recipe, kind, i)), None)
        if place is None:
            raise UsageError(
                f"a text of {len(recipe.reference)} characters bears no further fault {kind!r}; give more text"
            )
        faults[place] = kind
    return replace(recipe, faults={**recipe.faults, **faults})


def can_bear(recipe: Recipe, kind: str, index: int) -> bool:
    """True if the fault can be planted at this position of the recipe's text."""
    text = recipe.reference
    previous = text[index - 1] if index else None
    rng = np.random.default_rng([recipe.seed, 5, index])
    return can_plant(kind, text[index], previous, recipe.face, recipe.size * FINE, rng)
