"""Characters that do not exist: one component of a real one exchanged for another, composed from a face's glyphs."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box
from retouch.interfaces.demo.brush import Ink, outline
from retouch.interfaces.demo.lookalikes import nearest
from retouch.interfaces.demo.structure import Tree, donors, exists, in_role, is_han, tree, written
from retouch.patch import mask_box
from retouch.style import Face
from retouch.writing.fonts import covers
from retouch.writing.variants import relation

Mask = NDArray[np.bool_]
_TRIES = 12
_LEAST_SIDE = 0.24  # of the em: what is smaller can hold no readable component
_REGAIN = 0.3  # of the stroke width lost by scaling, given back on each side; faces thin dense parts much like this


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One component inside a glyph: which it is, where its ink lies, the whole's description with `{}` in its place,
    whether it belongs to the leading half, and its operator and position there."""

    node: Tree
    ink: Mask
    around: str
    first: bool
    role: tuple[str, int]


def foreign(char: str, face: Face, size: int, rng: np.random.Generator) -> Ink | None:
    """`char` with the left (or upper) component of another character of the same layout; None for atomic ones."""
    node = tree(char)
    whole = outline(face, char, size)
    halves = _divided(whole > 0.5, node)
    if halves is None or isinstance(node, str):
        return None
    rest = "".join(written(part) for part in node[1][1:])
    others = [d for d in donors(node[0], 0) if covers(face, d)]
    for _ in range(_TRIES):
        donor = others[int(rng.integers(len(others)))]
        theirs = tree(donor)
        graft = outline(face, donor, size)
        cut = _divided(graft > 0.5, theirs)
        if cut is None or isinstance(theirs, str) or not isinstance(theirs[1][0], str):
            continue
        if exists(node[0] + written(theirs[1][0]) + rest):
            continue
        out = _replaced(whole, halves[0], graft * _near(cut[0]))
        if out is not None:
            return out
    return None


def wrong(char: str, face: Face, size: int, rng: np.random.Generator, detail: str = "") -> Ink | None:
    """`char` with one component exchanged for a simpler or similar one; `detail` `旨>日` names both.

    None where the character has no component, or where every exchange tried gives a real character.
    """
    whole = outline(face, char, size)
    parts = [part for part in _parts(tree(char), whole > 0.5) if not part.first and _roomy(part, size)]
    if detail:
        old, _, new = detail.partition(">")
        parts = [part for part in parts if written(part.node) in (old, written(tree(old)))]
        return _exchanged(whole, parts[0], new, face, size) if parts else None
    for _ in range(_TRIES if parts else 0):
        part = parts[int(rng.integers(len(parts)))]
        choices = _instead_of(part.node, part.role, face)
        if not choices:
            continue
        new = choices[int(rng.integers(len(choices)))]
        if not exists(part.around.format(written(tree(new)))) and not exists(part.around.format(new)):
            return _exchanged(whole, part, new, face, size)
    return None


def _roomy(part: _Part, size: int) -> bool:
    box = mask_box(part.ink)
    return min(box.width, box.height) >= _LEAST_SIDE * size


def _instead_of(node: Tree, role: tuple[str, int], face: Face) -> list[str]:
    """What a model writes for a component: a part of it, or one that looks like it and stands in such places."""
    inner = tree(node) if isinstance(node, str) else node
    own = [] if isinstance(inner, str) else [part for part in inner[1] if isinstance(part, str)]
    alike = nearest(node, in_role(*role), face) if isinstance(node, str) and covers(face, node) else ()
    found = (char for char in dict.fromkeys([*own, *alike]) if is_han(char) and covers(face, char))
    # A variant of the component would leave a variant of the character, which is no fault.
    return [char for char in found if not isinstance(node, str) or relation(node, char) == "different"]


def _parts(node: Tree, ink: Mask, around: str = "{}", first: bool = False) -> list[_Part]:
    """All components below the whole character whose ink can be told apart, at any depth."""
    if isinstance(node, str):
        node = tree(node)
    halves = _divided(ink, node)
    if halves is None or isinstance(node, str):
        return []
    out: list[_Part] = []
    for number, (part, half) in enumerate(zip(node[1], halves, strict=True)):
        texts = [written(p) if n != number else "{}" for n, p in enumerate(node[1])]
        here = around.format(node[0] + "".join(texts))
        leads = first or (number == 0 and around == "{}")
        out.append(_Part(part, half, here, leads, (node[0], number)))
        out += _parts(part, half, here, leads)
    return out


