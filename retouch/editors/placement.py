"""Where the wanted glyphs go: one glyph on the old one's place, a line of them along the old line."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retouch.edit import EditRequest
from retouch.editors.foreground import Foreground
from retouch.editors.lettering import Setting, ink_centre
from retouch.editors.look import Look
from retouch.geometry import Box
from retouch.style import Face
from retouch.writing.fitting import EM, advance, body, ink_box
from retouch.writing.metrics import Ink, glyph_box

_STRETCH = 1.15
"""How far width and height of a glyph may be stretched against each other before its strokes look squeezed."""
_OLD_SIZE = (0.75, 1.3)
"""How far from the page's usual size an old glyph may draw a new one: a hand varies, a blot should not count."""


@dataclass(frozen=True, slots=True)
class Track:
    """A line of text on the canvas: it runs from `start` over `length` pixels at `angle` degrees clockwise; its height
    goes from `first` to `last` pixels, as on a sign seen from the side. `upright` text runs down."""

    start: tuple[float, float]
    length: float
    angle: float
    first: float
    last: float
    slant: float = 0.0
    upright: bool = False

    def at(self, along: float) -> tuple[float, float]:
        turn = math.radians(self.angle + (90 if self.upright else 0))
        return self.start[0] + along * math.cos(turn), self.start[1] + along * math.sin(turn)

    def height(self, along: float) -> float:
        return self.first + (self.last - self.first) * along / max(self.length, 1e-6)


def old_box(seen: Foreground) -> Box:
    """The box of the old ink; without area where there is none."""
    return glyph_box(np.where(seen.own, seen.coverage, 0).astype(np.float32))


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
    if not old.empty:
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
    stretch = float(np.clip(math.sqrt(width / height), 1 / math.sqrt(_STRETCH), math.sqrt(_STRETCH)))
    return mean * stretch, mean / stretch


def _centre(old: Box, box: Box, longest: float) -> tuple[float, float]:
    """The old ink's middle, if there is enough of it to tell; else the box's."""
    if max(old.width, old.height) < 0.6 * longest:
        return box.centre
    return old.centre


def _line(text: str, face: Face, request: EditRequest, seen: Foreground, look: Look) -> tuple[Setting, ...]:
    upright = request.style.direction.upright if request.style else request.box.height > 1.8 * request.box.width
    track = find_track(np.where(seen.own, seen.coverage, 0).astype(np.float32), request, upright)
    source = (request.source or "").strip()
    em = _line_em(source or text, face)
    advances = [_advance(face, char, upright) for char in text]
    pitch = 1.0
    natural = sum(advances) * (track.first + track.last) / 2 / em
    if len(source) == len(text) or natural > track.length:
        pitch = float(np.clip(track.length / natural, 0.6, 1.8))
    shrink = min(1.0, pitch / 0.92)
    return _along(text, face, track, advances, em / shrink, pitch / shrink, natural * pitch)


def _along(
    text: str, face: Face, track: Track, advances: list[float], em: float, pitch: float, length: float
) -> tuple[Setting, ...]:
    """Set the letters one after another, centred on the track, each as high as the track is there."""
    settings, along = [], (track.length - length) / 2
    for char, step in zip(text, advances, strict=True):
        size = track.height(along + length / len(text) / 2) / em
        room = step * size * pitch
        x, y = track.at(along + room / 2)
        if not char.isspace():
            settings.append(Setting(char, face, x, y, size, size, track.angle, track.slant))
        along += room
    return tuple(settings)


def _advance(face: Face, char: str, upright: bool) -> float:
    return 1.0 if upright else advance(face, char)


def _line_em(text: str, face: Face) -> float:
    """Height of the text's ink in em: from the highest to the lowest edge of its letters."""
    boxes = [ink_box(face, char) for char in text if not char.isspace()]
    if not boxes:
        return 0.9
    return (max(b.bottom for b in boxes) - min(b.y for b in boxes)) / EM


