"""Where a text stands in a picture, found by reading the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz

from retouch.errors import PlanError
from retouch.geometry import Box
from retouch.picture import Picture
from retouch.style import Direction
from retouch.writing.alignment import plain
from retouch.writing.variants import fold_text

if TYPE_CHECKING:
    from retouch.writing.cells import Cell
    from retouch.writing.layout import Line

# A text of four characters or more may be read with one wrong in four and still be the one that was meant.
_NEARLY = 0.75
_NEARLY_LENGTH = 4


# Characters were cut wrongly where, on average over a line, they share less than this (intersection over union along
# the line) with the stretches in which they were read: .6 to .9 on flat pages, .49 on a shop's sign seen from the side.
_AGREES = 0.55


@dataclass(frozen=True, slots=True)
class Sighting:
    """One place where a text (or one character) stands: its box, and what was read there."""

    box: Box
    read: str


class Sight:
    """What is written in a picture, each character with its place; it is read when it is first asked."""

    def __init__(self, picture: Picture, direction: Direction | None = None) -> None:
        self._picture = picture
        self._direction = direction
        self._lines: tuple[tuple[Sighting, ...], ...] | None = None

    @property
    def lines(self) -> tuple[tuple[Sighting, ...], ...]:
        """The characters of each line in reading order."""
        if self._lines is None:
            from retouch.verifiers.reader import read_page
            from retouch.writing.page import prepare

            page = prepare(self._picture.srgb(), self._direction)
            cells = read_page(page, None).cells
            self._lines = tuple(
                _characters(line, [cell for cell in cells if cell.line == number], self._picture.box)
                for number, line in enumerate(page.layout.lines)
            )
        return self._lines

    def find(self, text: str) -> tuple[Sighting, ...]:
        """Every place where `text` stands in one line, variants folded; letters of another case only where none has the
        same, and near matches only where there is nothing better. PlanError that names what was read, if there is none.
        """
        wanted = plain(text)
        if not wanted:
            raise PlanError(f"text {text!r} holds no letter, digit or Han character; it cannot be found in the picture")
        for search in (_exact, _caseless, _near):
            found = [_joined(line[a:b]) for line in self.lines for a, b in search(wanted, _reads(line))]
            if found:
                return tuple(found)
        near = sorted(map(_reads, self.lines), key=lambda line: fuzz.partial_ratio(wanted, line), reverse=True)[:3]
        seen = ", ".join(repr(line) for line in near) or "nothing"
        raise PlanError(f"the picture has no text {text!r}; likest of what was read: {seen}")

    def places(self, text: str, within: str | None = None) -> tuple[tuple[Sighting, ...], ...]:
        """Every place where `text` stands (as a part of the text `within`, where that is given), each with its parts:
        one in one line; where there is none such, the end of one line and the begin of the next. PlanError as for
        `find`."""
        if within is not None:
            return tuple((seen,) for seen in self._parts(text, within))
        try:
            return tuple((seen,) for seen in self.find(text))
        except PlanError:
            found = [place for a, b in pairwise(self.lines) for place in _across(plain(text), a, b)]
            if not found:
                raise
            return tuple(found)

    def _parts(self, text: str, within: str) -> list[Sighting]:
        self.find(within)
        for whole in (_exact, _caseless):
            around = [line[a:b] for line in self.lines for a, b in whole(plain(within), _reads(line))]
            for search in (_exact, _caseless):
                found = [_joined(part[a:b]) for part in around for a, b in search(plain(text), _reads(part))]
                if found:
                    return found
        raise PlanError(f"the picture has no {text!r} in {within!r}")

    def inside(self, box: Box) -> str:
        """What is read inside a box: the characters whose middle lies in it."""
        return "".join(seen.read for line in self.lines for seen in line if _holds(box, seen.box))


def _characters(line: Line, cells: Sequence[Cell], picture: Box) -> tuple[Sighting, ...]:
    """The line's characters. Their boxes are the cut ones, tight round the ink, where those stand where the characters
    were read, else the stretch of the line from one reading's middle to the next."""
    from retouch.verifiers.reader import counted

    reads = counted(line)
    edges = _edges([read.position for read in reads])
    places = [_stretch(line, a, b).intersection(picture) for a, b in zip(edges, edges[1:], strict=False)]
    cut = [cell.box for cell in cells]
    if len(cut) == len(places) and np.mean([_shared(line, a, b) for a, b in zip(cut, places, strict=True)]) >= _AGREES:
        places = cut
    return tuple(Sighting(box, read.char) for box, read in zip(places, reads, strict=True) if not box.empty)