def _divided(ink: Mask, node: Tree) -> tuple[Mask, ...] | None:
    """The ink of each part of a side-by-side (⿰) or stacked (⿱) layout; None for other layouts or joined parts."""
    if isinstance(node, str) or node[0] not in "⿰⿱" or not ink.any():
        return None
    box = mask_box(ink)
    upright = node[0] == "⿰"
    extent, start = (box.width, box.x) if upright else (box.height, box.y)
    profile = ink.sum(axis=0 if upright else 1).astype(np.float64)[start : start + extent]
    at = np.arange(extent) / max(extent, 1)
    cost = profile / max(profile.max(), 1) + 1.6 * np.abs(at - _middle(node))
    inner = slice(int(extent * 0.2), int(extent * 0.8))
    cut = start + inner.start + int(np.argmin(cost[inner]))
    return _sides(ink, cut, upright)


def _middle(node: tuple[str, tuple[Tree, ...]]) -> float:
    """Where the parts probably meet: a little before the middle; of a stack nearer to the part of fewer storeys."""
    if node[0] == "⿰":
        return 0.42
    upper, lower = (_storeys(part) for part in node[1])
    return 0.4 * 0.47 + 0.6 * 0.94 * upper / (upper + lower)


def _storeys(node: Tree) -> int:
    """How many components stand one upon another in a part."""
    inner = tree(node) if isinstance(node, str) else node
    if isinstance(inner, str):
        return 1
    heights = [_storeys(part) for part in inner[1]]
    return sum(heights) if inner[0] in "⿱⿳" else max(heights)


def _sides(ink: Mask, cut: int, upright: bool) -> tuple[Mask, Mask] | None:
    """Give each connected piece of ink to the side where most of it lies; pieces well on both sides are cut."""
    line = np.arange(ink.shape[1])[None, :] < cut if upright else np.arange(ink.shape[0])[:, None] < cut
    before = np.broadcast_to(line, ink.shape)
    count, labels = cv2.connectedComponents(ink.astype(np.uint8))
    total = np.bincount(labels.ravel(), minlength=count)
    inside = np.bincount(labels[before].ravel(), minlength=count) / np.maximum(total, 1)
    side = np.where(inside > 0.78, 1.0, np.where(inside < 0.22, 0.0, 0.5))[labels]
    first = ink & ((side == 1) | ((side == 0.5) & before))
    second = ink & ~first
    least = 0.1 * ink.sum()
    return (first, second) if first.sum() > least and second.sum() > least else None


def _near(mask: Mask) -> Ink:
    """A mask with its antialiased rim, as factor 0 or 1."""
    return cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)


def _exchanged(whole: Ink, part: _Part, new: str, face: Face, size: int) -> Ink | None:
    return _replaced(whole, part.ink, outline(face, new, size))


def _replaced(whole: Ink, old: Mask, new: Ink) -> Ink | None:
    """`whole` with the ink of `old` exchanged for `new`, fitted to the same box with strokes of the same weight."""
    target, source = mask_box(old), mask_box(new > 0.3)
    if target.width < 6 or target.height < 6 or source.width < 6 or source.height < 6:
        return None
    kept = whole * (1 - _near(old) * (1 - _near((whole > 0.5) & ~old)))
    kept[old] = 0
    fitted = _fitted(new[source.slices], target)
    out = kept.copy()
    np.maximum(out[target.slices], fitted, out=out[target.slices])
    return out


def _fitted(part: Ink, target: Box) -> Ink:
    """`part` scaled to the box; strokes that the scaling thinned are made broader again, but not so that gaps close."""
    reduced = np.asarray(
        cv2.resize(part, (target.width, target.height), interpolation=cv2.INTER_AREA), dtype=np.float32
    )
    width = _stroke_width(part)
    dx = max(0.0, (1 - target.width / part.shape[1]) * width * _REGAIN)
    dy = max(0.0, (1 - target.height / part.shape[0]) * width * _REGAIN)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(dx) + 1, 2 * round(dy) + 1))
    return np.asarray(cv2.dilate(reduced, kernel), dtype=np.float32)


def _stroke_width(ink: Ink) -> float:
    """Mean stroke width in pixels: twice the area over the outline's length."""
    solid = (ink > 0.5).astype(np.uint8)
    outlines, _ = cv2.findContours(solid, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    around = sum(cv2.arcLength(line, True) for line in outlines)
    return 2 * float(solid.sum()) / max(around, 1.0)
