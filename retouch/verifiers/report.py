"""From judged places to findings."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from retouch.finding import FaultKind, Finding
from retouch.geometry import Box, Size
from retouch.style import Style
from retouch.verifiers.character import Judgement
from retouch.verifiers.reader import PageReading, Place
from retouch.verifiers.suspicion import is_blurred
from retouch.writing.page import Page

_HAZE = 0.5
"""How far round a blurred glyph, in its longer sides, its haze is looked for."""
_FAINT = 0.05
"""Coverage down to which haze is seen."""


def findings(reading: PageReading, judgements: Sequence[Judgement], style: Style | None = None) -> tuple[Finding, ...]:
    """Everything that is not as it should be, in reading order. `judgements` stand one for one with the cells.

    The box of a blurred glyph is that of a full-bodied one of the page's `style`: of its own ink only the darkest part
    is seen, a fifth smaller than what has to be redrawn.
    """
    judged = iter(judgements)
    size = Size(reading.page.rgb.shape[1], reading.page.rgb.shape[0])
    if reading.wanted and not reading.cells:
        return (_nothing_there(reading.wanted, size),)
    found: list[Finding] = []
    for place in reading.places:
        if place.cell is None:
            found.append(_missing(place, reading.wanted, size))
            continue
        judgement = next(judged)
        if place.extra and reading.wanted is not None:
            found.append(_of(place, judgement, FaultKind.EXTRA, 0.0, size, place.cell.box))
        elif judgement.kind is not None:
            box = _body(reading.page, place.cell.box, judgement, style)
            found.append(_of(place, judgement, judgement.kind, judgement.score, size, box))
    return tuple(found)


def _nothing_there(wanted: str, size: Size) -> Finding:
    """One finding for a page on which nothing can be read, not one for each character of the reference."""
    reason = f"none of the {len(wanted)} characters of the reference was found on the page"
    return Finding(
        index=0,
        box=Box(0, 0, size.width, size.height),
        wanted=wanted[0],
        read=None,
        kind=FaultKind.MISSING,
        score=0,
        evidence={"reason": reason},
    )


def _missing(place: Place, wanted: str | None, size: Size) -> Finding:
    box = _inside(place.gap, size)
    char = wanted[place.index] if wanted else None
    reason = "nothing stands where it should"
    return Finding(
        index=place.index, box=box, wanted=char, read=None, kind=FaultKind.MISSING, score=0, evidence={"reason": reason}
    )


def _body(page: Page, box: Box, judgement: Judgement, style: Style | None) -> Box:
    """The box of what has to be redrawn: for a blurred glyph a full-bodied one's, with all of its haze."""
    if style is None or judgement.signs is None or not is_blurred(judgement.signs):
        return box
    wide, high = (
        max(0, round((spread.median - side) / 2))
        for spread, side in ((style.width, box.width), (style.height, box.height))
    )
    window = box.grown(round(_HAZE * max(box.width, box.height))).clamped(Size(page.ink.shape[1], page.ink.shape[0]))
    hazy = cv2.GaussianBlur(page.ink[window.slices], (0, 0), 1.5) > _FAINT
    _, labels = cv2.connectedComponents(hazy.astype(np.uint8), connectivity=8)
    touched = np.unique(labels[box.relative_to(window).slices])
    ys, xs = np.nonzero(np.isin(labels, touched[touched > 0]))
    haze = Box.between(int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1) if len(xs) else box
    return Box.around([box.grown(wide, high), haze.moved(window.x, window.y) if len(xs) else box])


def _of(place: Place, judgement: Judgement, kind: FaultKind, score: float, size: Size, box: Box) -> Finding:
    assert place.cell is not None
    evidence = judgement.evidence()
    if place.cell.read:
        evidence["in_line"] = place.cell.read
    if place.cell.wanted is None and kind is not FaultKind.EXTRA:
        evidence["proposal"] = place.cell.read or judgement.reading.best
    if place.cell.angle:
        evidence["angle"] = round(place.cell.angle, 2)
    return Finding(
        index=place.index,
        box=_inside(box, size),
        wanted=place.cell.wanted,
        read=judgement.reading.best,
        kind=kind,
        score=score,
        evidence=evidence,
    )


def _inside(box: Box | None, size: Size) -> Box:
    """The part of a box inside the picture, never without area."""
    box = (box or Box(0, 0, 1, 1)).clamped(size)
    return box if not box.empty else Box(min(box.x, size.width - 1), min(box.y, size.height - 1), 1, 1)
