"""What an editor kept inside the region: by it a movement is told where the ring round the region is blank."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.orchestrator.canvas import Mask, differences
from retouch.orchestrator.warp import Warp, covered, plausible, warped

_POINTS = 200
_ENOUGH = 12
"""Corners that must agree on a movement."""
_SHARE = 0.6
"""Share of the corners that could be followed which must agree on it."""
_FAITHFUL = 0.3
"""Pixels by which a corner that is followed there and back may miss where it began; a redrawn one misses by more."""
_TOLERANCE = 0.5
"""Pixels by which a corner may stray from the common movement."""
_MAX_MOVE = 0.03
"""Share of the canvas by which a corner of it may be moved: editors drift by so much and no more (a resize to multiples
of 32 stretches by up to 2.2 %); a larger movement was meant."""
_CHANGED = 24
"""Grey levels from which a pixel was redrawn."""
_LEAST = 0.005
"""Share of the region that must have been redrawn beside the movement: otherwise the movement is the edit."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """The map that takes the kept parts back to where they stood, and how far off they are then (median, pixels)."""

    warp: Warp
    left: float


def by_what_was_kept(sent: RGB, result: RGB, inside: Mask) -> Kept | None:
    """The movement of what `result` kept of `sent` under `inside`; None where too little was kept to tell, or where
    nothing was changed but the place."""
    here, there = _followed(sent, result, inside)
    if len(here) < _ENOUGH:
        return None
    found, agree = cv2.estimateAffinePartial2D(there, here, method=cv2.RANSAC, ransacReprojThreshold=_TOLERANCE)
    if found is None or int(agree.sum()) < max(_ENOUGH, _SHARE * len(here)):
        return None
    warp = np.asarray(found, np.float32)
    if not plausible(warp, sent.shape, _MAX_MOVE) or not _redrawn(sent, result, inside, warp):
        return None
    chosen = agree.ravel() > 0
    back = there[chosen] @ warp[:, :2].T + warp[:, 2]
    return Kept(warp, float(np.median(np.linalg.norm(back - here[chosen], axis=1))))


def _followed(sent: RGB, result: RGB, inside: Mask) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Corners under `inside` and where they are found in the result, (n, 2) each; those that are lost are left out."""
    none = np.zeros((0, 2), np.float32)
    before, after = (cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) for pixels in (sent, result))
    points = cv2.goodFeaturesToTrack(before, _POINTS, 0.05, 6, mask=inside.astype(np.uint8))
    if points is None:
        return none, none
    there, ok = _flow(before, after, points)
    back, again = _flow(after, before, there)
    kept = ok & again & (np.linalg.norm((back - points).reshape(-1, 2), axis=1) <= _FAITHFUL)
    return points.reshape(-1, 2)[kept], there.reshape(-1, 2)[kept]


def _flow(
    before: NDArray[np.generic], after: NDArray[np.generic], points: NDArray[np.generic]
) -> tuple[NDArray[np.float32], Mask]:
    """Pyramidal Lucas-Kanade; which points were found again with their surroundings alike."""
    there, ok, error = cv2.calcOpticalFlowPyrLK(  # type: ignore[call-overload]
        before, after, points, None, winSize=(21, 21), maxLevel=3
    )
    return there, (ok.ravel() == 1) & (error.ravel() < _CHANGED)


def _redrawn(sent: RGB, result: RGB, inside: Mask, warp: Warp) -> bool:
    """True if something but the place has changed."""
    own = inside & covered(inside.shape, warp)
    new = differences(sent, warped(result, warp))[own] > _CHANGED
    return bool(new.size) and float(new.mean()) >= _LEAST
