"""Looking again before anything is called a fault: at a glyph in its own square, and at a line cut otherwise."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box
from retouch.verifiers.character import CharacterJudge
from retouch.verifiers.identity import Identity, identify
from retouch.verifiers.reader import LineReading, PageReading, Place, counted, cut_line, touched
from retouch.writing.alignment import plain
from retouch.writing.cells import Cell
from retouch.writing.hand import own_ink
from retouch.writing.page import Page
from retouch.writing.passage import Expected
from retouch.writing.recogniser import ReadCharacter, Reading, Recogniser
from retouch.writing.segmentation import leftover
from retouch.writing.strip import along, page_box

LOOKS = ((1.0, 0), (1.0, 90), (1.15, 90))
"""Squares in which a doubtful glyph is looked at again: side in sizes of the line's characters, and turn in degrees.

A flat 以 that reads 人 when it is stretched alone reads 以 at .99 in its square; 勸, whose sides are read one after the
other, reads right when it lies on its side, as columns are read."""

_BETTER = 0.3
"""By how much the summed probabilities of neighbours must rise before another cut of their line is preferred."""

_MOST_TRIALS = 60
"""Cuts tried on one page; a page that needs more does not hold the reference."""

_TALL = 0.45
"""Length along the line, in characters, from which unowned ink is reported where there is no reference."""

_SURE = 0.99
"""Probability in its line from which a character needs no look of its own where identity alone is asked for: four in
five have it, and of 37 faults among them on ten painted pages no single look told one."""

_SEEN = 0.6
"""Probability from which ink that no character owns is a character too many."""


def in_square(page: Page, cells: Sequence[Cell], identities: Sequence[Identity]) -> tuple[Identity, ...]:
    """The identities, each doubtful one looked at again in the square that its line gives a character."""
    doubtful = [number for number, found in enumerate(identities) if not found.certain and cells[number].wanted]
    looks = [_squared(cells[n], side * page.sizes[cells[n].line], turn) for n in doubtful for side, turn in LOOKS]
    whole = [np.ones((look.box.height, look.box.width), np.float32) for look in looks]
    again = identify(page.rgb, whole, looks, Recogniser.shared(), again=False)  # a square has no other look
    out = list(identities)
    for place, number in enumerate(doubtful):
        best = max(again[place * len(LOOKS) : (place + 1) * len(LOOKS)], key=lambda found: found.wanted)
        if best.wanted > out[number].wanted:
            out[number] = best if best.certain else replace(out[number], wanted=best.wanted)
    return tuple(out)


def _squared(cell: Cell, side: float, turn: float) -> Cell:
    x, y = cell.box.centre
    length = max(2, round(max(side, 0.9 * max(cell.box.width, cell.box.height))))
    box = Box(round(x - length / 2), round(y - length / 2), length, length)
    return replace(cell, box=box, angle=cell.angle + turn)


def by_line(
    reading: PageReading, identities: Sequence[Identity], cells: Sequence[Cell] | None = None
) -> tuple[Identity, ...]:
    """The identities of `cells` (all of the reading's), where the line's reading decides instead of the single glyph:
    for letters and digits, which alone are ambiguous, and on posters, whose lines cannot be cut with certainty."""
    seen = _in_line(reading, ("equal", "variant"))
    out: list[Identity] = []
    for cell, found in zip(reading.cells if cells is None else cells, identities, strict=True):
        read = seen.get(cell)
        trusted = reading.page.mixed or not _is_han(cell.wanted)
        if read is not None and trusted and read.probability > found.wanted:
            found = _from_line(cell, read)
        out.append(found)
    return tuple(out)


def surely_read(reading: PageReading) -> dict[Cell, Identity]:
    """The identities of cells that surely read as wanted in their line; none where there is no reference."""
    seen = _in_line(reading, ("equal",)) if reading.wanted is not None else {}
    return {cell: _from_line(cell, read) for cell, read in seen.items() if read.probability >= _SURE}


def _in_line(reading: PageReading, relations: Collection[str]) -> dict[Cell, ReadCharacter]:
    """What each cell reads in its line, where that stands in one of these `relations` to what is wanted."""
    return {
        place.cell: text[expected.read]
        for line in reading.lines
        for text in (counted(line.line),)
        for place, expected in zip(line.places, line.expected, strict=True)
        if place.cell is not None and expected.read is not None and expected.relation in relations
    }


def _is_han(char: str | None) -> bool:
    return char is None or "\u3400" <= char <= "\u9fff" or char >= "\U00020000"


def _from_line(cell: Cell, read: ReadCharacter) -> Identity:
    variant = None if read.char == cell.wanted else read.char
    wanted = read.probability if variant is None else 0.0
    reading = Reading(wanted, read.char, read.probability, ((read.char, read.probability),))
    return Identity(read.probability, variant, reading)


def reconsidered(reading: PageReading, changed: NDArray[np.bool_] | None = None) -> PageReading:
    """The reading with each missing and each superfluous character tried otherwise: perhaps two glyphs stand in one
    cell, or one glyph was cut in two; and with unowned ink that reads as a character taken for one too many.

    `changed` limits it to the lines with True pixels.
    """
    trials = sum(_suspect(place) for line in reading.lines for place in line.places)
    if trials > _MOST_TRIALS:
        return reading
    lines = (
        line
        if line.line.index in reading.outside or (changed is not None and not touched(line, changed))
        else _reconsidered(reading.page, line, reading.wanted)
        for line in reading.lines
    )
    return replace(reading, lines=tuple(lines))


def _reconsidered(page: Page, line: LineReading, wanted: str | None) -> LineReading:
    if wanted is None:
        return _with_leftover(page, line, None)
    return _right_copy(page, _with_leftover(page, _recut(page, line, wanted), wanted))


def _suspect(place: Place) -> bool:
    return (place.cell is None) != place.extra


def _recut(page: Page, line: LineReading, wanted: str) -> LineReading:
    """Force each missing character in, leave each superfluous one out, and keep what reads better."""
    number = 0
    while number < len(line.places):
        place = line.places[number]
        if not _suspect(place):
            number += 1
            continue
        if place.extra:
            expected = (*line.expected[:number], *line.expected[number + 1 :])
            forced = frozenset(n - (n > number) for n in line.forced)
            other = cut_line(page, line.line, expected, line.size, wanted, forced)
            before, after = _score(page, line, number, 1), _score(page, other, number, 0)
        else:
            other = cut_line(page, line.line, line.expected, line.size, wanted, line.forced | {number})
            before, after = _score(page, line, number, 1), _score(page, other, number, 1)
        if after >= before + _BETTER:
            line = other
            continue
        number += 1
    return line


def _score(page: Page, line: LineReading, number: int, behind: int) -> float:
    """Summed probabilities of what is wanted near a place, from the one before it to `behind` places after it."""
    near = line.places[max(0, number - 1) : number + behind + 1]
    cells = [place.cell for place in near if place.cell is not None and not place.extra]
    return sum(found.wanted for found in _identities(page, cells))


def _identities(page: Page, cells: Sequence[Cell]) -> tuple[Identity, ...]:
    inks = [own_ink(page.ink, cell) for cell in cells]
    return in_square(page, cells, CharacterJudge().identities(page.rgb, inks, cells))


def _with_leftover(page: Page, line: LineReading, wanted: str | None) -> LineReading:
    """Add ink that no character owns: with a reference where it reads as a character, without one in any case."""
    spans = [along(line.line, place.cell.box) for place in line.places if place.cell is not None]
    signs = [read.position * line.line.length for read in line.line.text if not plain(read.char)]
    for box in leftover(page.strip(line.line), spans, line.size) if spans and not page.mixed else ():
        if any(box.y - 0.2 * line.size < sign < box.bottom + 0.2 * line.size for sign in signs):
            continue
        cell = Cell(0, line.line.index, page_box(line.line, box), line.line.angle)
        (found,) = _identities(page, [cell])
        if found.reading.probability >= _SEEN or (wanted is None and box.height >= _TALL * line.size):
            line = _inserted(line, cell, box.y)
    return line


def _inserted(line: LineReading, cell: Cell, begin: int) -> LineReading:
    """The line with a character too many at `begin` pixels along it."""
    places = line.places
    before = [n for n, p in enumerate(places) if p.cell is not None and along(line.line, p.cell.box)[0] < begin]
    number = before[-1] + 1 if before else 0
    index = places[number].index if number < len(places) else places[-1].index + 1
    extra = Place(index, line.line.index, replace(cell, index=index), None, True)
    return replace(
        line,
        expected=(*line.expected[:number], Expected(None, None, None), *line.expected[number:]),
        places=(*places[:number], extra, *places[number:]),
        forced=frozenset(n + (n >= number) for n in line.forced),
    )


def _right_copy(page: Page, line: LineReading) -> LineReading:
    """Of a doubled character the worse copy is the one too many; of equal ones the second."""
    places = list(line.places)
    for number, place in enumerate(places[:-1]):
        following = places[number + 1]
        if place.extra == following.extra or place.cell is None or following.cell is None:
            continue
        extra, kept = (place, following) if place.extra else (following, place)
        assert extra.cell is not None and kept.cell is not None
        asked = [replace(cell, wanted=kept.cell.wanted) for cell in (extra.cell, kept.cell)]
        first, second = _identities(page, asked)
        if first.wanted > second.wanted + _BETTER:
            places[number], places[number + 1] = _exchanged(place, following)
    return replace(line, places=tuple(places))


def _exchanged(one: Place, two: Place) -> tuple[Place, Place]:
    """Two neighbours with the part of the character too many given to the other."""
    assert one.cell is not None and two.cell is not None
    asked = one.cell.wanted or two.cell.wanted
    index = two.index if one.extra else one.index
    return (
        Place(
            index, one.line, replace(one.cell, index=index, wanted=asked if one.extra else None), None, not one.extra
        ),
        Place(
            index, two.line, replace(two.cell, index=index, wanted=asked if two.extra else None), None, not two.extra
        ),
    )
