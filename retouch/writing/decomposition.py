"""How a character is built: its components with the boxes in which they stand.

The descriptions (ideographic description sequences) are made from the CJK Decomposition Data File, see
`decomposition.txt`. The boxes come from the layout operators and from proportions measured on Kai faces
(`proportions`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box
from retouch.writing.proportions import cuts

OPERATORS = "⿰⿱⿲⿳⿴⿵⿶⿷⿸⿹⿺⿻"
_THREE = "⿲⿳"
_DEEPEST = 4

# Where the enclosed part stands, as left, top, right, bottom of the whole; the enclosing part is the rest. By eye on
# Kai faces: 囗, 門, 凵, 匚, 广, 勹, 辶.
_INNER = {
    "⿴": (0.17, 0.17, 0.83, 0.85),
    "⿵": (0.2, 0.3, 0.8, 1.0),
    "⿶": (0.15, 0.0, 0.85, 0.75),
    "⿷": (0.2, 0.15, 1.0, 0.85),
    "⿸": (0.22, 0.25, 1.0, 1.0),
    "⿹": (0.0, 0.3, 0.78, 1.0),
    "⿺": (0.3, 0.0, 1.0, 0.76),
}

# A component is named as the wrong one if it holds this share of what differs; boxes are estimates, and a redrawn
# neighbour does no harm, so a part must hold nearly all before its whole is passed over.
_HELD = 0.85
# Single strokes are no components that anyone gets wrong as such.
_STROKES = frozenset("一丨丶丿乀乁乙乚亅𠃌𠄌𠃍𠄎𠃊〢")
# Smaller ones (share of the character's side) are no use to redraw: their strokes touch their neighbours'.
_LEAST_SIDE = 0.2
_FAINT = 0.1


@dataclass(frozen=True, slots=True)
class Square:
    """A rectangle in the unit square of a character's ink, origin at the top left."""

    left: float
    top: float
    right: float
    bottom: float

    def inside(self, part: tuple[float, float, float, float]) -> Square:
        """The rectangle that `part` (left, top, right, bottom of the unit square) makes of this one."""
        width, height = self.right - self.left, self.bottom - self.top
        left, top, right, bottom = part
        return Square(
            self.left + left * width, self.top + top * height, self.left + right * width, self.top + bottom * height
        )

    def on(self, box: Box) -> Box:
        """In the pixels of a character whose ink fills `box`."""
        return Box.between(
            box.x + round(self.left * box.width),
            box.y + round(self.top * box.height),
            box.x + round(self.right * box.width),
            box.y + round(self.bottom * box.height),
        )


@dataclass(frozen=True, slots=True)
class Decomposition:
    """A component and where it stands. `component` is a character, or a description sequence where the component has
    none; `operator` and `parts` are empty where it is atomic. `hole` is the place of the enclosed part, for one that
    encloses."""

    component: str
    square: Square
    operator: str = ""
    parts: tuple[Decomposition, ...] = ()
    hole: Square | None = None

    def walk(self) -> Iterator[Decomposition]:
        """This one and all below it, from the outside in."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def find(self, component: str) -> Decomposition | None:
        """The first place of a component in it; None if it has none."""
        return next((each for each in self.walk() if each.component == component), None)


def sequence(char: str) -> str:
    """The description of a character by its layout and components, such as ⿰禾⿱尤旨; empty if it has none."""
    return _table().get(char, "")


@cache
def sequences() -> frozenset[str]:
    """Every description that some character has."""
    return frozenset(_table().values())


def split(sequence: str) -> tuple[str, tuple[str, ...]]:
    """The layout operator of a description and its two or three pieces, each a character or a description."""
    pieces, rest = [], sequence[1:]
    while rest:
        end = _end(rest)
        pieces.append(rest[:end])
        rest = rest[end:]
    return sequence[0], tuple(pieces)


@lru_cache(maxsize=4096)
def parts(char: str) -> Decomposition | None:
    """The character's components, to any depth that helps; None if it is no Chinese character.

    A character without components is a `Decomposition` without parts.
    """
    return _built(char, Square(0, 0, 1, 1), 0) if _is_han(char) else None


def component_box(char: str, residual: NDArray[np.float32], ink: Box | None = None) -> tuple[str, Box] | None:
    """The component in which a drawn character differs from the wanted one, and its box in pixels of the map.

    `residual`, float32 (height, width), is larger the more a place differs; `ink` is where the character stands in it
    (default: the whole map). It is the smallest component that holds most of the difference. None if the difference
    lies all over the character, or this has no components.
    """
    built = parts(char)
    ink = ink or Box(0, 0, residual.shape[1], residual.shape[0])
    weight = np.where(residual > _FAINT * float(residual.max(initial=0.0)), residual, 0.0)
    total = float(weight.sum())
    if built is None or total <= 0:
        return None
    holders = [part for part in built.walk() if _fit(part) and _mass(part, weight, ink) >= _HELD * total]
    best = min(holders, key=_area, default=None)
    if best is None or best is built:
        return None
    return best.component, best.square.on(ink)


def _fit(part: Decomposition) -> bool:
    """Large enough to be redrawn, and no enclosing part: its box is that of the whole character."""
    square = part.square
    return (
        part.hole is None
        and part.component not in _STROKES
        and min(square.right - square.left, square.bottom - square.top) >= _LEAST_SIDE
    )


def _area(part: Decomposition) -> float:
    return (part.square.right - part.square.left) * (part.square.bottom - part.square.top)


def _mass(part: Decomposition, weight: NDArray[np.floating], ink: Box) -> float:
    box = part.square.on(ink)
    rows, columns = box.clamped(Box(0, 0, weight.shape[1], weight.shape[0]).size).slices
    return float(weight[rows, columns].sum())


def _built(component: str, square: Square, depth: int) -> Decomposition:
    """The component at its place with its own parts; a sequence is taken as it is, a character is looked up."""
    described = component if component[0] in OPERATORS else sequence(component)
    if not described or depth >= _DEEPEST:
        return Decomposition(component, square)
    operator, pieces = split(described)
    places = _places(operator, pieces)
    parts = tuple(_built(piece, square.inside(place), depth + 1) for piece, place in zip(pieces, places, strict=True))
    if operator in _INNER:
        around = parts[0]
        outer = Decomposition(around.component, around.square, around.operator, hole=parts[1].square)
        parts = (outer, parts[1])
    return Decomposition(component, square, operator, parts)


def _places(operator: str, pieces: tuple[str, ...]) -> list[tuple[float, float, float, float]]:
    """The part of the whole in which each piece stands."""
    if operator in _INNER:
        return [(0, 0, 1, 1), _INNER[operator]]
    if operator == "⿻":
        return [(0, 0, 1, 1), (0, 0, 1, 1)]
    edges = (0.0, *cuts(operator, pieces), 1.0)
    spans = list(zip(edges, edges[1:], strict=False))
    return [(a, 0, b, 1) for a, b in spans] if operator in "⿰⿲" else [(0, a, 1, b) for a, b in spans]


def _end(text: str) -> int:
    """Where the first complete sequence of `text` ends."""
    needed = 1
    for position, char in enumerate(text):
        needed += (2 if char in _THREE else 1 if char in OPERATORS else 0) - (char not in OPERATORS)
        if needed == 0:
            return position + 1
    return len(text)


def _is_han(text: str) -> bool:
    return len(text) == 1 and unicodedata.name(text, "").startswith("CJK UNIFIED IDEOGRAPH")


@cache
def _table() -> dict[str, str]:
    lines = files("retouch.writing").joinpath("decomposition.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))