def find_track(ink: Ink, request: EditRequest, upright: bool) -> Track:
    """The old line's place, angle and height, from its ink; the step's box where there is none."""
    points = np.argwhere(ink >= 0.5)[:, ::-1].astype(np.float64)
    given = request.options.get("angle")
    if len(points) < 20:
        return _box_track(request.box, float(given or 0.0), upright)
    angle = float(given) if given is not None else _angle(points, upright)
    along, across = _turned(points, angle, upright)
    start, end = np.percentile(along, (0.2, 99.8))
    top, bottom = _edges(along, across, float(start), float(end))
    middle = [(top[i] + bottom[i]) / 2 for i in (0, 1)]
    turn = math.radians(angle + (90 if upright else 0))
    origin = (
        float(start * math.cos(turn) - middle[0] * math.sin(turn)),
        float(start * math.sin(turn) + middle[0] * math.cos(turn)),
    )
    tilt = math.degrees(math.atan2(middle[1] - middle[0], end - start))
    slant = 0.0 if upright else _lean(points, angle)
    return Track(origin, float(end - start), angle + tilt, bottom[0] - top[0], bottom[1] - top[1], slant, upright)


def _box_track(box: Box, angle: float, upright: bool) -> Track:
    x, y = box.centre
    length, height = (box.height, box.width) if upright else (box.width, box.height)
    turn = math.radians(angle + (90 if upright else 0))
    start = (x - length / 2 * math.cos(turn), y - length / 2 * math.sin(turn))
    return Track(start, float(length), angle, float(height), float(height), 0.0, upright)


def _turned(
    points: NDArray[np.float64], angle: float, upright: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    turn = math.radians(angle + (90 if upright else 0))
    along = points[:, 0] * math.cos(turn) + points[:, 1] * math.sin(turn)
    return along, points[:, 1] * math.cos(turn) - points[:, 0] * math.sin(turn)


def _angle(points: NDArray[np.float64], upright: bool) -> float:
    """The line's angle, at which its ink is lowest; to a tenth of a degree within ±30."""

    def spread(angle: float) -> float:
        across = _turned(points, angle, upright)[1]
        low, high = np.percentile(across, (1, 99))
        return float(high - low)

    coarse = min(np.arange(-30, 30.1, 2), key=spread)
    fine = min(np.arange(coarse - 2, coarse + 2.01, 0.25), key=spread)
    return 0.0 if abs(fine) < 0.75 else float(fine)


def _edges(
    along: NDArray[np.float64], across: NDArray[np.float64], start: float, end: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The line's upper and lower edge at its start and its end: straight lines through the bins' extremes."""
    bins = max(2, min(12, round((end - start) / max(1.0, float(np.ptp(across))))))
    which = np.clip(((along - start) / (end - start) * bins).astype(int), 0, bins - 1)
    filled = [i for i in range(bins) if int((which == i).sum()) > 5]
    places = np.array([(i + 0.5) / bins for i in filled])
    # Pixels count from their middle: their own half belongs to the line.
    highest = np.array([np.percentile(across[which == i], 0.5) - 0.5 for i in filled])
    lowest = np.array([np.percentile(across[which == i], 99.5) + 0.5 for i in filled])
    if len(filled) < 3:
        return (float(highest.min()),) * 2, (float(lowest.max()),) * 2
    upper, lower = _straight(places, highest), _straight(places, lowest)
    return upper, lower


def _straight(places: NDArray[np.float64], values: NDArray[np.float64]) -> tuple[float, float]:
    slope, level = np.polyfit(places, values, 1)
    return float(level), float(level + slope)


def _lean(points: NDArray[np.float64], angle: float) -> float:
    """How far the letters lean against the line's normal, degrees clockwise: where their columns are sharpest."""
    along, across = _turned(points, angle, False)
    across = across - across.mean()

    def sharpness(lean: float) -> float:
        column = np.round(along + across * math.tan(math.radians(lean))).astype(int)
        counts = np.bincount(column - column.min()).astype(np.float64)
        return float((counts**2).sum())

    best = max(np.arange(-30, 30.1, 1.5), key=sharpness)
    return 0.0 if sharpness(float(best)) < 1.04 * sharpness(0.0) else float(best)
