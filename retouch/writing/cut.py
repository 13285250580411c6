"""Cutting a line into characters: a dynamic programme over the line's ink profile.

Each slot takes an interval of the line. Intervals may differ much in length and leave gaps between them; what costs is
ink at a cut, ink left over in a gap, an unusual length, and distance from where the recogniser saw the character. That
last part is bounded, because its positions are wrong by a whole character where one was missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

BINS = 28
"""Positions a character at which a line may be cut."""

SHORTEST, LONGEST = 0.3, 1.7
"""Length of a character as a share of the usual one; on a brush page they were 0.45 to 1.25."""

_LENGTH_COST = 1.0
_CUT_COST = 2.5
_GAP_COST = 4.0
_PLACE_COST, _PLACE_MOST = 0.6, 0.5
_SKIP_COST = 0.12
"""For leaving an optional slot empty: below the length cost of one glyph cut in two between its parts, which blank
paper on either side makes cheap (0.17 for 昔); two flat glyphs in one cell are told apart by reading them."""

_FAR = 1e9

Profile = NDArray[np.float32]
"""float32 (length,): ink coverage summed across the line at each pixel along it."""

Span = tuple[int, int]

_Costs = NDArray[np.float64]
_Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Slot:
    """A character expected in a line. `place` is where its centre was read, in pixels along the line, None if it was
    not read. `body` is its usual length as a share of a full character (Latin letters are narrow). An `optional` slot
    may stay empty."""

    place: float | None
    optional: bool = False
    body: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """The line in bins: `size` of a character in bins, cost of a cut at each edge, cost of all ink before it."""

    size: float
    at_cut: _Costs
    ink: _Costs


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """One slot's answer: the cheapest cost up to each edge; where its interval ends then, how long it is for each end,
    and whether the slot is empty."""

    cost: _Costs
    ends: _Indices
    lengths: _Indices
    empty: NDArray[np.bool_]


def cut(profile: Profile, slots: Sequence[Slot], size: float) -> tuple[Span | None, ...]:
    """For each slot its interval in pixels, None for an optional slot that stays empty.

    `size` is the usual length of a full character along the line, in pixels. Time grows with length times slots.
    """
    if not slots:
        return ()
    bin_size = max(1.0, size / BINS)
    edges = np.round(np.arange(int(len(profile) / bin_size) + 2) * bin_size).astype(np.intp).clip(0, len(profile))
    grid = _grid(profile, edges, size / bin_size, len(slots))
    steps: list[_Step] = []
    cost = grid.ink
    for slot in slots:
        place = None if slot.place is None else slot.place / bin_size
        steps.append(_step(cost, grid, slot, place))
        cost = steps[-1].cost
    return tuple(_traced(steps, edges))


def _grid(profile: Profile, edges: _Indices, size: float, slots: int) -> _Grid:
    total = np.concatenate([[0.0], np.cumsum(profile, dtype=np.float64)])
    padded = np.concatenate([[0.0], profile, [0.0]])
    thick = max(float(np.percentile(profile, 95)), 1e-6)
    crossed = np.minimum(padded[edges], padded[edges + 1]) / thick
    return _Grid(size, _CUT_COST * np.minimum(crossed, 1), _GAP_COST * total[edges] * slots / max(total[-1], 1e-6))


def _step(cost: _Costs, grid: _Grid, slot: Slot, place: float | None) -> _Step:
    body = grid.size * slot.body
    lengths = np.arange(max(1, int(SHORTEST * body)), max(1, int(LONGEST * body)) + 1)
    longest = int(lengths[-1])
    begin = np.concatenate([np.full(longest, _FAR), cost + grid.at_cut])
    whole = sliding_window_view(begin, longest + 1)[:, longest - lengths]
    whole = whole + _LENGTH_COST * ((lengths - body) / body) ** 2
    if place is not None:
        centres = np.arange(len(cost))[:, None] - lengths / 2
        whole += np.minimum(_PLACE_MOST, _PLACE_COST * ((centres - place) / grid.size) ** 2)
    choice = whole.argmin(axis=1)
    ended = whole[np.arange(len(cost)), choice] + grid.at_cut
    return _after_gap(ended, lengths[choice], cost, grid, slot.optional)


def _after_gap(ended: _Costs, lengths: _Indices, before: _Costs, grid: _Grid, optional: bool) -> _Step:
    """Allow a gap behind the interval, and no interval at all where that is cheaper and allowed."""
    bare = ended - grid.ink
    cost = np.minimum.accumulate(bare)
    ends = np.maximum.accumulate(np.where(bare <= cost, np.arange(len(bare)), 0))
    cost = cost + grid.ink
    empty = before + _SKIP_COST < cost if optional else np.zeros(len(cost), np.bool_)
    return _Step(np.where(empty, before + _SKIP_COST, cost), ends, lengths, empty)


def _traced(steps: Sequence[_Step], edges: _Indices) -> list[Span | None]:
    spans: list[Span | None] = []
    here = len(edges) - 1
    for step in reversed(steps):
        if step.empty[here]:
            spans.append(None)
            continue
        end = int(step.ends[here])
        here = max(0, end - int(step.lengths[end]))
        spans.append((int(edges[here]), int(edges[end])))
    return spans[::-1]
