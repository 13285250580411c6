"""Proofreading a page: every character judged against a reference, or in itself where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.finding import Finding
from retouch.geometry import Box, Size
from retouch.picture import Picture
from retouch.style import Direction, Face
from retouch.verdict import Outcome
from retouch.verifiers.character import CharacterJudge, Judgement, by_sister
from retouch.verifiers.confidence import confidence
from retouch.verifiers.heading import without_heading
from retouch.verifiers.identity import Identity
from retouch.verifiers.reader import PageReading, counted, read_page, reordered, reread
from retouch.verifiers.report import findings
from retouch.verifiers.second_look import by_line, in_square, reconsidered, surely_read
from retouch.writing.alignment import plain
from retouch.writing.cells import Cell
from retouch.writing.frames import Frame, find_frames
from retouch.writing.hand import Hand, in_parallel, own_ink, study
from retouch.writing.ink import Coverage, coverage
from retouch.writing.layout import Layout
from retouch.writing.memory import give_back
from retouch.writing.page import Page, cleared, overlooked, prepare, projected
from retouch.writing.recogniser import Reading

Progress = Callable[[float], None]

_AGREES = 0.5
"""Share of characters read as wanted below which another direction is tried."""

_WELL = 0.93
"""Share of characters read as wanted below which the lines may have been mistaken; on a grid of rows that the detector
took for columns here and there it was .87."""

_OVERLOOKED = 0.12
"""Share of the page's ink outside all lines from which the detector may have left characters out; strokes that overflow
their line, specks and small notes are less."""

_SURELY = 0.9
"""Probability from which a character that no reference names is taken for what it reads as: of a page's own glyphs
those are the well-written ones, and only they are to be imitated."""

_AROUND = 0.15
"""Surroundings, as a share of a cell's longer side, whose change makes it worth judging again."""


