"""Where each character of a page stands: lines, grid or free advance, gaps, jitter and tilt."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from retouch.errors import UsageError
from retouch.geometry import Size
from retouch.interfaces.demo.brush import outline
from retouch.interfaces.demo.recipe import Recipe
from retouch.patch import mask_box
from retouch.style import Direction

_PROBE = 48  # px an em at which a character's extent is measured


@dataclass(frozen=True, slots=True)
class Place:
    """One character to be drawn, its em square centred on (x, y) in page pixels.

    `drawn` is None for a character that is missing: its place is the seam between its neighbours.
    """

    index: int
    line: int
    wanted: str | None
    drawn: str | None
    fault: str | None
    previous: str | None
    x: float = 0.0
    y: float = 0.0


def placed(recipe: Recipe) -> tuple[tuple[Place, ...], Size]:
    """The places of all characters, missing ones included, and the page's size."""
    lines = _lines(recipe)
    if not lines:
        raise UsageError("a page needs at least one character of text")
    rng = np.random.default_rng([recipe.seed, 4])
    gaps = _gaps(recipe, lines, rng)
    upright = []
    for number, line in enumerate(lines):
        along = _advance(recipe, line, gaps, rng)
        across = recipe.leading * recipe.size * number
        upright += [_stand(recipe, p, a, across, rng) for p, a in zip(line, along, strict=True)]
    return _onto_page(recipe, upright)


def _lines(recipe: Recipe) -> list[list[Place]]:
    """The characters of each line in order, extra ones put in."""
    out, index, previous = [], 0, None
    for number, text in enumerate(_broken(recipe)):
        line = []
        for char in text:
            if index in recipe.extra:
                line.append(Place(index, number, None, recipe.extra[index], None, previous))
            drawn = None if index in recipe.missing else char
            line.append(Place(index, number, char, drawn, recipe.faults.get(index), previous))
            index, previous = index + 1, char
        out.append(line)
    return out


def _broken(recipe: Recipe) -> list[str]:
    if "\n" in recipe.text:
        return [line for line in recipe.text.split("\n") if line]
    return [recipe.text[i : i + recipe.per_line] for i in range(0, len(recipe.text), recipe.per_line)]


def _gaps(recipe: Recipe, lines: list[list[Place]], rng: np.random.Generator) -> dict[int, float]:
    """Positions before which a line is left blank, and how far in ems."""
    inner = [place.index for line in lines for place in line[1:]]
    chosen: list[int] = rng.permutation(inner)[: recipe.gaps].tolist()
    return {index: float(rng.uniform(0.7, 1.6)) for index in chosen}


def _advance(recipe: Recipe, line: list[Place], gaps: dict[int, float], rng: np.random.Generator) -> list[float]:
    """The em centre of each character along its line, in pixels from the line's start."""
    out, end = [], 0.0
    for place in line:
        before, after = _extent(recipe, place) if recipe.free else (recipe.pitch / 2, recipe.pitch / 2)
        if place.drawn is None:
            before, after = 0.0, 0.0
        # A place that is both missing and behind a gap still moves the rest on.
        end += gaps.pop(place.index, 0.0) if place.wanted else 0.0
        out.append((end + before) * recipe.size)
        end += before + after + (float(rng.uniform(0.6, 1.4)) * recipe.blank if recipe.free and place.drawn else 0.0)
    return out


def _extent(recipe: Recipe, place: Place) -> tuple[float, float]:
    """How far the ink reaches before and behind the em's centre along the line, in ems; at least .16 each way."""
    ink = outline(recipe.face, place.drawn or place.wanted or "", _PROBE)
    box, middle = mask_box(ink > 0.3), ink.shape[0] / 2
    start, stop = (box.y, box.bottom) if recipe.direction.upright else (box.x, box.right)
    return max(0.16, (middle - start) / _PROBE), max(0.16, (stop - middle) / _PROBE)


def _stand(recipe: Recipe, place: Place, along: float, across: float, rng: np.random.Generator) -> Place:
    dx, dy = rng.normal(0, recipe.jitter * recipe.size, 2)
    if recipe.direction is Direction.HORIZONTAL:
        return replace(place, x=along + dx, y=across + dy)
    side = -across if recipe.direction is Direction.VERTICAL_RL else across
    return replace(place, x=side + dx, y=along + dy)


def _onto_page(recipe: Recipe, places: list[Place]) -> tuple[tuple[Place, ...], Size]:
    """Turn the writing by the tilt and move it into a page that holds it with its margin, or into the given one."""
    at = np.array([(p.x, p.y) for p in places])
    angle = math.radians(recipe.tilt)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    at = at @ turn
    low, high = at.min(axis=0), at.max(axis=0)
    border = (0.62 + recipe.margin) * recipe.size
    need = np.ceil(high - low + 2 * border).astype(int)
    size = recipe.canvas or Size(int(need[0]), int(need[1]))
    if size.width < need[0] - recipe.margin * recipe.size or size.height < need[1] - recipe.margin * recipe.size:
        raise UsageError(f"page of {size.width}x{size.height} px: the writing needs {need[0]}x{need[1]}")
    at = at - (low + high) / 2 + np.array([size.width, size.height]) / 2
    return tuple(replace(p, x=float(x), y=float(y)) for p, (x, y) in zip(places, at, strict=True)), size
