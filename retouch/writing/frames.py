"""Frames that a person drew on a picture to mark a place: closed, thin, coloured rectangles.

A frame is told from a seal by what it holds: a seal's field shows its own colour, a frame's shows paper and black ink.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.geometry import Box
from retouch.patch import mask_box
from retouch.writing.scaling import scaled

CHROMA = 40.0
"""Colour distance from the paper (of 255, lightness left out) from which a pixel is coloured; the stains and faint
seals of a generated page reach 30, its drawn frame 100."""

_EDGE_CHROMA = 14.0
_SMALLEST = 20
_LARGEST_SHARE = 0.5
_SIDE_COVERED = 0.8
_WANDER = 0.1
_INSIDE = 0.04
_THICKEST = 0.14
_HOLLOW = 0.6
_LONGEST_SIDE = 2400
_HUES = (
    ("red", 0),
    ("orange", 35),
    ("yellow", 60),
    ("green", 120),
    ("cyan", 180),
    ("blue", 230),
    ("purple", 280),
    ("magenta", 315),
    ("red", 360),
)
_SECTORS = ((-30, 45), (30, 80), (75, 165), (155, 215), (200, 265), (255, 340))
"""Degrees of hue searched apart, so that differently coloured frames that touch are told apart."""

_Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One drawn frame: `box` round its outer edge, `inner` the space it encloses, `colour` sRGB and its English
    `name`, `mask` bool (box.height, box.width): the pixels of the drawn line, its soft edge included."""

    box: Box
    inner: Box
    colour: tuple[int, int, int]
    name: str
    mask: NDArray[np.bool_]


def find_frames(rgb: RGB) -> tuple[Frame, ...]:
    """Every frame drawn on `rgb`, from the top down. Sides may wander by a tenth and have gaps of a fifth."""
    scale = min(1.0, _LONGEST_SIDE / max(rgb.shape[:2]))
    distance, hue = colours(scaled(rgb, scale))
    coloured = distance > CHROMA
    if not coloured.any():
        return ()
    found: list[Frame] = []
    for low, high in _SECTORS:
        mask = coloured & ((hue - low) % 360 < high - low)
        for box in _outlines(mask):
            frame = _frame(rgb, _enlarged(box, 1 / scale, rgb))
            hollow = min(frame.inner.width / frame.box.width, frame.inner.height / frame.box.height)
            if hollow > _HOLLOW and not any(frame.box.overlap_ratio(other.box) > 0.8 for other in found):
                found.append(frame)
    return tuple(sorted(found, key=lambda frame: (frame.box.y, frame.box.x)))


