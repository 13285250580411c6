"""From judged places to findings."""

from __future__ import annotations

from collections.abc import Sequence

from retouch.finding import FaultKind, Finding
from retouch.geometry import Box, Size
from retouch.verifiers.character import Judgement
from retouch.verifiers.reader import PageReading, Place


def findings(reading: PageReading, judgements: Sequence[Judgement]) -> tuple[Finding, ...]:
    """Everything that is not as it should be, in reading order. `judgements` stand one for one with the cells."""
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
            found.append(_of(place, judgement, FaultKind.EXTRA, 0.0, size))
        elif judgement.kind is not None:
            found.append(_of(place, judgement, judgement.kind, judgement.score, size))
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


def _of(place: Place, judgement: Judgement, kind: FaultKind, score: float, size: Size) -> Finding:
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
        box=_inside(place.cell.box, size),
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
