"""Which passage of a reference a page holds, and what each of its lines is expected to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retouch.writing.alignment import align, span
from retouch.writing.variants import Relation


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
