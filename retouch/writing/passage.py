"""Which passage of a reference a page holds, and what each of its lines is expected to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from retouch.writing.alignment import align
from retouch.writing.variants import fold

SLIPPED = 3
"""Characters missing at the very begin or end of a reference that are reported; more were never on the page."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One place in a line: `wanted` is the index of the reference's character, None for a character too many; `read`
    is the index of the line's read character, None for one that was not read."""

    wanted: int | None
    read: int | None
    relation: Literal["equal", "variant", "different"] | None


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
    begin, end = window(wanted, text)
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
        _place(waiting, lines, here, line, room)
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
    room: Sequence[tuple[float, float]] | None,
) -> None:
    """Give unread characters between two lines to the end of the first or the begin of the second."""
    behind = len(waiting)
    if here != there and room is not None:
        behind = min(behind, round(room[here][1]))
        if round(room[there][0]) < len(waiting) - behind:
            behind = len(waiting) - round(room[there][0])
    for number, index in enumerate(waiting):
        lines[here if here == there or number < behind else there].append(Expected(index, None, None))


def window(wanted: str, read: str) -> tuple[int, int]:
    """Begin and end of the part of `wanted` that `read` shows; what a page lacks at either end costs nothing, unless
    it is so little that it must have slipped."""
    if not wanted or not read:
        return 0, len(wanted)
    a = np.array([ord(fold(char)) for char in wanted])
    b = np.array([ord(fold(char)) for char in read])
    end = _best_end(_costs(a, b), len(b), len(a))
    begin = end - _best_end(_costs(a[:end][::-1], b[::-1]), len(b), end)
    begin = 0 if begin <= SLIPPED else begin
    end = len(wanted) if len(wanted) - end <= SLIPPED else end
    return begin, end


def _costs(wanted: NDArray[np.int_], read: NDArray[np.int_]) -> NDArray[np.int_]:
    """Edit distance of `read` to every part of `wanted` that ends at a place, the part's begin being free."""
    steps = np.arange(len(wanted) + 1)
    row = np.zeros(len(wanted) + 1, np.int_)
    for char in read:
        nearest = row + 1
        nearest[1:] = np.minimum(nearest[1:], row[:-1] + (wanted != char))
        row = np.minimum.accumulate(nearest - steps) + steps
    return row


def _best_end(costs: NDArray[np.int_], length: int, most: int) -> int:
    """The cheapest place; among equals the one that leaves the part nearest to `length` characters."""
    ends = np.flatnonzero(costs == costs.min())
    return int(ends[np.abs(ends - min(length, most)).argmin()])
