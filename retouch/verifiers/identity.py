"""Identity: which character a glyph reads as, looked at again where the first look does not say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np

from retouch.edit import RGB
from retouch.geometry import Box
from retouch.style import Face
from retouch.writing.cells import Cell, straight
from retouch.writing.fonts import covers, render
from retouch.writing.ink import Coverage, ink_box
from retouch.writing.recogniser import Reading, Recogniser
from retouch.writing.variants import forms, relation

CERTAIN = 0.65
"""Probability in the best look from which a glyph reads as a character. Of right glyphs of a generated brush page the
worst has .82 in its best look; a malformed one reached .55 in one of six."""
_DOUBTFUL = 0.8
"""Probability in the first look below which a glyph is looked at again."""

_MARGIN = 0.1
_CLEAN = 80  # px an em at which a character is drawn to see how it reads
_LOOKS = (0.02, 0.25, 0.05)
"""Margins of the further looks, the last two at the ink alone: on 920 correct brush and pen glyphs the first look
failed 21, seven looks together 6; of 40 doubled characters none was taken for the wanted one."""


@dataclass(frozen=True, slots=True)
class Identity:
    """`wanted` is the probability of the wanted character, its variants included, in the best look; `variant` the
    variant it was read as, if that is likelier than the character itself; `reading` the look it comes from. `known` is
    False where the recogniser has no word for the character or any of its variants, or misreads it however clean it is
    drawn: then `wanted` says nothing."""

    wanted: float
    variant: str | None
    reading: Reading
    known: bool = True

    @property
    def certain(self) -> bool:
        return self.known and self.wanted >= CERTAIN

    @property
    def likely(self) -> bool:
        """True if nothing else is likelier than the wanted character."""
        return self.wanted >= 0.5

    @property
    def rival(self) -> str | None:
        """The character that the glyph reads as in place of the wanted one; None where it reads as that."""
        return None if self.certain or len(self.reading.best) != 1 else self.reading.best


def identify(
    rgb: RGB, inks: Sequence[Coverage], cells: Sequence[Cell], recogniser: Recogniser, again: bool = True
) -> tuple[Identity, ...]:
    """Read each cell of the page `rgb`; `inks` are the cells' own ink (see `own_ink`). Doubtful glyphs are looked at
    again unless `again` is False."""
    asked = [cell.wanted for cell in cells]
    first = [_crop(rgb, cell, ink, _MARGIN) for cell, ink in zip(cells, inks, strict=True)]
    found = [_folded(r, w) for r, w in zip(recogniser.characters(first, asked), asked, strict=True)]
    found = [replace(one, known=_known(char, recogniser)) for one, char in zip(found, asked, strict=True)]
    doubtful = [i for i, one in enumerate(found) if again and one.known and one.wanted < _DOUBTFUL]
    looks = [look for i in doubtful for look in _further(rgb, cells[i], inks[i])]
    wanted = [asked[i] for i in doubtful for _ in _LOOKS]
    seen = [_folded(r, w) for r, w in zip(recogniser.characters(looks, wanted), wanted, strict=True)]
    for number, i in enumerate(doubtful):
        tries = [found[i], *seen[number * len(_LOOKS) : (number + 1) * len(_LOOKS)]]
        found[i] = max(tries, key=lambda identity: identity.wanted)
        if not found[i].certain:
            found[i] = Identity(found[i].wanted, None, max(tries, key=lambda t: t.reading.probability).reading)
    return tuple(found)


def misread_when_clean(char: str, rival: str, faces: Iterable[Face]) -> bool:
    """True if the recogniser takes `char` for `rival` as one of the faces draws it clean, or for something else as each
    of them does: then that a glyph of the page reads as `rival` is no evidence. So it is with rare characters: 慼 reads
    as 感, 罣 as 里 or 墨."""
    clean = [_read_clean(face, char) for face in faces if covers(face, char)]
    return any(read.rival == rival for read in clean) or (bool(clean) and not any(read.likely for read in clean))


@lru_cache(maxsize=1024)
def _read_clean(face: Face, char: str) -> Identity:
    ink = render(face, char, _CLEAN)
    (reading,) = Recogniser.shared().characters([_square(_drawn(ink), ink_box(ink), _MARGIN)], [char])
    return _folded(reading, char)


def _known(char: str | None, recogniser: Recogniser) -> bool:
    return char is None or any(recogniser.knows(form) for form in forms(char))


def _further(rgb: RGB, cell: Cell, ink: Coverage) -> list[RGB]:
    drawn = _drawn(ink)
    return [_crop(rgb, cell, ink, _LOOKS[0]), *(_square(drawn, ink_box(ink), margin) for margin in _LOOKS[1:])]


def _folded(reading: Reading, wanted: str | None) -> Identity:
    """Add up the wanted character and its variants; without a wanted character the likeliest is the one."""
    if wanted is None:
        return Identity(reading.probability, None, reading)
    alike = [(char, p) for char, p in reading.top if char != wanted and relation(wanted, char) != "different"]
    total = min(1.0, reading.wanted + sum(p for _, p in alike))
    likeliest = max(alike, key=lambda pair: pair[1], default=(None, 0.0))
    variant = likeliest[0] if likeliest[1] > reading.wanted else None
    if variant is not None and relation(wanted, variant) == "equal":
        variant = None
    return Identity(total, variant, reading)


def _crop(rgb: RGB, cell: Cell, ink: Coverage, margin: float) -> RGB:
    """The picture round the cell's own ink, upright."""
    inner = ink_box(ink)
    height, width = ink.shape
    frame = Box(0, 0, width, height)
    around = cell.box.grown((width - cell.box.width) // 2, (height - cell.box.height) // 2)
    upright: RGB = np.asarray(straight(rgb, around, cell.angle), dtype=np.uint8)
    if inner is None:
        return upright
    return upright[inner.grown(max(1, round(margin * max(inner.width, inner.height)))).intersection(frame).slices]


def _drawn(ink: Coverage) -> RGB:
    """The ink alone, black on white."""
    grey = np.asarray(255 - 255 * np.clip(ink, 0, 1), dtype=np.uint8)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), dtype=np.uint8)


def _square(drawn: RGB, inner: Box | None, margin: float) -> RGB:
    """The ink box in the middle of a white square with a margin on all sides."""
    box = inner or Box(0, 0, drawn.shape[1], drawn.shape[0])
    side = round(max(box.width, box.height) * (1 + 2 * margin)) + 2
    out = np.full((side, side, 3), 255, dtype=np.uint8)
    x, y = (side - box.width) // 2, (side - box.height) // 2
    out[y : y + box.height, x : x + box.width] = drawn[box.slices]
    return out
