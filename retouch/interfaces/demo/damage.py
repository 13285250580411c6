"""Damage to one glyph's ink: a stroke left out, a part erased, a patch melted, all of it blurred."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.geometry import Size
from retouch.interfaces.demo.brush import MARGIN, Ink, Surface
from retouch.interfaces.demo.paper import noise

Mask = NDArray[np.bool_]

_STROKE_SHARE = (0.09, 0.36)  # of the glyph's ink: less is a hook or a dot's tail, more is half the character


def without_stroke(ink: Ink, rng: np.random.Generator) -> Ink | None:
    """`ink` with one of its strokes left out, chosen at random; None where no single stroke can be told apart."""
    whole = ink > 0.5
    em = ink.shape[0] / (1 + 2 * MARGIN)
    opened = [_opened(whole, em * 0.26, angle) for angle in range(0, 180, 22)]
    single = [piece for piece in _pieces(whole) if _is_single(piece, opened)]
    strokes = [stroke for stroke in (*single, *_runs(whole, opened, em)) if _is_share(stroke, whole)]
    if not strokes:
        return None
    return _lifted(ink, whole, strokes[int(rng.integers(len(strokes)))])


def _lifted(ink: Ink, whole: Mask, stroke: Mask) -> Ink:
    """`ink` without the stroke: every pixel nearer to it than to the rest goes, so that no ghost of its rim stays."""
    rest = _without_specks(whole & ~stroke, whole)
    to_stroke = cv2.distanceTransform((~(whole & ~rest)).astype(np.uint8), cv2.DIST_L2, 5)
    to_rest = cv2.distanceTransform((~rest).astype(np.uint8), cv2.DIST_L2, 5)
    return np.where(to_stroke < to_rest, np.float32(0), ink)


def _without_specks(rest: Mask, whole: Mask) -> Mask:
    """Leave out crumbs that the cut made: parts under 2 % of the glyph that were joined to the stroke before."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(rest.astype(np.uint8))
    _, before, areas, _ = cv2.connectedComponentsWithStats(whole.astype(np.uint8))
    keep = rest.copy()
    for label in range(1, count):
        part = labels == label
        small = stats[label, cv2.CC_STAT_AREA] < 0.02 * whole.sum()
        if small and areas[before[part][0], cv2.CC_STAT_AREA] > stats[label, cv2.CC_STAT_AREA]:
            keep &= ~part
    return keep


def _is_share(stroke: Mask, whole: Mask) -> bool:
    share = int(stroke.sum()) / max(int(whole.sum()), 1)
    return _STROKE_SHARE[0] <= share <= _STROKE_SHARE[1]


def _pieces(whole: Mask) -> list[Mask]:
    """Parts of the glyph that touch no other: dots, and strokes that stand alone."""
    count, labels = cv2.connectedComponents(whole.astype(np.uint8))
    return [labels == label for label in range(1, count)] if count > 2 else []


def _is_single(piece: Mask, opened: list[Mask]) -> bool:
    """True if no two straight runs at a wide angle to each other lie in the piece: it is one stroke, not several."""
    long = [int((run & piece).sum()) > 0.15 * piece.sum() for run in opened]
    pairs = [(one, other) for one in range(len(long)) for other in range(one) if long[one] and long[other]]
    return not any(_apart(one, other, len(long)) for one, other in pairs)


def _runs(whole: Mask, opened: list[Mask], em: float) -> list[Mask]:
    """Straight strokes: what survives an opening by a long line in one direction, without the strokes that cross it."""
    out: list[Mask] = []
    for number, run in enumerate(opened):
        across = np.logical_or.reduce([o for n, o in enumerate(opened) if _apart(n, number, len(opened))])
        count, labels = cv2.connectedComponents(run.astype(np.uint8))
        out += [_widened(labels == label, whole, em) & ~across for label in range(1, count)]
    return out


def _apart(one: int, other: int, count: int) -> bool:
    """True for directions at least 45 degrees apart."""
    step = abs(one - other)
    return min(step, count - step) >= count / 4


