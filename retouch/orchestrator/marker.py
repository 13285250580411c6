"""The coloured frames that tell an editor where to work: drawn on a copy, outside what may change."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB, Mark
from retouch.geometry import Box

COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (255, 0, 0),
    "blue": (0, 0, 255),
    "green": (0, 200, 0),
    "magenta": (255, 0, 255),
}
"""Marker colours in order of preference; editing models know these names, and calligraphy rarely holds them pure."""
_NEAR = 60
"""A pixel within this of the marker's colour in every channel is taken for the marker's."""
_PRESENT = 0.002
"""A colour that more than this share of the canvas shows already is passed over."""
_SLACK = 4
"""Canvas pixels round a drawn line that are not judged: models move and soften it."""
_MOST = 0.5
"""Share by which a pixel must have gone towards the marker's colour to be a rest of it, however pale or soft."""
_OFF = 40.0
"""Grey levels (root mean square) that a pixel may lie off the way from the clean colour to the marker's."""


def choose(canvas: RGB, boxes: Sequence[Box], avoid: Collection[str] = ()) -> tuple[Mark, ...]:
    """A mark round each of at most four boxes (canvas pixels), each in a colour of its own.

    Taken first are the colours that the canvas does not show and `avoid` does not name; if all are present, the rarest.
    """
    shares = {name: float(near(canvas, colour).mean()) for name, colour in COLOURS.items()}
    names = list(COLOURS)
    ranked = sorted(
        names, key=lambda n: (n in avoid, shares[n] > _PRESENT, shares[n] if shares[n] > _PRESENT else names.index(n))
    )
    return tuple(Mark(box, COLOURS[name], name) for box, name in zip(boxes, ranked[: len(boxes)], strict=True))


def meant(*words: str | None) -> frozenset[str]:
    """The marker colours that words name, or that a colour given as `#rrggbb` or by its CSS name is near to."""
    from PIL import ImageColor

    said = " ".join(word for word in words if word)
    named = {name for name in COLOURS if re.search(rf"\b{name}\b", said, re.IGNORECASE)}
    for word in filter(None, words):
        try:
            rgb = np.array([[ImageColor.getrgb(word)[:3]]], np.uint8)
        except ValueError:
            continue  # words, no colour
        named |= {name for name, colour in COLOURS.items() if bool(near(rgb, colour).any())}
    return frozenset(named)


def draw(canvas: RGB, mask: NDArray[np.bool_], marks: Sequence[Mark]) -> RGB:
    """A copy of `canvas` with the marks; no pixel under `mask` is touched, so compositing removes every one of them."""
    shown = canvas.copy()
    if not marks:
        return shown
    for mark in marks:
        _rectangle(shown, mark, mark.colour)
    shown[mask] = canvas[mask]
    return shown


def lines(shape: tuple[int, ...], marks: Sequence[Mark]) -> NDArray[np.bool_]:
    """Where the marks are drawn on a canvas of that shape, with what a model may smear round them."""
    drawn = np.zeros((shape[0], shape[1], 1), np.uint8)
    for mark in marks:
        _rectangle(drawn, mark, (1,))
    wide: NDArray[np.bool_] = cv2.dilate(drawn, np.ones((2 * _SLACK + 1,) * 2, np.uint8)) > 0
    return wide.reshape(shape[:2])


def left_over(clean: RGB, result: RGB, mask: NDArray[np.bool_], marks: Sequence[Mark]) -> int:
    """How many masked pixels have come to show a mark's colour that did not before: also a softened or paler one."""
    was, now = clean[mask].reshape(-1, 1, 3), result[mask].reshape(-1, 1, 3)
    if not was.size:
        return 0
    found = [(near(now, m.colour) | _towards(was, now, m.colour)) & ~near(was, m.colour) for m in marks]
    return sum(int(np.count_nonzero(new)) for new in found)


def near(pixels: RGB, colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    """Pixels within the marker tolerance of `colour`, bool (height, width)."""
    low = np.clip(np.array(colour) - _NEAR, 0, 255)
    high = np.clip(np.array(colour) + _NEAR, 0, 255)
    found: NDArray[np.bool_] = cv2.inRange(pixels, low.astype(np.uint8), high.astype(np.uint8)) > 0
    return found


def _towards(clean: RGB, result: RGB, colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    """Pixels that are a blend of the clean picture with at least half of `colour`."""
    was = clean.astype(np.float32)
    way, gone = np.array(colour, np.float32) - was, result.astype(np.float32) - was
    length = np.maximum((way * way).sum(axis=2), 1.0)
    share = (gone * way).sum(axis=2) / length
    off = np.sqrt(((gone - share[:, :, None] * way) ** 2).mean(axis=2))
    found: NDArray[np.bool_] = (share >= _MOST) & (share <= 1.2) & (off <= _OFF) & (length > 4 * _NEAR**2)
    return found


def _rectangle(pixels: NDArray[np.uint8], mark: Mark, colour: tuple[int, ...]) -> None:
    width = max(2, round(max(pixels.shape[:2]) / 256))
    outer = mark.box.grown(width)
    cv2.rectangle(pixels, (outer.x, outer.y), (outer.right - 1, outer.bottom - 1), colour, thickness=width)
