"""Reading a page against a reference: which character stands where, what is missing and what is too much."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from retouch.geometry import Box
from retouch.style import Direction
from retouch.writing.cells import Cell
from retouch.writing.cut import Slot
from retouch.writing.layout import Layout, Line
from retouch.writing.page import Page
from retouch.writing.passage import Expected, Passage, find_passage
from retouch.writing.segmentation import segment
from retouch.writing.strip import page_box

_NARROW = 0.55
"""Length of a Latin letter or a digit as a share of a Han character."""

_SMALL_PRINT = 0.7
"""Lines thinner than this share of the text's are annotations unless half of them reads as wanted."""

_OUTSIDE = 0.25
"""Share of wanted characters below which a line at the edge of the text, or of odd size, is none of the text."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the text. `cell` is None for a missing character, whose gap is then `gap` (page pixels, upright);
    `index` counts the reference's characters, `extra` is True for a character too many."""

    index: int
    line: int
    cell: Cell | None
    gap: Box | None = None
    extra: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PageReading:
    """A page's text as it was found: its places in reading order, the passage of the reference that it holds, and the
    lines that are none of the text (annotations, titles, seals)."""

    page: Page
    passage: Passage
    places: tuple[Place, ...]
    outside: tuple[int, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(place.cell for place in self.places if place.cell is not None)


def read_page(page: Page, wanted: str | None) -> PageReading:
    """Find every character of the plain reference `wanted` on the page; None takes the page as it reads."""
    lines = page.layout.lines
    reads = [line.reads for line in lines]
    if wanted is None:
        passage = _as_read(reads)
        return PageReading(page, passage, _places(page, passage, None), ())
    passage = find_passage(reads, wanted, _rooms(page))
    outside = _outside(page.layout, passage)
    if outside:
        kept = ["" if line.index in outside else line.reads for line in lines]
        passage = find_passage(kept, wanted, _rooms(page))
    return PageReading(page, passage, _places(page, passage, wanted), outside)


def reordered(page: Page) -> Page:
    """The same columns read the other way, from the left."""
    layout = page.layout
    direction = Direction.VERTICAL_LR if layout.direction is Direction.VERTICAL_RL else Direction.VERTICAL_RL
    lines = tuple(
        replace(line, index=number, direction=direction) for number, line in enumerate(reversed(layout.lines))
    )
    return replace(page, layout=replace(layout, direction=direction, lines=lines), sizes=page.sizes[::-1])


def _as_read(reads: Sequence[str]) -> Passage:
    count = 0
    lines: list[tuple[Expected, ...]] = []
    for read in reads:
        lines.append(tuple(Expected(count + i, i, None) for i in range(len(read))))
        count += len(read)
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


def _share(places: Sequence[Expected]) -> float:
    read = [place for place in places if place.read is not None]
    return sum(place.relation in ("equal", "variant") for place in read) / len(read) if read else 0.0


def _places(page: Page, passage: Passage, wanted: str | None) -> tuple[Place, ...]:
    out: list[Place] = []
    for line, expected, size in zip(page.layout.lines, passage.lines, page.sizes, strict=True):
        out += line_places(page, line, expected, size, wanted)
    return tuple(out)


def line_places(
    page: Page, line: Line, expected: Sequence[Expected], size: float, wanted: str | None
) -> tuple[Place, ...]:
    """Cut one line into the places that are expected in it."""
    slots = [_slot(line, place, wanted) for place in expected]
    boxes = segment(page.strip(line), slots, size)
    places: list[Place] = []
    for number, (place, box) in enumerate(zip(expected, boxes, strict=True)):
        index = place.wanted if place.wanted is not None else _next_wanted(expected, number)
        if box is not None:
            places.append(Place(index, line.index, _cell(line, place, index, box, wanted), None, place.wanted is None))
        elif place.wanted is not None and wanted is not None:
            places.append(Place(index, line.index, None, page_box(line, _gap(line, boxes, number, size))))
    return tuple(places)


def _slot(line: Line, place: Expected, wanted: str | None) -> Slot:
    read = None if place.read is None else line.text[place.read]
    char = wanted[place.wanted] if wanted is not None and place.wanted is not None else (read.char if read else "一")
    body = 1.0 if unicodedata.east_asian_width(char) in "WFA" else _NARROW
    at = None if read is None else read.position * line.length
    return Slot(at, optional=wanted is not None and (place.wanted is None or place.read is None), body=body)


def _cell(line: Line, place: Expected, index: int, box: Box, wanted: str | None) -> Cell:
    read = None if place.read is None else line.text[place.read].char
    asked = wanted[place.wanted] if wanted is not None and place.wanted is not None else None
    return Cell(index, line.index, page_box(line, box), line.angle, asked, read)


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
    begin = round(min(max(middle - length / 2, 0), max(0, line.length - length)))
    end = min(line.length, begin + max(1, round(length)))
    return Box.between(0, min(begin, end - 1), line.thickness, end)