def _opened(whole: Mask, length: float, angle: float) -> Mask:
    reach = int(length / 2)
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
    dx, dy = reach * np.cos(np.radians(angle)), reach * np.sin(np.radians(angle))
    cv2.line(kernel, (round(reach - dx), round(reach - dy)), (round(reach + dx), round(reach + dy)), 1, 1)
    return cv2.morphologyEx(whole.astype(np.uint8), cv2.MORPH_OPEN, kernel).astype(bool)


def _widened(run: Mask, whole: Mask, em: float) -> Mask:
    """The run with the ink beside it that belongs to the same stroke: its serif, its swelling end."""
    reach = max(1, int(em * 0.022))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return cv2.dilate(run.astype(np.uint8), kernel).astype(bool) & whole


def erased(ink: Ink, rng: np.random.Generator) -> Ink:
    """`ink` with a part rubbed out along an uneven edge, 12 to 34 % of it."""
    em = ink.shape[0] / (1 + 2 * MARGIN)
    size = Size(ink.shape[1], ink.shape[0])
    x, y = _inked_point(ink, rng)
    away = _distance(size, x, y) + em * 0.07 * noise(size, em * 0.12, rng)
    share = rng.uniform(0.12, 0.34)
    weight = np.sort(away[ink > 0.5])
    radius = weight[int(share * weight.size)]
    return np.asarray(ink * np.clip((away - radius) / (0.02 * em), 0, 1), dtype=np.float32)


def melt(ink: Ink, rng: np.random.Generator) -> Surface:
    """A patch of a third to a half em in which strokes run together and lose their order; edges stay sharp."""
    em = ink.shape[0] / (1 + 2 * MARGIN)
    size = Size(ink.shape[1], ink.shape[0])
    x, y = _inked_point(ink, rng)
    where = np.clip(1.5 - _distance(size, x, y) / np.float32(em * rng.uniform(0.24, 0.34)), 0, 1)
    peak = np.float32(em * rng.uniform(0.1, 0.15))
    dx, dy = noise(size, em * 0.13, rng) * peak * where, noise(size, em * 0.13, rng) * peak * where
    swell = np.float32(rng.uniform(0.04, 0.14)) + 0.12 * noise(size, em * 0.15, rng)

    def surface(coverage: Ink, _: np.random.Generator) -> Ink:
        column = np.arange(size.width, dtype=np.float32)[None, :] + dx
        row = np.arange(size.height, dtype=np.float32)[:, None] + dy
        run = cv2.remap(coverage, column, row, cv2.INTER_LINEAR)
        mixed = run + where * (cv2.GaussianBlur(run, (0, 0), 0.03 * em) + swell - run)
        pooled = np.clip((mixed - 0.5) * 4 + 0.5, 0, 1)
        # At the patch's edge nothing has moved yet, so the seam is invisible.
        inside = np.clip(where * 8, 0, 1)
        return np.asarray(coverage + inside * (pooled - coverage), dtype=np.float32)

    return surface


def blur(size: int, rng: np.random.Generator) -> Surface:
    """The whole glyph out of focus: Gaussian, standard deviation 3.5 to 5.5 % of the em (`size` px)."""
    sigma = float(rng.uniform(0.035, 0.055) * size)

    def surface(coverage: Ink, _: np.random.Generator) -> Ink:
        return np.asarray(cv2.GaussianBlur(coverage, (0, 0), sigma), dtype=np.float32)

    return surface


def _inked_point(ink: Ink, rng: np.random.Generator) -> tuple[float, float]:
    rows, columns = np.nonzero(ink > 0.5)
    pick = int(rng.integers(rows.size))
    return float(columns[pick]), float(rows[pick])


def _distance(size: Size, x: float, y: float) -> Ink:
    dx = np.arange(size.width, dtype=np.float32)[None, :] - np.float32(x)
    dy = np.arange(size.height, dtype=np.float32)[:, None] - np.float32(y)
    return np.asarray(np.sqrt(dx * dx + dy * dy), dtype=np.float32)
