"""Reading a page against a reference: which character stands where, what is missing and what is too much."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Box
from retouch.style import Direction
from retouch.writing.alignment import align, plain
from retouch.writing.cells import Cell
from retouch.writing.cut import Slot
from retouch.writing.layout import Layout, Line, read
from retouch.writing.page import Page
from retouch.writing.passage import Expected, Passage, by_lines, find_passage
from retouch.writing.recogniser import ReadCharacter
from retouch.writing.segmentation import segment
from retouch.writing.strip import page_box

_NARROW = 0.55
"""Length of a Latin letter or a digit as a share of a Han character."""

_FLAT = 0.45
"""Length of 一 down a column: its stroke and the paper about it. What room a grid leaves it is a gap, which costs
nothing; a full length would take the dots of the next character in."""

_SMALL_PRINT = 0.7
"""Lines thinner than this share of the text's are annotations unless half of them reads as wanted."""

_SURE = 0.95
"""Share of characters read as wanted from which the lines of a poster are in the reference's order."""

_OUTSIDE = 0.25
"""Share of wanted characters below which a line at the edge of the text, or of odd size, is none of the text."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the text: `index` counts the reference's characters (the page's where there is none). `cell` is
    None where nothing stands, in the gap `gap` (page pixels, upright); `extra` is True for a character too many."""

    index: int
    line: int
    cell: Cell | None
    gap: Box | None = None
    extra: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LineReading:
    """One line: what was expected in it and, one for one, the places found. `size` is the usual length of a full
    character; `forced` are the numbers of expected characters that must not be left out."""

    line: Line
    size: float
    expected: tuple[Expected, ...]
    places: tuple[Place, ...]
    forced: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class PageReading:
    """A page's text as it was found: its lines in reading order; `begin` and `end` of the reference on the page, the
    share of read characters that are as wanted (`agreement`), and the indices of lines that are none of the text."""

    page: Page
    wanted: str | None
    lines: tuple[LineReading, ...]
    begin: int
    end: int
    agreement: float
    outside: tuple[int, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        """Every character and every gap, in reading order."""
        return tuple(p for line in self.lines for p in line.places if p.cell is not None or not p.extra)

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(place.cell for place in self.places if place.cell is not None)


def read_page(page: Page, wanted: str | None) -> PageReading:
    """Find every character of the plain reference `wanted` on the page; None takes the page as it reads."""
    reads = ["".join(seen.char for seen in counted(line)) for line in page.layout.lines]
    if wanted is None:
        return _reading(page, None, _as_read(reads), ())
    rooms = _rooms(page)
    passage = find_passage(reads, wanted, rooms)
    if page.mixed and passage.agreement < _SURE:
        passage = max(passage, by_lines(reads, wanted), key=lambda found: found.agreement)
        return _reading(page, wanted, passage, _unmatched(passage))
    outside = _outside(page.layout, passage)
    if outside:
        kept = ["" if number in outside else text for number, text in enumerate(reads)]
        share = sum(map(len, kept)) / max(1, sum(map(len, reads)))
        passage = find_passage(kept, wanted, rooms)
        passage = replace(passage, agreement=passage.agreement * share)
    return _reading(page, wanted, passage, outside)


def counted(line: Line) -> tuple[ReadCharacter, ...]:
    """What a line reads without punctuation and spaces, in the form in which a plain reference has it."""
    kept = ((seen, plain(seen.char)) for seen in line.text)
    return tuple(replace(seen, char=char[0]) for seen, char in kept if char)


def reordered(page: Page) -> Page:
    """The same columns read from the other side."""
    layout = page.layout
    direction = Direction.VERTICAL_LR if layout.direction is Direction.VERTICAL_RL else Direction.VERTICAL_RL
    lines = tuple(
        replace(line, index=number, direction=direction) for number, line in enumerate(reversed(layout.lines))
    )
    return replace(page, layout=replace(layout, direction=direction, lines=lines), sizes=page.sizes[::-1])


def reread(reading: PageReading, page: Page, changed: NDArray[np.bool_]) -> PageReading:
    """The same lines on an edited `page`: those with `changed` pixels are read and cut again, the rest stands."""
    lines = [_reread(line, page, reading.wanted) if touched(line, changed) else line for line in reading.lines]
    layout = replace(page.layout, lines=tuple(line.line for line in lines))
    return replace(reading, page=replace(page, layout=layout), lines=tuple(lines))


def touched(line: LineReading, changed: NDArray[np.bool_]) -> bool:
    """True if any pixel of the line changed."""
    return bool(changed[line.line.box.slices].any())


def _reread(before: LineReading, page: Page, wanted: str | None) -> LineReading:
    line = read(page.rgb, before.line)
    text = "".join(seen.char for seen in counted(line))
    if wanted is None:
        first = min((place.index for place in before.places), default=0)
        expected = [Expected(first + number, number, None) for number in range(len(text))]
        return cut_line(page, line, expected, before.size, None)
    asked = [place.wanted for place in before.expected if place.wanted is not None]
    pairs = align("".join(wanted[index] for index in asked), text)
    expected = [
        Expected(None if pair.wanted_index is None else asked[pair.wanted_index], pair.read_index, pair.relation)
        for pair in pairs
    ]
    return cut_line(page, line, expected, before.size, wanted)


def cut_line(
    page: Page,
    line: Line,
    expected: Sequence[Expected],
    size: float,
    wanted: str | None,
    forced: Collection[int] = (),
) -> LineReading:
    """Cut one line into the places that are expected in it."""
    seen = counted(line)
    slots = [_slot(line, seen, place, wanted, number in forced) for number, place in enumerate(expected)]
    boxes = segment(page.strip(line), slots, size)
    places: list[Place] = []
    for number, (place, box) in enumerate(zip(expected, boxes, strict=True)):
        index = place.wanted if place.wanted is not None else _next_wanted(expected, number)
        extra = wanted is not None and place.wanted is None
        if box is None and page.mixed and place.read is not None:
            box = _where_read(line, seen[place.read], size, slots[number].body)
        if box is not None:
            places.append(Place(index, line.index, _cell(line, seen, place, index, box, wanted), None, extra))
        else:
            places.append(Place(index, line.index, None, page_box(line, _gap(line, boxes, number, size)), extra))
    return LineReading(line, size, tuple(expected), tuple(places), frozenset(forced))


def _reading(page: Page, wanted: str | None, passage: Passage, outside: tuple[int, ...]) -> PageReading:
    lines = tuple(
        cut_line(page, line, () if line.index in outside else expected, size, wanted)
        for line, expected, size in zip(page.layout.lines, passage.lines, page.sizes, strict=True)
    )
    return PageReading(page, wanted, lines, passage.begin, passage.end, passage.agreement, outside)


def _as_read(reads: Sequence[str]) -> Passage:
    count = 0
    lines: list[tuple[Expected, ...]] = []
    for text in reads:
        lines.append(tuple(Expected(count + i, i, None) for i in range(len(text))))
        count += len(text)
    return Passage(0, count, tuple(lines), 1.0)


def _rooms(page: Page) -> list[tuple[float, float]]:
    """For each line how many characters' ink stands before the first and behind the last that was read."""
    rooms: list[tuple[float, float]] = []
    for line, size in zip(page.layout.lines, page.sizes, strict=True):
        rows = np.flatnonzero(page.strip(line).sum(axis=1) > 0.05 * size)
        if not rows.size or not line.text:
            rooms.append((0.0, 0.0))
            continue
        first, last = (line.text[i].position * line.length for i in (0, -1))
        rooms.append((max(0.0, (first - rows[0]) / size - 0.5), max(0.0, (rows[-1] - last) / size - 0.5)))
    return rooms


def _outside(layout: Layout, passage: Passage) -> tuple[int, ...]:
    """Lines that are none of the text: hardly anything in them is wanted, and they stand before or behind all lines
    of the text, have another size, or nothing of the reference would be there."""
    shares = [_share(places) for places in passage.lines]
    text = [number for number, share in enumerate(shares) if share >= 0.5]
    if not text:
        return ()
    usual = float(np.median([layout.lines[number].thickness for number in text]))
    out: list[int] = []
    for line, share, places in zip(layout.lines, shares, passage.lines, strict=True):
        small = line.thickness < _SMALL_PRINT * usual or line.thickness > usual / _SMALL_PRINT
        edge = line.index < text[0] or line.index > text[-1]
        unwanted = not any(place.wanted is not None for place in places)
        if (small and share < 0.5) or (share < _OUTSIDE and line.text and (edge or (unwanted and len(places) > 1))):
            out.append(line.index)
    return tuple(out)


def _unmatched(passage: Passage) -> tuple[int, ...]:
    """Lines of which nothing is wanted."""
    return tuple(
        n for n, places in enumerate(passage.lines) if places and not any(p.wanted is not None for p in places)
    )


def _share(places: Sequence[Expected]) -> float:
    seen = [place for place in places if place.read is not None]
    return sum(place.relation in ("equal", "variant") for place in seen) / len(seen) if seen else 0.0


def _slot(line: Line, text: Sequence[ReadCharacter], place: Expected, wanted: str | None, forced: bool) -> Slot:
    seen = None if place.read is None else text[place.read]
    char = wanted[place.wanted] if wanted is not None and place.wanted is not None else (seen.char if seen else "")
    at = None if seen is None else seen.position * line.length
    doubtful = wanted is not None and (place.wanted is None or place.read is None)
    return Slot(at, optional=doubtful and not forced, body=_body(char, line.direction))


def _body(char: str, direction: Direction) -> float:
    """The usual length of a character along its line, in full characters; that of an unknown one is full."""
    if char == "一" and direction.upright:
        return _FLAT
    return 1.0 if not char or unicodedata.east_asian_width(char) in "WFA" else _NARROW


def _cell(line: Line, text: Sequence[ReadCharacter], place: Expected, index: int, box: Box, wanted: str | None) -> Cell:
    seen = None if place.read is None else text[place.read].char
    asked = wanted[place.wanted] if wanted is not None and place.wanted is not None else None
    return Cell(index, line.index, page_box(line, box), line.angle, asked, seen)


def _where_read(line: Line, seen: ReadCharacter, size: float, body: float) -> Box:
    """A box, in the line's strip, where the recogniser saw a character; exact to about a third of a character."""
    middle, length = seen.position * line.length, max(2.0, size * body)
    return Box(0, max(0, round(middle - length / 2)), line.thickness, round(length))


def _next_wanted(expected: Sequence[Expected], number: int) -> int:
    """The reference index before which a character too many stands."""
    for place in expected[number:]:
        if place.wanted is not None:
            return place.wanted
    before = [place.wanted for place in expected[:number] if place.wanted is not None]
    return before[-1] + 1 if before else 0


def _gap(line: Line, boxes: Sequence[Box | None], number: int, size: float) -> Box:
    """Where a missing character would stand: in the middle of the gap between its neighbours, at its usual size."""
    before = next((box for box in reversed(boxes[:number]) if box is not None), None)
    after = next((box for box in boxes[number + 1 :] if box is not None), None)
    low = before.bottom if before else (after.y - size if after else 0)
    high = after.y if after else low + size
    middle, length = (low + high) / 2, min(size, max(high - low, size / 2))
    begin = round(middle - length / 2)
    return Box(0, begin, line.thickness, max(1, round(length)))
