"""Lines found from the ink alone, for pages on which the detector leaves characters out: grids, widely spaced text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retouch.style import Direction
from retouch.writing.arrangement import Rect
from retouch.writing.ink import Coverage
from retouch.writing.scaling import scaled
from retouch.writing.segmentation import runs
from retouch.writing.tilt import LEAST, settled

STEEPEST = 8.0
"""Degrees searched to either side."""

_STEP = 0.5
_SIZE = 16
"""Pixels a character at which profiles are taken; a tilt of half a degree over 20 characters moves ink by 3."""

_FAINT = 0.06
"""Share of the fullest rows' ink below which a row lies between lines."""

_WIDEST, _NARROWEST = 1.7, 0.3
"""Thickness of a line in characters: a wider band is two lines that touch, a narrower one no line."""

Profile = NDArray[np.float64]


def project(ink: Coverage, size: float, direction: Direction) -> tuple[float, tuple[Rect, ...]]:
    """Tilt in degrees clockwise and the lines of a page with characters of about `size` pixels, as rects of the page
    turned straight about its origin; none where there is no ink."""
    scale = min(1.0, _SIZE / max(size, 1.0))
    small = scaled(ink, scale)
    rows, columns = np.nonzero(small > 0.2)
    if not rows.size:
        return 0.0, ()
    weight = small[rows, columns].astype(np.float64)
    points = np.stack([columns + 0.5, rows + 0.5], axis=1)
    tilt = settled(_tilt(points, weight, direction))
    across, along = _turned(points, tilt, direction)
    return tilt, tuple(_lines(across, along, weight, size * scale, 1 / scale, tilt))


def _tilt(points: NDArray[np.float64], weight: Profile, direction: Direction) -> float:
    """The angle at which lines and gaps stand out most: the profile's steps are steepest."""
    angles = np.arange(-STEEPEST, STEEPEST + _STEP / 2, _STEP)
    best = float(angles[np.argmax([_contrast(points, weight, a, direction) for a in angles])])
    near = best + np.linspace(-_STEP, _STEP, 9)
    level = _contrast(points, weight, 0.0, direction)
    best = float(near[np.argmax([_contrast(points, weight, a, direction) for a in near])])
    # A tilt must earn its keep: a few characters make any angle look good.
    return best if abs(best) >= LEAST and _contrast(points, weight, best, direction) > 1.05 * level else 0.0


def _contrast(points: NDArray[np.float64], weight: Profile, angle: float, direction: Direction) -> float:
    across, _ = _turned(points, angle, direction)
    return float((_profile(across, weight)[1] ** 2).sum())


def _turned(
    points: NDArray[np.float64], tilt: float, direction: Direction
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coordinates across and along the lines, the page turned back by `tilt`."""
    turn = np.deg2rad(-tilt)
    x = np.cos(turn) * points[:, 0] - np.sin(turn) * points[:, 1]
    y = np.sin(turn) * points[:, 0] + np.cos(turn) * points[:, 1]
    return (x, y) if direction.upright else (y, x)


def _profile(places: NDArray[np.float64], weight: Profile) -> tuple[int, Profile]:
    """First bin and ink in each bin of one pixel."""
    first = int(np.floor(places.min()))
    counts = np.bincount((places - first).astype(np.intp), weights=weight)
    return first, np.asarray(counts, np.float64)


def _lines(across: Profile, along: Profile, weight: Profile, size: float, unit: float, tilt: float) -> list[Rect]:
    first, profile = _profile(across, weight)
    level = _FAINT * float(np.percentile(profile, 90))
    found: list[Rect] = []
    for begin, end in _bands(profile, level, size):
        inside = (across >= first + begin) & (across < first + end)
        if end - begin < _NARROWEST * size or weight[inside].sum() < 0.05 * size * size:
            continue
        low, high = along[inside].min() - 0.5, along[inside].max() + 0.5
        found.append(Rect((first + begin) * unit, (first + end) * unit, low * unit, high * unit, tilt))
    return found


def _bands(profile: Profile, level: float, size: float) -> list[tuple[int, int]]:
    """Runs of inked bins; one that is too wide for a line is divided where it has least ink."""
    out: list[tuple[int, int]] = []
    for begin, end in runs(profile > level, max(1, round(0.08 * size))):
        count = max(1, round((end - begin) / (1.1 * size))) if end - begin > _WIDEST * size else 1
        cuts = [begin]
        for part in range(1, count):
            middle = begin + part * (end - begin) // count
            low = max(cuts[-1] + 1, middle - round(0.3 * size))
            cuts.append(low + int(profile[low : middle + round(0.3 * size) + 1].argmin()))
        out += list(zip(cuts, [*cuts[1:], end], strict=True))
    return out