@dataclass(frozen=True, slots=True, eq=False)
class Proofreading:
    """What a proofreading found. `characters` counts those of the reference that belong to the page (those read where
    there is none); `judgements` stand one for one with `cells`; `confidence` says in words what could be judged and
    how surely; `shapes` is False if only identity was asked for."""

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
    shapes: bool


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
        judged in itself is. `shapes` False judges identity alone; `progress` is told the share done, 0 to 1."""
        report = progress or (lambda fraction: None)
        wanted = None if reference is None else plain(reference)
        reading = without_heading(reconsidered(_read(picture.srgb(), wanted, direction)))
        give_back()
        report(0.4)
        cells = reading.cells
        inks = in_parallel(lambda cell: own_ink(reading.page.ink, cell), cells)
        identities = _identities(reading, cells, inks, shapes)
        report(0.6)
        hand = self._hand(reading.page, cells, identities, inks) if shapes and cells else None
        judgements = _judge(reading.page, cells, hand, identities, inks)
        if hand is not None and by_sister(hand, judgements):
            hand = hand.as_sister()
            judgements = _judge(reading.page, cells, hand, identities, inks)
        if hand is not None:  # what is doubted must not be copied
            doubted = [cell.box for cell, j in zip(cells, judgements, strict=True) if j.outcome is not Outcome.PASS]
            hand = hand.doubting(doubted)
        give_back()
        report(1.0)
        return _proofreading(reading, reference, hand, judgements, shapes)

    def recheck(self, previous: Proofreading, picture: Picture, boxes: Sequence[Box] | None) -> Proofreading:
        """Proofread again after edits: lines, hand and every judgement whose pixels stand are taken over.

        `boxes` are the places that were edited, None if they are not known; pixels outside them are not compared.
        Another size of picture is another page and is proofread from the start.
        """
        before = previous.reading.page
        rgb = picture.srgb()
        if rgb.shape != before.rgb.shape:
            return self.proofread(picture, previous.reference, previous.direction, shapes=previous.shapes)
        layout = replace(previous.layout, frames=find_frames(rgb))
        page = cleared(rgb, coverage(rgb), layout)
        changed = _changed(before.rgb, page.rgb, boxes)
        page = replace(page, sizes=before.sizes)
        reading = without_heading(reconsidered(reread(previous.reading, page, changed), changed))
        judgements = self._taken_over(previous, reading, changed)
        return _proofreading(reading, previous.reference, previous.hand, judgements, previous.shapes)

    def _taken_over(
        self, previous: Proofreading, reading: PageReading, changed: NDArray[np.bool_]
    ) -> tuple[Judgement, ...]:
        """Old judgements where neither cell nor pixels differ, new ones elsewhere."""
        known = {
            _key(c): j for c, j in zip(previous.cells, previous.judgements, strict=True) if not _touched(c, changed)
        }
        fresh = [cell for cell in reading.cells if _key(cell) not in known]
        inks = in_parallel(lambda cell: own_ink(reading.page.ink, cell), fresh)
        identities = _identities(reading, fresh, inks, previous.shapes)
        judged = iter(_judge(reading.page, fresh, previous.hand, identities, inks))
        return tuple(known.get(_key(cell)) or next(judged) for cell in reading.cells)

    def _hand(
        self, page: Page, cells: Sequence[Cell], identities: Sequence[Identity], inks: Sequence[Coverage]
    ) -> Hand | None:
        """The hand of the page: where no reference says what its characters are, studied from what surely reads.

        None where nothing does, and on posters and signs without a reference: they have no one hand.
        """
        said = [(c, identity.reading, ink) for c, identity, ink in zip(cells, identities, inks, strict=True)]
        if all(cell.wanted is None for cell in cells):
            said = [] if page.mixed else [_taken(*one) for one in said if one[1].probability >= _SURELY]
        if not said:
            return None
        known, readings, own = zip(*said, strict=True)
        return study(page.rgb, page.ink, known, readings, page.layout.direction, self._faces, own)


def _taken(cell: Cell, reading: Reading, ink: Coverage) -> tuple[Cell, Reading, Coverage]:
    """A character that no reference names, taken for what it reads as."""
    return replace(cell, wanted=reading.best), replace(reading, wanted=reading.probability), ink


def _read(rgb: RGB, wanted: str | None, direction: Direction | None) -> PageReading:
    """The page read as its detected lines lie; where they leave ink out, or hardly agree with what is wanted, it is
    read in other ways, too, and the one that agrees best is taken."""
    page = prepare(rgb, direction)
    best = read_page(page, wanted)
    # A page of which most is missing may be no poster, but writing whose lines were mistaken.
    poster = page.mixed and (wanted is None or _matched(best) >= _AGREES * len(wanted))
    shown = poster and _matched(best) >= _AGREES * (best.end - best.begin)
    plain_page = not page.mixed and overlooked(page) <= _OVERLOOKED
    if shown or (best.agreement >= _AGREES and (poster or plain_page)):
        return best if page.mixed or best.agreement >= _WELL else _crossed(page, best)
    ways = [direction] if direction else [Direction.VERTICAL_RL, Direction.HORIZONTAL, Direction.VERTICAL_LR]
    if wanted is None:
        ways = [page.layout.direction]
    tries = [page, *(projected(page, way) for way in ways)]
    if direction is None and wanted is not None:
        tries += [reordered(page)] if page.layout.direction.upright else []
    return max([best, *(read_page(each, wanted) for each in tries[1:])], key=_matched)


def _crossed(page: Page, best: PageReading) -> PageReading:
    """Where characters stand as near to the next line as to the next character, the detector takes some rows for
    columns: lines from the ink alone are better then."""
    other = read_page(projected(page, page.layout.direction), best.wanted)
    return max(best, other, key=_matched)


def _matched(reading: PageReading) -> float:
    """How much of the page was read as wanted, in characters; without a reference how much was read at all."""
    if reading.wanted is None:
        return sum(seen.probability for line in reading.lines for seen in line.line.text)
    return reading.agreement * sum(len(counted(line.line)) for line in reading.lines)


def _identities(
    reading: PageReading, cells: Sequence[Cell], inks: Sequence[Coverage], shapes: bool
) -> tuple[Identity, ...]:
    """What each cell reads as; where strokes are judged, too, every glyph is looked at by itself, because a doubtful
    reading is a sign of a faulty stroke."""
    page, known = reading.page, {} if shapes else surely_read(reading)
    open_ones = [(cell, ink) for cell, ink in zip(cells, inks, strict=True) if cell not in known]
    fresh, own = [cell for cell, _ in open_ones], [ink for _, ink in open_ones]
    looked = in_square(page, fresh, CharacterJudge().identities(page.rgb, own, fresh))
    found = {**known, **dict(zip(fresh, looked, strict=True))}
    return by_line(reading, [found[cell] for cell in cells], cells)


def _judge(
    page: Page, cells: Sequence[Cell], hand: Hand | None, identities: Sequence[Identity], inks: Sequence[Coverage]
) -> tuple[Judgement, ...]:
    return CharacterJudge(hand).judge(page.rgb, page.ink, cells, hand is not None, identities, inks=inks)


def _changed(before: RGB, after: RGB, boxes: Sequence[Box] | None) -> NDArray[np.bool_]:
    """True (height, width) where the pages differ, looked for inside `boxes` only where they are given."""
    out = np.zeros(before.shape[:2], np.bool_)
    size = Size(before.shape[1], before.shape[0])
    for box in [Box(0, 0, size.width, size.height)] if boxes is None else boxes:
        here = box.clamped(size).slices
        out[here] = (before[here] != after[here]).any(axis=2)
    return out


def _touched(cell: Cell, changed: NDArray[np.bool_]) -> bool:
    grow = round(_AROUND * max(cell.box.width, cell.box.height))
    around = cell.box.grown(grow).clamped(Size(changed.shape[1], changed.shape[0]))
    return bool(changed[around.slices].any())


def _key(cell: Cell) -> tuple[Box, float, str | None]:
    return cell.box, cell.angle, cell.wanted


def _proofreading(
    reading: PageReading, reference: str | None, hand: Hand | None, judgements: Sequence[Judgement], shapes: bool
) -> Proofreading:
    layout = reading.page.layout
    return Proofreading(
        direction=layout.direction,
        characters=reading.end - reading.begin,
        findings=findings(reading, judgements, hand.style if hand else None),
        cells=reading.cells,
        hand=hand,
        frames=layout.frames,
        layout=layout,
        reference=reference,
        source=None,
        strokes_judged=hand is not None and hand.strokes_judged,
        confidence=confidence(reading, hand, shapes),
        reading=reading,
        judgements=tuple(judgements),
        shapes=shapes,
    )
