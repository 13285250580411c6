"""What is known of the writing on the page under correction, and what a step gets of it: region, references, style."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from retouch.edit import Reference
from retouch.geometry import Box, Size
from retouch.picture import Picture
from retouch.plan import Step
from retouch.region import Region
from retouch.style import Direction, Spread, Style

if TYPE_CHECKING:
    from retouch.verifiers.proofreader import Proofreading
    from retouch.writing.cells import Cell
    from retouch.writing.hand import Glyph, Hand

_SAME_PLACE = 0.6
"""Overlap (intersection over union) from which a step's box and a cell mean the same place."""
_HAZY = 0.25
"""The same for a box that holds the whole cell: haze reaches half a character to each side at most."""
_EXEMPLARS = 4
"""Good copies of a character handed to an editor."""


class Page:
    """The page as it was when the run began. Without a proofreading nothing is known of its writing."""

    def __init__(self, picture: Picture, reading: Proofreading | None = None) -> None:
        self._picture = picture
        self.reading = reading

    @property
    def hand(self) -> Hand | None:
        """The hand in which the page is written. None on a poster, a sign or a photograph, where each line looks its
        own way: editors and verifiers must go by what is replaced."""
        if self.reading is None or self.reading.reading.page.mixed:
            return None
        return self.reading.hand

    @property
    def size(self) -> Size:
        return self._picture.size

    def region(self, step: Step) -> Region:
        """Where the step may change the picture.

        The whole picture for a step without a box and in mode `whole`. Else its own mask if it has one; for a place
        that proofreading found, the character's cell with its overflowing ink and without the neighbours' ink; else
        its box.
        """
        if step.box is None or step.mode == "whole":
            return Region.whole(self._picture.box)
        position = self._position(step)
        if step.mask is None and step.mode in ("crop", "marked") and position is not None:
            return self._glyph_region(position, step.box)
        return _clamped(Region.decode(step.box, step.mask), self._picture)

    @property
    def style(self) -> Style | None:
        """How a new glyph on this page should look."""
        return self.hand.style if self.hand else None

    @property
    def direction(self) -> Direction | None:
        """Reading direction of the page's writing, where it was read."""
        return self.reading.direction if self.reading is not None else None

    def angle(self, step: Step) -> float:
        """Tilt of the line that the step's box lies in, degrees clockwise; 0 where no line is known."""
        cell = self._cell(step)
        return cell.angle if cell else 0.0

    def references(self, step: Step) -> tuple[Reference, ...]:
        """Good copies of the wanted character on this page, the step's own place left out."""
        if not step.target or len(step.target) != 1:
            return ()
        return self.copies(step.target, step.box, _EXEMPLARS)

    def copies(self, chars: Iterable[str], without: Box | None, each: int = 1) -> tuple[Reference, ...]:
        """Good copies of characters on this page, at most `each` of one; none from the place `without`."""
        if self.reading is None or self.hand is None:
            return ()
        # What reads right may still be malformed: a place with a finding is no model for another.
        found = [finding.box for finding in self.reading.findings if finding.fault]
        kept: list[Glyph] = []
        for char in chars:
            good = [
                glyph
                for glyph in self.hand.exemplars(char, without)
                if all(glyph.cell.box.overlap_ratio(box) < _SAME_PLACE / 2 for box in found)
            ]
            kept += good[:each]
        return tuple(self._reference(glyph.char, glyph.cell) for glyph in kept)

    def _reference(self, char: str, cell: Cell) -> Reference:
        from retouch.writing.cells import straight
        from retouch.writing.hand import own_ink

        assert self.reading is not None
        page = self.reading.reading.page
        ink = own_ink(page.ink, cell)
        grown = cell.box.grown((ink.shape[1] - cell.box.width) // 2, (ink.shape[0] - cell.box.height) // 2)
        return Reference("exemplar", char, straight(page.rgb, grown, cell.angle), ink=ink, box=cell.box)

    def _glyph_region(self, position: int, found: Box) -> Region:
        from retouch.writing.extent import glyph_region

        assert self.reading is not None
        read, own = self.reading, self.reading.cells[position]
        others = [cell for cell in read.cells if cell is not own]
        # The last, so that what a blurred character's haze shares with a neighbour's cell stays the neighbour's.
        cells = [*others, replace(own, box=found) if found.contains(own.box) else own]
        return _clamped(glyph_region(read.reading.page.ink, cells, len(others), read.frames), self._picture)

    def _position(self, step: Step) -> int | None:
        """Position of the cell that the step's box means, if proofreading found a fault there."""
        if self.reading is None or not any(finding.box == step.box for finding in self.reading.findings):
            return None
        cell = self._cell(step)
        return self.reading.cells.index(cell) if cell else None

    def _cell(self, step: Step) -> Cell | None:
        if self.reading is None or step.box is None:
            return None
        box = step.box
        best = max(self.reading.cells, key=lambda cell: cell.box.overlap_ratio(box), default=None)
        return best if best and _means(box, best.box) else None


def scaled(style: Style, scale: float) -> Style:
    """`style` with every length multiplied by `scale`."""
    if scale == 1:
        return style

    def times(spread: Spread) -> Spread:
        return Spread(spread.median * scale, spread.low * scale, spread.high * scale)

    return replace(
        style,
        stroke=times(style.stroke),
        softness=times(style.softness),
        width=times(style.width),
        height=times(style.height),
    )


def _means(box: Box, cell: Box) -> bool:
    """True if a step's box and a cell are the same place; a blurred character's box holds its haze, too."""
    ratio = cell.overlap_ratio(box)
    return ratio >= _SAME_PLACE or (box.contains(cell) and ratio >= _HAZY)


def _clamped(region: Region, picture: Picture) -> Region:
    """The part of the region that lies in the picture."""
    box = region.box.clamped(picture.size)
    return region if box == region.box else Region(box, region.within(box))
