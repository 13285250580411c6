"""Which passage of a reference a page holds, and what each of its lines is expected to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retouch.writing.alignment import align, span
from retouch.writing.variants import Relation

_SHOWN = 0.5
"""Share of a poster's line that must agree with a part of the reference for the line to be that part."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One place in a line: `wanted` is the index of the reference's character, None for a character too many; `read`
    is the index of the line's read character, None for one that was not read."""

    wanted: int | None
    read: int | None
    relation: Relation | None


@dataclass(frozen=True, slots=True)
class Passage:
    """`begin` and `end` of the reference on the page, `lines` the places of each line, in reading order, `agreement`
    the share of read characters that are as wanted, 0 to 1."""

    begin: int
    end: int
    lines: tuple[tuple[Expected, ...], ...]
    agreement: float


def find_passage(reads: Sequence[str], wanted: str, room: Sequence[tuple[float, float]] | None = None) -> Passage:
    """Align what the lines read with `wanted`, of which the page may hold only a part.

    `room` says for each line how many characters' ink stand before its first and behind its last read character; it
    decides to which of two lines a character belongs that was not read at their border.
    """
    text = "".join(reads)
    begin, end = span(wanted, text)
    pairs = align(wanted[begin:end], text)
    line_of = np.repeat(np.arange(len(reads)), [len(read) for read in reads])
    first = np.cumsum([0, *(len(read) for read in reads)])
    lines: list[list[Expected]] = [[] for _ in reads]
    waiting: list[int] = []
    here = 0
    equal = 0
    for pair in pairs:
        index = None if pair.wanted_index is None else pair.wanted_index + begin
        if pair.read_index is None:
            waiting.append(index if index is not None else begin)
            continue
        line = int(line_of[pair.read_index])
        _place(waiting, lines, here, line, reads, room)
        waiting, here = [], line
        equal += pair.relation in ("equal", "variant")
        relation = None if index is None else pair.relation
        lines[line].append(Expected(index, pair.read_index - int(first[line]), relation))
    if lines:
        lines[here] += [Expected(index, None, None) for index in waiting]
    return Passage(begin, end, tuple(map(tuple, lines)), equal / max(len(text), 1))


def _place(
    waiting: Sequence[int],
    lines: list[list[Expected]],
    here: int,
    there: int,
    reads: Sequence[str],
    room: Sequence[tuple[float, float]] | None,
) -> None:
    """Give unread characters between two lines to the end of the first or the begin of the second: where ink stands
    that was not read, else to the line that holds less."""
    behind = len(waiting) if here == there or len(reads[here]) <= len(reads[there]) else 0
    if here != there and room is not None:
        inked, ahead = round(room[here][1]), round(room[there][0])
        if inked or ahead:
            behind = min(len(waiting), inked) if inked >= len(waiting) or not ahead else max(0, len(waiting) - ahead)
    for number, index in enumerate(waiting):
        lines[here if here == there or number < behind else there].append(Expected(index, None, None))


def by_lines(reads: Sequence[str], wanted: str) -> Passage:
    """The same for a poster, whose lines have no certain order: each line takes the part of `wanted` that it shows
    best, the best lines first; a line that shows none is left with characters too many."""
    free = list(range(len(wanted)))
    lines: list[tuple[Expected, ...]] = [tuple(Expected(None, i, None) for i in range(len(read))) for read in reads]
    equal = 0
    waiting = {number for number, read in enumerate(reads) if read}
    while waiting and free:
        tries = {number: _shown(reads[number], [wanted[i] for i in free]) for number in waiting}
        number = max(tries, key=lambda n: (tries[n][2], len(reads[n])))
        begin, end, share = tries[number]
        if share < _SHOWN:
            break
        part, free = free[begin:end], free[:begin] + free[end:]
        pairs = align("".join(wanted[i] for i in part), reads[number])
        places = (None if p.wanted_index is None else part[p.wanted_index] for p in pairs)
        lines[number] = tuple(
            Expected(place, p.read_index, None if place is None or p.read_index is None else p.relation)
            for place, p in zip(places, pairs, strict=True)
        )
        equal += sum(p.relation != "different" for p in pairs)
        waiting.remove(number)
    _keep_missing(free, lines)
    return Passage(0, len(wanted), tuple(lines), equal / max(1, sum(map(len, reads))))


def _shown(read: str, wanted: Sequence[str]) -> tuple[int, int, float]:
    """Begin and end of the part of `wanted` that `read` shows, and the share of it that agrees."""
    text = "".join(wanted)
    begin, end = span(text, read)
    pairs = align(text[begin:end], read)
    places = [p.wanted_index for p in pairs if p.wanted_index is not None and p.read_index is not None]
    same = sum(pair.relation != "different" for pair in pairs)
    if not places:
        return 0, 0, 0.0
    begin, end = begin + places[0], begin + places[-1] + 1
    return begin, end, same / max(len(read), end - begin)


def _keep_missing(free: Sequence[int], lines: list[tuple[Expected, ...]]) -> None:
    """Put wanted characters that no line shows behind the line that shows the one before them."""
    for index in free:
        before = [
            (max(w for p in line if (w := p.wanted) is not None and w < index), number)
            for number, line in enumerate(lines)
            if any(p.wanted is not None and p.wanted < index for p in line)
        ]
        number = max(before)[1] if before else 0
        if lines:
            here = lines[number]
            behind = max((i + 1 for i, p in enumerate(here) if p.wanted is not None and p.wanted < index), default=0)
            lines[number] = (*here[:behind], Expected(index, None, None), *here[behind:])