def _edges(middles: Sequence[float]) -> list[float]:
    """Where each character begins and ends: half way to the next, the outer ones as far out as in."""
    if not middles:
        return [0.0]
    between = [(a + b) / 2 for a, b in zip(middles, middles[1:], strict=False)]
    if not between:
        return [0.0, 1.0]
    return [max(0.0, 2 * middles[0] - between[0]), *between, min(1.0, 2 * middles[-1] - between[-1])]


def _stretch(line: Line, start: float, stop: float) -> Box:
    """The box round the part of a line from `start` to `stop` (0 its begin, 1 its end)."""
    top_left, top_right, bottom_right, bottom_left = line.quad
    upright = line.direction.upright
    sides = [(top_left, bottom_left if upright else top_right), (top_right if upright else bottom_left, bottom_right)]
    corners = [a + (b - a) * share for a, b in sides for share in (start, stop)]
    xs, ys = [float(corner[0]) for corner in corners], [float(corner[1]) for corner in corners]
    return Box.between(round(min(xs)), round(min(ys)), round(max(xs)), round(max(ys)))


def _shared(line: Line, one: Box, other: Box) -> float:
    """Intersection over union of two boxes along the line, 0 to 1."""
    (a, b), (c, d) = [(x.y, x.bottom) if line.direction.upright else (x.x, x.right) for x in (one, other)]
    return max(0, min(b, d) - max(a, c)) / max(1, max(b, d) - min(a, c))


def _reads(line: Sequence[Sighting]) -> str:
    return "".join(seen.read for seen in line)


def _joined(seen: Sequence[Sighting]) -> Sighting:
    return Sighting(Box.around(each.box for each in seen), _reads(seen))


def _holds(box: Box, other: Box) -> bool:
    x, y = other.centre
    return box.x <= x < box.right and box.y <= y < box.bottom


def _across(wanted: str, line: Sequence[Sighting], following: Sequence[Sighting]) -> list[tuple[Sighting, Sighting]]:
    """The place where a text begins at the end of one line and ends at the begin of the next."""
    read, end = _reads(line) + _reads(following), len(line)
    whole = (*line, *following)
    if len(read) != len(whole):
        return []
    for search in (_exact, _caseless):
        for start, stop in search(wanted, read):
            if start < end < stop:
                return [(_joined(whole[start:end]), _joined(whole[end:stop]))]
    return []


def _exact(wanted: str, line: str) -> list[tuple[int, int]]:
    wanted, line = fold_text(wanted), fold_text(line)
    places, start = [], line.find(wanted) if wanted else -1  # nothing stands everywhere
    while start >= 0:
        places.append((start, start + len(wanted)))
        start = line.find(wanted, start + len(wanted))
    return places


def _caseless(wanted: str, line: str) -> list[tuple[int, int]]:
    return _exact(wanted.lower(), line.lower()) if len(line.lower()) == len(line) else []


def _near(wanted: str, line: str) -> list[tuple[int, int]]:
    if len(wanted) < _NEARLY_LENGTH or len(line) < len(wanted) * _NEARLY:
        return []
    found = fuzz.partial_ratio_alignment(fold_text(wanted), fold_text(line))
    if found is None or found.score < 100 * _NEARLY or found.dest_end - found.dest_start < len(wanted) * _NEARLY:
        return []
    return [(found.dest_start, found.dest_end)]