def colours(rgb: RGB) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Distance in colour from what paper and black ink can mix to, and hue in degrees (0 red, 120 green, 240 blue)."""
    red, green, blue = cv2.split(rgb)
    # Made from bytes and changed in place: seven planes of a large picture at a time took 100 MB more.
    across = cv2.addWeighted(green, -0.5, blue, -0.5, 0, dtype=cv2.CV_32F)
    along = cv2.addWeighted(green, 0.866, blue, -0.866, 0, dtype=cv2.CV_32F)
    light = red * np.float32(1 / 3)
    light -= across * np.float32(2 / 3)
    np.add(across, red, out=across)
    step = max(1, light.size // 200_000)
    paper = np.maximum(np.median(light.ravel()[::step]), 1)
    # Paper shaded or covered by black ink keeps its hue and loses its chroma with its lightness.
    light /= np.float32(paper)
    share = np.minimum(light, 1, out=light)
    across -= share * np.median(across.ravel()[::step])
    along -= share * np.median(along.ravel()[::step])
    distance, hue = cv2.cartToPolar(across, along, angleInDegrees=True)
    return np.asarray(distance, np.float32), np.asarray(hue, np.float32)


def _outlines(mask: _Mask) -> list[Box]:
    """Boxes of the connected parts of `mask` that are thin, closed rectangles with nothing of their colour inside."""
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    boxes: list[Box] = []
    for number, (x, y, width, height, area) in enumerate(stats[1:], start=1):
        box = Box(int(x), int(y), int(width), int(height))
        if min(width, height) < _SMALLEST or box.area > _LARGEST_SHARE * mask.size:
            continue
        thickness = area / (2 * (box.width + box.height))
        if thickness > _THICKEST * min(box.width, box.height):
            continue
        part = labels[box.slices] == number
        if _closed_outline(part, thickness) and _empty(mask[box.slices], thickness):
            boxes.append(box)
    return boxes


def _closed_outline(part: _Mask, thickness: float) -> bool:
    """True if along each of the four sides the line is there, near that side."""
    height, width = part.shape
    deep = max(2, round(2 * thickness + _WANDER * height))
    wide = max(2, round(2 * thickness + _WANDER * width))
    sides = (part[:deep].any(0), part[-deep:].any(0), part[:, :wide].any(1), part[:, -wide:].any(1))
    return all(float(side.mean()) >= _SIDE_COVERED for side in sides)


def _empty(field: _Mask, thickness: float) -> bool:
    """True if the field inside the line hardly shows the line's colour: it is no seal."""
    height, width = field.shape
    deep = min(height // 4, max(3, round(2 * thickness + _WANDER * height)))
    wide = min(width // 4, max(3, round(2 * thickness + _WANDER * width)))
    inside = field[deep:-deep, wide:-wide]
    return inside.size > 0 and float(inside.mean()) <= _INSIDE


def _enlarged(box: Box, factor: float, rgb: RGB) -> Box:
    edges = (round(edge * factor) for edge in (box.x, box.y, box.right, box.bottom))
    return Box.between(*edges).intersection(Box(0, 0, rgb.shape[1], rgb.shape[0]))


def _frame(rgb: RGB, box: Box) -> Frame:
    """The frame at `box`, its line followed at full size into its soft edge."""
    around = box.grown(3).intersection(Box(0, 0, rgb.shape[1], rgb.shape[0]))
    part = rgb[around.slices]
    chroma, hue = colours(part)
    band = _band(box.relative_to(around), chroma.shape)
    core = band & (chroma > CHROMA)
    mask = (cv2.dilate(core.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0) & (chroma > _EDGE_CHROMA)
    outer = mask_box(core)
    strong = core & (chroma >= np.median(chroma[core])) if core.any() else mask
    red, green, blue = (int(value) for value in np.median(part[strong], axis=0))
    inner = _inner(core[outer.slices], outer).moved(around.x, around.y)
    return Frame(outer.moved(around.x, around.y), inner, (red, green, blue), _name(hue[strong]), mask[outer.slices])


def _band(box: Box, shape: tuple[int, ...]) -> _Mask:
    """True in and round the margin of `box` where a hand-drawn side may run."""
    out = np.ones(shape, np.bool_)
    inside = box.grown(-max(5, round(_WANDER * box.width)), -max(5, round(_WANDER * box.height)))
    if not inside.empty:
        out[inside.slices] = False
    return out


def _inner(core: _Mask, outer: Box) -> Box:
    """The space that the line encloses: behind the usual depth of each of its four sides."""
    height, width = core.shape
    top, bottom = _last(core[: height // 2]), height - _last(core[::-1][: height // 2])
    left, right = _last(core[:, : width // 2].T), width - _last(core[:, ::-1][:, : width // 2].T)
    return Box.between(left, top, right, bottom).moved(outer.x, outer.y)


def _last(half: _Mask) -> int:
    """The depth at which a side's line ends: the 90th percentile over its run, its two corners left out."""
    rows = np.arange(1, half.shape[0] + 1)[:, None]
    corner = max(1, half.shape[1] // 6)
    ends = (half * rows).max(axis=0)[corner:-corner]
    return int(np.percentile(ends[ends > 0], 90)) if (ends > 0).any() else 0


def _name(hue: NDArray[np.float32]) -> str:
    """The name nearest to the mean direction of some hues."""
    turn = np.deg2rad(hue.astype(np.float64))
    angle = float(np.rad2deg(np.arctan2(np.sin(turn).mean(), np.cos(turn).mean()))) % 360
    return min(_HUES, key=lambda named: abs(named[1] - angle))[0]
