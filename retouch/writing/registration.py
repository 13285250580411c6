"""Laying a template over a glyph: a common frame, the best affine fit, then a smooth and bounded warp."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Ink = NDArray[np.float32]

EM = 80
"""Pixels to which a page's em square is scaled for comparing: strokes are 5 to 9 px wide then."""
FRAME = 112
"""Side of the square canvas in which glyph and template are compared: the em and a fifth of it on each side."""

_BLUR = 1.5  # px: takes away edge softness and the grain of ink before glyphs are compared
_SMOOTH = 5.0  # px, standard deviation that the warp is smoothed with
_REACH = 4.0  # px, the farthest that the smooth warp moves ink after the affine fit: 5 % of the em

_AXIS = np.arange(FRAME, dtype=np.float32)
_PLACES = np.stack(np.meshgrid(_AXIS, _AXIS), axis=2)  # x and y of each pixel
_BASIS = np.ones((3, FRAME * FRAME), dtype=np.float32)  # x and y from the middle, -1 to 1, and 1
_BASIS[:2] = (_PLACES.reshape(-1, 2).T - FRAME / 2) / (FRAME / 2)

Matrix = NDArray[np.float64]
"""2x3, from the glyph's frame to the template's."""

Flow = NDArray[np.float32]
"""(FRAME, FRAME, 2): how far ink moves at each pixel, right and down, in px."""


@dataclass(frozen=True, slots=True, eq=False)
class Registered:
    """`template` (FRAME, FRAME) as it lies over the glyph, `distance` 1 - NCC of both after a light blur, `matrix` the
    affine part of the way, `flow` the warp that follows it."""

    template: Ink
    distance: float
    matrix: Matrix
    flow: Flow


def soft(ink: Ink) -> Ink:
    """Ink blurred for comparing."""
    return np.asarray(cv2.GaussianBlur(ink, (0, 0), _BLUR), dtype=np.float32)


def correlation(one: Ink, other: Ink) -> float:
    """Normalised cross-correlation, -1 to 1; 0 where one of them is flat."""
    a, b = one.ravel(), other.ravel()
    count, sum_a, sum_b = a.size, float(a.sum()), float(b.sum())
    spread_a = float(np.dot(a, a)) - sum_a * sum_a / count
    spread_b = float(np.dot(b, b)) - sum_b * sum_b / count
    if spread_a <= 1e-6 or spread_b <= 1e-6:
        return 0.0
    return (float(np.dot(a, b)) - sum_a * sum_b / count) / math.sqrt(spread_a * spread_b)


def register(glyph: Ink, template: Ink, scale: float = 1.0) -> Registered:
    """Lay `template` over `glyph`, both float32 (FRAME, FRAME); one glyph px is expected to be `scale` template px."""
    blurred = soft(glyph)
    matrix = _refined(blurred, template, _start(blurred, template, scale))
    flow = _smooth_flow(blurred, soft(_moved(template, matrix)))
    warped = _warped(template, matrix, flow)
    return Registered(warped, 1 - correlation(blurred, soft(warped)), matrix, flow)


