"""Typeface: which of the installed faces come near the glyphs of a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from retouch.style import Face
from retouch.writing.fonts import covers, render
from retouch.writing.ink import Coverage, ink_box
from retouch.writing.parallel import in_parallel
from retouch.writing.registration import EM, Ink, correlation, register
from retouch.writing.templates import framed, template

_COVERED = 0.6  # share of the page's characters that a face must draw
_PROBES = 10  # glyphs in the first, coarse look
_THUMB = 24  # px, side of a glyph in the coarse look
_DRAWN = 40  # px an em at which faces are drawn for it
_DESIGNS = 6  # designs (family and weight) that are looked at closer
_SHORTLIST = 6  # faces whose elastic distance is taken
_PER_FAMILY = 2
_MATES = 4
_FINALISTS = 2  # faces whose distance is taken on all glyphs; the others' on every fourth


@dataclass(frozen=True, slots=True)
class FittedFace:
    """A face and its median elastic distance to the page's glyphs; `em` page pixels to its em."""

    face: Face
    distance: float
    em: float


def fit_faces(chars: Sequence[str], inks: Sequence[Coverage], faces: Iterable[Face]) -> tuple[FittedFace, ...]:
    """The faces nearest to the glyphs (`inks` show `chars`), best first; empty where no face covers enough of them."""
    pairs = [(char, ink) for char, ink in zip(chars, inks, strict=True) if ink_box(ink) is not None]
    able = [face for face in faces if pairs and _covered(face, pairs[:: max(1, len(pairs) // _PROBES)])]
    shortlist = _shortlist(able, pairs)
    first = sorted(in_parallel(lambda f: _fitted(f, pairs[::4]), shortlist), key=lambda f: f.distance)
    best = sorted(in_parallel(lambda f: _fitted(f.face, pairs), first[:_FINALISTS]), key=lambda f: f.distance)
    return (*best, *first[_FINALISTS:], *_mates(best, able)) if best else ()


def em_of(face: Face, pairs: Sequence[tuple[str, Coverage]]) -> float:
    """Page pixels to the face's em: the median ratio of the sizes of ink boxes."""
    ratios = []
    for char, ink in pairs:
        seen, drawn = ink_box(ink), ink_box(template(face, char))
        if seen and drawn:
            ratios.append((seen.area / drawn.area) ** 0.5)
    return EM * float(np.median(ratios)) if ratios else float(EM)


def _covered(face: Face, pairs: Sequence[tuple[str, Coverage]]) -> bool:
    return sum(covers(face, char) for char, _ in pairs) >= _COVERED * len(pairs)


def _shortlist(faces: Sequence[Face], pairs: Sequence[tuple[str, Coverage]]) -> list[Face]:
    """The likeliest faces at a coarse look: first one face of each design, then all faces of the best designs."""
    probes = [(char, _thumb(ink)) for char, ink in pairs[:: max(1, len(pairs) // _PROBES)]]
    designs: dict[tuple[str, str], list[Face]] = {}
    for face in faces:
        designs.setdefault((face.family, face.style), []).append(face)
    ranked = sorted(designs.values(), key=lambda members: -_likeness(members[0], probes))[:_DESIGNS]
    likeness = {face: _likeness(face, probes) for members in ranked for face in members}
    chosen: dict[Face, float] = {}
    for face in sorted(likeness, key=lambda f: -likeness[f]):
        mates = [other for other in chosen if other.family == face.family]
        # faces of a collection that draw a page's characters alike have the very same likeness
        if len(mates) < _PER_FAMILY and all(chosen[mate] != likeness[face] for mate in mates):
            chosen[face] = likeness[face]
    return list(chosen)[:_SHORTLIST]


def _mates(best: Sequence[FittedFace], able: Sequence[Face]) -> list[FittedFace]:
    """Other faces of the best one's family, those of its weight first: one of a collection draws some characters as
    another region does."""
    first, known = best[0], {fitted.face for fitted in best}
    mates = [face for face in able if face.family == first.face.family and face not in known]
    mates.sort(key=lambda face: face.style != first.face.style)
    return [replace(first, face=face) for face in mates[:_MATES]]


def _likeness(face: Face, probes: Sequence[tuple[str, Ink]]) -> float:
    """Median correlation of a few glyphs with the face's, ink box on ink box at low resolution; -1 if none is drawn."""
    scores = [correlation(thumb, _drawn_thumb(face, char)) for char, thumb in probes if covers(face, char)]
    return float(np.median(scores)) if scores else -1.0


@lru_cache(maxsize=8192)
def _drawn_thumb(face: Face, char: str) -> Ink:
    return _thumb(render(face, char, _DRAWN))


def _thumb(ink: Ink) -> Ink:
    box = ink_box(ink)
    part = ink[box.slices] if box else ink
    small = cv2.resize(part, (_THUMB, _THUMB), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 0.8), dtype=np.float32)


def _fitted(face: Face, pairs: Sequence[tuple[str, Coverage]]) -> FittedFace:
    known = [(char, ink) for char, ink in pairs if covers(face, char)]
    if not known:
        return FittedFace(face, 1.0, float(EM))
    em = em_of(face, known)
    distances = [register(framed(ink, em), template(face, char)).distance for char, ink in known]
    return FittedFace(face, float(np.median(distances)), em)
