"""Where the wanted glyphs go: one glyph on the old one's place, a line of them along the old line."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from retouch.edit import EditRequest
from retouch.editors.alignment import END, MIDDLE, START, alignment_of
from retouch.editors.background import Mask
from retouch.editors.foreground import Foreground
from retouch.editors.lettering import Setting, ink_centre
from retouch.editors.look import Look
from retouch.editors.track import Track, find_track
from retouch.geometry import Box
from retouch.style import Face
from retouch.writing.fitting import EM, advance, body, ink_box
from retouch.writing.metrics import glyph_box

_STRETCH = (1.06, 1.15)
"""Proportion of width to height, page over face, up to which it is chance, and to which a face is stretched at most:
beyond that its strokes look squeezed. (Nine characters of one Kai against sixteen others of it: 1.05.)"""
_TIGHTEST, _WIDEST = -0.12, 1.5
"""Limits of the gap between letters, in em: closer they touch, wider they are no line."""
_CLOSED = -0.02
"""Gap between letters, in em, down to which a text too long for its place is set closer before it is made smaller."""
_RIM = 2
"""Pixels at the mask's edge that are left to soft edges."""
_OLD_SIZE = (0.75, 1.3)
"""How far from the page's usual size an old glyph may draw a new one: a hand varies, a blot should not count."""


_BLURRED = 3.0
"""Softness over the page's from which an old glyph is blurred: thin strokes sink below what counts as ink, and their
ends with them. (Clean glyphs stay below 1.5; glyphs blurred until they are found faulty begin at 6.)"""
_SHARPEST = 0.7
"""Softness in pixels that the sharpest page is taken to have."""


def old_box(seen: Foreground) -> Box:
    """The box of the old ink; without area where there is none."""
    return glyph_box(np.where(seen.own, seen.coverage, 0).astype(np.float32))


def is_blurred(seen: Foreground, look: Look) -> bool:
    """True if the old glyph is so blurred that its box does not tell its size; where it stands it tells."""
    return bool(seen.own.any()) and seen.softness > _BLURRED * max(look.softness, _SHARPEST)


def place(text: str, face: Face, request: EditRequest, seen: Foreground, look: Look) -> tuple[Setting, ...]:
    """The settings for `text`: a glyph, or a line of them."""
    letters = text.strip()
    if len(letters) == 1:
        return (_single(letters, face, request, seen, look),)
    return _line(letters, face, request, seen, look)


def _single(char: str, face: Face, request: EditRequest, seen: Foreground, look: Look) -> Setting:
    old = old_box(seen)
    width, height = _em(face, look)
    angle = float(request.options.get("angle", 0.0))
    setting = Setting(char, face, 0, 0, width, height, angle, look.slant)
    new = ink_box(face, char)
    longest = max(new.width * width, new.height * height) / EM
    if not old.empty and not (request.style and is_blurred(seen, look)):
        factor = max(old.width, old.height) / longest
        # The old glyph is one witness of two; without a style, or where the rest of it stays, it is the only one.
        if request.style and request.rung != "component":
            factor = float(np.clip(factor, *_OLD_SIZE)) ** 0.5
        setting = setting.scaled(factor, (0, 0))
    x, y = _centre(old, request.box, longest)
    left, top = ink_centre(setting)
    flat = max(new.width, new.height) < 0.4 * EM
    return setting.moved(x, y) if flat else setting.moved(x - left, y - top)


def _em(face: Face, look: Look) -> tuple[float, float]:
    """The em square's width and height at which this face's full-bodied glyphs are as large as the page's."""
    across, down = body(face)
    width, height = look.width / across, look.height / down
    mean = math.sqrt(width * height)
    chance, most = (math.log(limit) for limit in _STRETCH)
    wider = math.log(width / height)
    stretch = math.exp(math.copysign(min(max(abs(wider) - chance, 0.0), most), wider) / 2)
    return mean * stretch, mean / stretch


def _centre(old: Box, box: Box, longest: float) -> tuple[float, float]:
    """The old ink's middle, if there is enough of it to tell; else the box's."""
    if max(old.width, old.height) < 0.6 * longest:
        return box.centre
    return old.centre


def _line(text: str, face: Face, request: EditRequest, seen: Foreground, look: Look) -> tuple[Setting, ...]:
    upright = request.style.direction.upright if request.style else request.box.height > 1.8 * request.box.width
    old = np.where(seen.own, seen.coverage, 0).astype(np.float32)
    angle = request.options.get("angle")
    track = find_track(old, request.box, upright, None if angle is None else float(angle))
    source = (request.source or "").strip()
    measure = _Measure.of(source or text, face, upright, track)
    gap = measure.gap(track) if len(source) > 1 else 0.0
    if len(text) == len(source):
        # As many letters as before stand on the old letters' places.
        gap, shrink = _squeezed(text, face, upright, gap, track.length / measure.scale(track))
        return _along(text, face, track, measure, gap, shrink, -measure.first)
    place = alignment_of(seen, old_box(seen), upright, text) if source else MIDDLE
    room = (track.length + _spare(request.mask, old_box(seen), track, place)) / measure.scale(track)
    gap, shrink = _squeezed(text, face, upright, gap, room)
    blank = track.length / measure.scale(track) - measure.length_of(text, face, upright, gap) * shrink
    first = _bearings(text, face, [_advance(face, char, upright) for char in text], upright)[0]
    start = blank * place - first * shrink
    return _along(text, face, track, measure, gap, shrink, start)