def _start(glyph: Ink, template: Ink, scale: float) -> Matrix:
    """The better of two guesses, looked at in half size: the expected size and the same centre, or box on box."""
    guesses = [_by_centre(glyph, template, scale), _by_box(glyph, template)]
    side = FRAME // 2
    small, drawn = (cv2.resize(ink, (side, side), interpolation=cv2.INTER_AREA) for ink in (glyph, template))
    halves = np.array([[1, 1, 0.5], [1, 1, 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = (cv2.warpAffine(drawn, guess * halves, (side, side), flags=flags) for guess in guesses)
    scores = [correlation(_ink(small), _ink(cv2.GaussianBlur(one, (0, 0), _BLUR / 2))) for one in moved]
    return guesses[int(np.argmax(scores))]


def _ink(values: NDArray[Any]) -> Ink:
    return np.asarray(values, dtype=np.float32)


def _by_centre(glyph: Ink, template: Ink, scale: float) -> Matrix:
    shift = _centre(template) - scale * _centre(glyph)
    return np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], dtype=np.float64)


def _by_box(glyph: Ink, template: Ink) -> Matrix:
    (left, top, right, bottom), (l2, t2, r2, b2) = _extent(glyph), _extent(template)
    sx = float(np.clip((r2 - l2) / max(right - left, 1), 0.6, 1.6))
    sy = float(np.clip((b2 - t2) / max(bottom - top, 1), 0.6, 1.6))
    # 一 is a line: stretching its thickness to the template's says nothing
    sx, sy = (float(np.clip(a, b / 1.35, b * 1.35)) for a, b in ((sx, sy), (sy, sx)))
    cx, cy = (left + right) / 2, (top + bottom) / 2
    return np.array([[sx, 0, (l2 + r2) / 2 - sx * cx], [0, sy, (t2 + b2) / 2 - sy * cy]], dtype=np.float64)


def _centre(ink: Ink) -> NDArray[np.float64]:
    across, down = (cv2.reduce(ink, axis, cv2.REDUCE_SUM).ravel() for axis in (0, 1))
    mass = max(float(across.sum()), 1e-6)
    return np.array([float(across @ _AXIS) / mass, float(down @ _AXIS) / mass])


def _extent(ink: Ink) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the ink; the whole frame where there is none."""
    rows, columns = np.flatnonzero(ink.max(axis=1) > 0.35), np.flatnonzero(ink.max(axis=0) > 0.35)
    if not rows.size:
        return 0.0, 0.0, float(ink.shape[1]), float(ink.shape[0])
    return float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1)


def _refined(glyph: Ink, template: Ink, matrix: Matrix) -> Matrix:
    """Improve the affine fit by the flow that is left, if that brings the two nearer.

    One round: a second one changed the distances' power to tell faults (area under the curve) by less than .001.
    """
    moved = soft(_moved(template, matrix))
    candidate = _composed(matrix, _affine_of(_flow(glyph, moved, fine=False), np.maximum(glyph, moved)))
    nearer = correlation(glyph, soft(_moved(template, candidate))) > correlation(glyph, moved)
    return candidate if nearer else matrix


def _affine_of(flow: Flow, weight: Ink) -> Matrix:
    """The affine map x -> x + flow(x) in the weighted least squares sense, drawn a little towards a pure shift."""
    weighted = _BASIS * weight.ravel()
    normal = (weighted @ _BASIS.T).astype(np.float64)
    mass = normal[2, 2]
    # Where there is no ink at all the map is the identity, not an error.
    normal += np.diag([0.02 * mass + 1e-9, 0.02 * mass + 1e-9, 1e-6 * mass + 1e-9])
    solved = np.linalg.solve(normal, (weighted @ flow.reshape(-1, 2)).astype(np.float64)).T
    half = FRAME / 2
    linear = solved[:, :2] / half
    matrix = np.empty((2, 3), dtype=np.float64)
    matrix[:, :2] = np.eye(2) + linear
    matrix[:, 2] = solved[:, 2] - linear @ np.array([half, half])
    return matrix


def _composed(outer: Matrix, inner: Matrix) -> Matrix:
    """First `inner`, then `outer`."""
    result = outer[:, :2] @ inner
    result[:, 2] += outer[:, 2]
    return np.asarray(result, dtype=np.float64)


def _moved(ink: Ink, matrix: Matrix) -> Ink:
    return np.asarray(cv2.warpAffine(ink, matrix, (FRAME, FRAME), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP))


def _warped(ink: Ink, matrix: Matrix, flow: Flow) -> Ink:
    x, y = cv2.split(cv2.transform(_PLACES + flow, matrix))
    return np.asarray(cv2.remap(ink, x, y, cv2.INTER_LINEAR), dtype=np.float32)


def _smooth_flow(glyph: Ink, template: Ink) -> Flow:
    """Flow smoothed over ink (blank paper has none to tell) and held to `_REACH`; smoothed in half size, in which the
    engine finds it."""
    side = FRAME // 2
    weight = cv2.max(glyph, template) + np.float32(0.02)
    dx, dy = cv2.split(_flow(glyph, template))
    heavy = cv2.merge([cv2.multiply(dx, weight), cv2.multiply(dy, weight), weight])
    small = cv2.resize(heavy, (side, side), interpolation=cv2.INTER_AREA)
    dx, dy, mass = cv2.split(cv2.GaussianBlur(small, (0, 0), _SMOOTH / 2))
    dx, dy = cv2.divide(dx, mass), cv2.divide(dy, mass)
    shrink = np.minimum(np.float32(_REACH) / np.maximum(cv2.magnitude(dx, dy), np.float32(1e-3)), np.float32(1))
    bounded = cv2.merge([cv2.multiply(dx, shrink), cv2.multiply(dy, shrink)])
    return np.asarray(cv2.resize(bounded, (FRAME, FRAME), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def _flow(glyph: Ink, template: Ink, fine: bool = True) -> Flow:
    one, other = (cv2.convertScaleAbs(ink, alpha=255) for ink in (glyph, template))
    return np.asarray(_engine(fine).calc(one, other, np.zeros((*glyph.shape, 2), dtype=np.float32)))


_engines = threading.local()  # an optical flow object keeps buffers, so each thread needs its own


def _engine(fine: bool) -> cv2.DISOpticalFlow:
    """DIS optical flow (Kroeger et al., 2016), coarse for the affine fit, fine for the warp. Its variational step costs
    a seventh of the time and told no more faults."""
    if not hasattr(_engines, "fine"):
        _engines.coarse = cv2.DISOpticalFlow.create(cv2.DISOpticalFlow_PRESET_ULTRAFAST)
        _engines.fine = cv2.DISOpticalFlow.create(cv2.DISOpticalFlow_PRESET_MEDIUM)
        _engines.fine.setVariationalRefinementIterations(0)
    engine: cv2.DISOpticalFlow = _engines.fine if fine else _engines.coarse
    return engine
