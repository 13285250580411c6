"""Reference pictures for an editor that takes several: the wanted glyphs in a font, good copies from the page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retouch.edit import EditRequest, Reference
from retouch.geometry import Box
from retouch.plan import Step, TextReads
from retouch.style import Direction, Face, Style

if TYPE_CHECKING:
    from retouch.orchestrator.page import Page

_EM = 256
"""Pixels of the em square of a single glyph: enough for the strokes of 稽."""
_LONGEST = 1024
"""Longer side of a guide in pixels; a longer text is set smaller."""
_LEAST_EM = 24
"""Smaller glyphs show no strokes: so long a text gets no guide."""


def references(page: Page, step: Step, before: EditRequest) -> tuple[Reference, ...]:
    """The reference pictures for a step that writes: the guide, then copies of its characters.

    `before` is the step's place as it stands, unscaled; the font is chosen by it where the page has no hand.
    """
    text = wanted(step)
    if text is None or step.box is None:
        return ()
    face = best_face(text, before, page.style)
    upright = _upright(step, page)
    drawn = guide(text, face, upright) if face else None
    copies = page.copies(dict.fromkeys(text), step.box)
    return (*((drawn,) if drawn else ()), *copies)


def wanted(step: Step) -> str | None:
    """The text that a step is to write; None for one that writes none."""
    if step.operation == "recolour" or not isinstance(step.expectation, TextReads):
        return None
    return (step.target or step.expectation.text).strip() or None


def best_face(text: str, before: EditRequest, style: Style | None) -> Face | None:
    """The page's own design or, without a hand, that which is most like what stands there; None if no font draws it."""
    from retouch.editors.foreground import separate
    from retouch.editors.look import look_of
    from retouch.editors.typeface import choose, draws
    from retouch.errors import RetouchError

    own = next((face for face in style.faces if draws(face, text)), None) if style else None
    if own is not None or not before.mask.any():
        return own
    try:
        seen = separate(before.canvas, before.mask, before.style, None, 0.0)
        return choose(text, before, seen, look_of(before, seen), None)[0]
    except RetouchError:
        return None  # no installed font draws the text; then there is no guide, and the instruction names none


def guide(text: str, face: Face, upright: bool = False) -> Reference | None:
    """`text` in black on white in one line or column; None for a text too long to show its strokes."""
    chars = [char for char in text if not char.isspace()] if upright else list(text)
    lengths = [1.0 if upright else _advance(face, char) for char in chars]
    em = min(_EM, math.floor(_LONGEST / max(sum(lengths), 1.0)))
    if em < _LEAST_EM:
        return None
    ink = _set(chars, lengths, face, em, upright)
    grey = np.rint(255 * (1 - ink)).astype(np.uint8)
    return Reference("glyph", text, np.repeat(grey[:, :, None], 3, axis=2), ink=ink)


def _advance(face: Face, char: str) -> float:
    """How far the pen moves on, in em; half an em for a space, which a font may lack."""
    from retouch.writing.fitting import advance

    return 0.5 if char.isspace() else advance(face, char)


def _set(chars: list[str], lengths: list[float], face: Face, em: int, upright: bool) -> NDArray[np.float32]:
    """Ink coverage of the line, a quarter em of white round it."""
    from retouch.writing.fonts import render

    rim, run = em // 4, math.ceil(sum(lengths) * em)
    width, height = (em, run) if upright else (run, em)
    canvas = np.zeros((height + 2 * rim, width + 2 * rim), np.float32)
    pen = 0.0
    for char, length in zip(chars, lengths, strict=True):
        if not char.isspace():
            glyph = render(face, char, em)
            middle = (em / 2, pen + em / 2) if upright else (pen + length * em / 2, em / 2)
            _stamp(canvas, glyph, rim + middle[0], rim + middle[1])
        pen += length * em
    return canvas


def _stamp(canvas: NDArray[np.float32], glyph: NDArray[np.float32], x: float, y: float) -> None:
    height, width = glyph.shape
    box = Box(round(x - width / 2), round(y - height / 2), width, height)
    here = box.intersection(Box(0, 0, canvas.shape[1], canvas.shape[0]))
    part = canvas[here.slices]
    np.maximum(part, glyph[here.relative_to(box).slices], out=part)


def _upright(step: Step, page: Page) -> bool:
    direction = page.direction
    if direction is not None:
        return direction is not Direction.HORIZONTAL
    return step.box is not None and step.box.height > 1.5 * step.box.width
