"""Which face writes the wanted text: the page's own ranking, or the faces that draw the old ink most alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from retouch.edit import EditRequest
from retouch.editors.foreground import Foreground
from retouch.editors.lettering import Setting, sketch
from retouch.editors.look import Look
from retouch.editors.placement import place
from retouch.errors import EditorError
from retouch.geometry import Size
from retouch.style import Face
from retouch.writing import fonts
from retouch.writing.metrics import Ink, glyph_box

_SMALL = 32.0
"""Size of the em square in pixels at which lines are compared."""
_BLUR = 0.03
"""Blur in em before they are: strokes need not lie on each other to a pixel."""
_COMMON = "永之有天人水文春"
"""Characters with every basic stroke, drawn by fonts for simplified and for traditional text."""
_EAST_ASIA = "\u2e80"
"""The first sign that only fonts for Chinese, Japanese or Korean draw (Unicode: CJK Radicals Supplement)."""
PLACE_OF = {"font-2": 1, "font-3": 2}
"""How many designs a rung passes over."""


def choose(
    text: str, request: EditRequest, seen: Foreground, look: Look, faces: Sequence[Face] | None
) -> tuple[Face, tuple[str, ...]]:
    """The face for the request's rung and notes on what was passed over; EditorError where no face draws `text`.

    `faces` overrules the ranking of the request's style; without both, all installed faces are compared with the old
    ink. Each design counts once.
    """
    given = tuple(faces) if faces is not None else request.style.faces if request.style else ()
    able = [face for face in designs(given) if draws(face, text)]
    notes = [f"{face.family} does not draw {text!r}" for face in designs(given) if face not in able]
    wanted = PLACE_OF.get(request.rung, 0)
    if wanted >= len(able) and faces is None:
        pool = fonts.lettering() if max(text) < _EAST_ASIA else fonts.installed()
        others = [face for face in pool if draws(face, text) and face.family not in {f.family for f in able}]
        if given and not able and others:
            notes.append(f"no face that fits the page draws {text!r}; the likest other one is used")
        kin = next((face for face in given if request.style), None)
        able += designs(by_kinship(others, kin) if kin else by_likeness(others, request, seen, look))
    if not able:
        missing = next((c for c in text if not any(draws(f, c) for f in given or fonts.installed())), text)
        raise EditorError(
            f"typeset: no font draws {missing!r}; install one that does", hint="Debian: fonts-noto-cjk has most"
        )
    if wanted >= len(able):
        notes.append(f"only {len(able)} designs draw {text!r}; rung {request.rung} repeats the last")
    return able[min(wanted, len(able) - 1)], tuple(notes)


def draws(face: Face, text: str) -> bool:
    """True if the face has ink for every character of `text` that is not blank."""
    return all(fonts.covers(face, char) for char in text if not char.isspace())


def designs(faces: Sequence[Face]) -> list[Face]:
    """The first face of each family, in order."""
    first: dict[str, Face] = {}
    for face in faces:
        first.setdefault(face.family, face)
    return list(first.values())


def by_likeness(faces: Sequence[Face], request: EditRequest, seen: Foreground, look: Look) -> list[Face]:
    """The faces by how alike they set the source text (the target, where there is none) to the old ink, best first."""
    sample = (request.source or request.target or "").strip()
    old = np.where(seen.own, seen.coverage, 0).astype(np.float32)
    if not old.any():
        return sorted(faces)
    as_it_was = replace(request, target=sample, source=sample, style=None)
    likeness = {
        face: _likeness(place(sample, face, as_it_was, seen, look), old) if draws(face, sample) else -1.0
        for face in _members(faces)
    }
    return sorted(likeness, key=lambda face: (-likeness[face], face))


def by_kinship(faces: Sequence[Face], model: Face) -> list[Face]:
    """The faces by how alike they draw a few characters to the page's best face, best first. On a page the old ink is
    the worse witness: it is what was written wrong."""
    chars = [char for char in _COMMON if fonts.covers(model, char)]
    drawn = {char: _thumb(model, char) for char in chars}

    def kinship(face: Face) -> float:
        found = [float(np.corrcoef(_thumb(face, c), drawn[c])[0, 1]) for c in chars if fonts.covers(face, c)]
        return float(np.median(found)) if found else -1.0

    near = {face: kinship(face) for face in _members(faces)}
    return sorted(near, key=lambda face: (-near[face], face))


def _thumb(face: Face, char: str) -> Ink:
    """The glyph's ink box at low resolution, one row."""
    ink = fonts.render(face, char, 2 * round(_SMALL))
    part = ink[glyph_box(ink).slices]
    small = cv2.resize(part, (24, 24), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 0.8), np.float32).ravel()


def _likeness(settings: tuple[Setting, ...], old: Ink) -> float:
    """Correlation of the settings' glyphs with the old ink, both small and a little blurred."""
    scale = min(1.0, _SMALL / max(setting.em for setting in settings))
    small = cv2.resize(old, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    placed = [s.scaled(scale, (0, 0)) for s in settings]
    drawn = sketch(placed, Size(small.shape[1], small.shape[0]))
    first, second = (cv2.GaussianBlur(image, (0, 0), _BLUR * _SMALL).ravel() for image in (drawn, small))
    return float(np.corrcoef(first, second)[0, 1]) if drawn.any() else -1.0


def _members(faces: Sequence[Face]) -> list[Face]:
    """One face of each family and style: regional versions differ in few characters."""
    first: dict[tuple[str, str], Face] = {}
    for face in faces:
        first.setdefault((face.family, face.style), face)
    return list(first.values())
