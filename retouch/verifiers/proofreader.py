"""Proofreading a page: every character judged against a reference, or in itself where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from retouch.edit import RGB
from retouch.finding import FaultKind, Finding
from retouch.picture import Picture
from retouch.style import Direction, Face
from retouch.verifiers.character import CharacterJudge, Judgement
from retouch.verifiers.identity import Identity
from retouch.verifiers.reader import PageReading, Place, read_page, reordered
from retouch.verifiers.second_look import in_square, reconsidered
from retouch.writing.alignment import plain
from retouch.writing.cells import Cell
from retouch.writing.frames import Frame
from retouch.writing.hand import Hand, in_parallel, own_ink, study
from retouch.writing.layout import Layout
from retouch.writing.page import Page, prepare

Progress = Callable[[float], None]

_AGREES = 0.5
"""Share of characters read as wanted below which another direction is tried."""


@dataclass(frozen=True, slots=True, eq=False)
class Proofreading:
    """What a proofreading found. `characters` counts those of the reference that belong to the page (those read where
    there is none); `confidence` says in words what could be judged and how surely."""

    direction: Direction
    characters: int
    findings: tuple[Finding, ...]
    cells: tuple[Cell, ...]
    hand: Hand | None
    frames: tuple[Frame, ...]
    layout: Layout
    reference: str | None
    source: str | None
    strokes_judged: bool
    confidence: str
    reading: PageReading
    judgements: tuple[Judgement, ...]


class Proofreader:
    """Proofreads pages. `faces` are the typefaces that may serve as templates; None means all that are installed."""

    def __init__(self, faces: Sequence[Face] | None = None) -> None:
        self._faces = faces

    def proofread(
        self,
        picture: Picture,
        reference: str | None,
        direction: Direction | None = None,
        *,
        shapes: bool = True,
        progress: Progress | None = None,
    ) -> Proofreading:
        """Judge every character of `picture`. `reference` may be longer than the page; without one only what can be
        judged in itself is. `shapes` False judges identity alone."""
        report = progress or (lambda fraction: None)
        rgb = picture.srgb()
        wanted = None if reference is None else plain(reference)
        reading = reconsidered(_read(rgb, wanted, direction))
        report(0.4)
        cells = reading.cells
        page = reading.page
        inks = in_parallel(lambda cell: own_ink(page.ink, cell), cells)
        identities = in_square(page, cells, CharacterJudge().identities(page.rgb, inks, cells))
        report(0.6)
        hand = self._hand(page, cells, identities) if shapes and cells else None
        judgements = CharacterJudge(hand).judge(page.rgb, page.ink, cells, shapes, identities)
        report(1.0)
        return _proofreading(reading, reference, wanted, hand, judgements)

    def _hand(self, page: Page, cells: Sequence[Cell], identities: Sequence[Identity]) -> Hand:
        readings = [identity.reading for identity in identities]
        return study(page.rgb, page.ink, cells, readings, page.layout.direction, self._faces)


def _read(rgb: RGB, wanted: str | None, direction: Direction | None) -> PageReading:
    """The page read in the direction given, or in the one in which it agrees best with what is wanted."""
    page = prepare(rgb, direction)
    best = read_page(page, wanted)
    if direction is not None or wanted is None or best.agreement >= _AGREES:
        return best
    other = Direction.HORIZONTAL if page.layout.direction.upright else Direction.VERTICAL_RL
    turned = prepare(rgb, other)
    tries = [read_page(turned, wanted)]
    tries += [read_page(reordered(upright), wanted) for upright in (page, turned) if upright.layout.direction.upright]
    return max([best, *tries], key=lambda reading: reading.agreement)


def _proofreading(
    reading: PageReading,
    reference: str | None,
    wanted: str | None,
    hand: Hand | None,
    judgements: Sequence[Judgement],
) -> Proofreading:
    judged = iter(judgements)
    findings: list[Finding] = []
    for place in reading.places:
        found = _finding(place, next(judged) if place.cell is not None else None, wanted)
        findings += [] if found is None else [found]
    judged_strokes = hand is not None and hand.strokes_judged
    layout = reading.page.layout
    return Proofreading(
        direction=layout.direction,
        characters=reading.end - reading.begin,
        findings=tuple(findings),
        cells=reading.cells,
        hand=hand,
        frames=layout.frames,
        layout=layout,
        reference=reference,
        source=None,
        strokes_judged=judged_strokes,
        confidence="",
        reading=reading,
        judgements=tuple(judgements),
    )


def _finding(place: Place, judgement: Judgement | None, wanted: str | None) -> Finding | None:
    if place.cell is None or judgement is None:
        char = wanted[place.index] if wanted else None
        assert place.gap is not None
        return Finding(index=place.index, box=place.gap, wanted=char, read=None, kind=FaultKind.MISSING, score=0.0)
    if place.extra and wanted is not None:
        read = judgement.reading.best
        return Finding(
            index=place.index,
            box=place.cell.box,
            wanted=None,
            read=read,
            kind=FaultKind.EXTRA,
            score=0.0,
            evidence=judgement.evidence(),
        )
    if judgement.kind is None:
        return None
    return Finding(
        index=place.index,
        box=place.cell.box,
        wanted=place.cell.wanted,
        read=judgement.reading.best,
        kind=judgement.kind,
        score=judgement.score,
        evidence=judgement.evidence(),
    )