def _squeezed(text: str, face: Face, upright: bool, gap: float, room: float) -> tuple[float, float]:
    """The gap between letters, in em, and the factor for their size at which `text` is no longer than `room` em:
    wide gaps are closed first, no letters are pushed into each other."""
    length = _Measure.length_of(text, face, upright, gap)
    if length > room and len(text) > 1:
        gap = max(gap - (length - room) / (len(text) - 1), min(gap, _CLOSED))
        length = _Measure.length_of(text, face, upright, gap)
    return gap, min(1.0, room / length)


def _spare(mask: Mask, old: Box, track: Track, place: float) -> float:
    """How many pixels a level line may become longer in the mask if it keeps its start, its middle or its end."""
    if track.recedes or track.angle or old.empty:
        return 0.0
    band = mask[:, old.x : old.right].T if track.upright else mask[old.y : old.bottom]
    across = np.asarray(band.all(axis=0))
    first, last = (old.y, old.bottom) if track.upright else (old.x, old.right)
    before, after = _run(across[:first][::-1]), _run(across[last:])
    return {START: after, END: before}.get(place, 2 * min(before, after))


def _run(free: Mask) -> int:
    """How many of the places from the first on are free, without a rim for soft edges."""
    taken = np.flatnonzero(~free)
    return max(0, (int(taken[0]) if taken.size else len(free)) - _RIM)


@dataclass(frozen=True, slots=True)
class _Measure:
    """How a sample of text measures in a face, in em: `height` and `middle` (below the em square's) of its ink,
    `length` of its ink along the line, set without gaps, `first` the blank before its first letter's ink."""

    height: float
    middle: float
    length: float
    first: float
    count: int

    @classmethod
    def of(cls, text: str, face: Face, upright: bool, track: Track) -> _Measure:
        boxes = [ink_box(face, char) for char in text if not char.isspace()]
        low, high = ([b.x for b in boxes], [b.right for b in boxes]) if upright else _edges_of(boxes)
        # A receding line's height was measured letter by letter, a level one's over all letters.
        ends = (np.mean(low), np.mean(high)) if track.recedes else (min(low), max(high))
        length = cls.length_of(text, face, upright, 0.0)
        first = _bearings(text, face, [_advance(face, char, upright) for char in text], upright)[0]
        return cls(float(ends[1] - ends[0]) / EM, float(ends[0] + ends[1]) / 2 / EM, length, first, len(text))

    @staticmethod
    def length_of(text: str, face: Face, upright: bool, gap: float) -> float:
        steps = [_advance(face, char, upright) for char in text]
        first, last = _bearings(text, face, steps, upright)
        return sum(steps) + gap * (len(text) - 1) - first - last

    def scale(self, track: Track) -> float:
        """Canvas pixels to the em, half way along the track."""
        return (track.first + track.last) / 2 / self.height

    def gap(self, track: Track) -> float:
        """The gap between letters, in em, at which the sample is as long as the track."""
        wanted = track.length / self.scale(track) - self.length
        return float(np.clip(wanted / (self.count - 1), _TIGHTEST, _WIDEST))


def _edges_of(boxes: list[Box]) -> tuple[list[int], list[int]]:
    return [b.y for b in boxes], [b.bottom for b in boxes]


def _bearings(text: str, face: Face, steps: list[float], upright: bool) -> tuple[float, float]:
    """The blank in em before the first letter's ink and after the last one's."""
    first, last = ink_box(face, text[0]), ink_box(face, text[-1])
    starts, ends = (first.y, last.bottom) if upright else (first.x, last.right)
    return steps[0] / 2 + starts / EM, steps[-1] / 2 - ends / EM


def _along(
    text: str, face: Face, track: Track, measure: _Measure, gap: float, shrink: float, start: float
) -> tuple[Setting, ...]:
    """Set the letters one after another from `start` (em at the track's start), as high as the track is there."""
    steps = [_advance(face, char, track.upright) for char in text]
    along = start * _size(track, measure, 0)
    settings = []
    for char, step in zip(text, steps, strict=True):
        size = _size(track, measure, along + step * _size(track, measure, along) / 2) * shrink
        x, y = track.at(along + step * size / 2, -measure.middle * size)
        if not char.isspace():
            settings.append(Setting(char, face, x, y, size, size, track.angle, track.slant))
        along += (step + gap) * size
    return tuple(settings)


def _size(track: Track, measure: _Measure, along: float) -> float:
    return track.height(min(max(along, 0.0), track.length)) / measure.height


def _advance(face: Face, char: str, upright: bool) -> float:
    return 1.0 if upright else advance(face, char)
