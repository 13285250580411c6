"""Tilt: by how many degrees lines are turned, clockwise on the screen, and turning points about the origin."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retouch.writing.detector import Quad

MOST = 20.0
"""Degrees; a quad turned further is no line of this direction."""

LEAST = 0.7
"""Degrees; below it a line is cut straight as it stands: the drift is less than the slack between columns, and glyphs
keep their own pixels."""

_ELONGATED = 2.0


def sides(quad: Quad) -> tuple[float, float]:
    """Width and height of a quad in pixels, along its own edges."""
    width = float(np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2
    height = float(np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2
    return width, height


def angle(quad: Quad, upright: bool) -> float:
    """Degrees by which a quad's long edges lean from exactly upright, or from exactly lying."""
    if upright:
        x, y = (quad[3] + quad[2] - quad[0] - quad[1]) / 2
        return float(np.degrees(np.arctan2(-x, y)))
    x, y = (quad[1] + quad[2] - quad[0] - quad[3]) / 2
    return float(np.degrees(np.arctan2(y, x)))


def page_tilt(quads: Sequence[Quad], upright: bool) -> float:
    """The median angle of the long quads, weighted by their length; 0 where there is none or it is below 0.7°."""
    found: list[tuple[float, float]] = []
    for quad in quads:
        width, height = sides(quad)
        length, thickness = (height, width) if upright else (width, height)
        lean = angle(quad, upright)
        if length > _ELONGATED * thickness and abs(lean) < MOST:
            found.append((lean, length))
    if not found:
        return 0.0
    leans, weights = np.array(sorted(found)).T
    middle = float(leans[np.searchsorted(np.cumsum(weights), weights.sum() / 2)])
    return settled(middle)


def settled(degrees: float) -> float:
    """0 where the angle is too small to matter."""
    return degrees if abs(degrees) >= LEAST else 0.0


def turned(points: NDArray[np.floating], degrees: float) -> NDArray[np.float64]:
    """Points (…, 2) turned clockwise about the origin."""
    turn = np.deg2rad(degrees)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.asarray(np.asarray(points, np.float64) @ matrix, np.float64)
