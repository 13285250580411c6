"""Undoing what generative editors do to pixels they should have kept: a shift, a slow zoom, a tint.

Everything is estimated on the ring, the pixels that must not have changed, and applied to the whole canvas.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np

from retouch.edit import RGB
from retouch.orchestrator.canvas import Grey, Mask, differences, grey
from retouch.orchestrator.kept import by_what_was_kept
from retouch.orchestrator.motion import Motion, Watched
from retouch.orchestrator.tint import find_tint
from retouch.orchestrator.warp import Warp, at_rest, covered, difference, estimate, refined, warped, warped_grey

MAX_SHIFT_LEFT = 0.5
"""Pixels of movement that may be left after registration; more shows as a doubled edge at the region's border."""
MAX_BEND_LEFT = 1.0
"""Pixels by which any part of the ring may still be off: parts that slid different ways cancel out in the mean."""
MAX_TINT_LEFT = 1.0
"""Grey levels of mean difference that may be left in any channel."""
_STRUCTURE = 2.0
"""Standard deviation of grey levels below which a ring is blank, so that movement cannot be seen on it."""
_FAINT = 0.4
"""Standard deviation of grey levels from which the texture of blank paper is worth looking at."""
_AGREEMENT = 0.6
"""Correlation from which a faint texture is believed to show a movement."""
_UNMOVED = 0.05
"""Pixels of movement, in the mean and in every part, up to which a canvas has stayed where it was; less than that is
never resampled for."""
_ALIKE = 0.05
"""1 - correlation on the ring up to which that measurement, which holds only for small movements, is believed."""
_FINE = 0.125
"""Pixels that may be left of a movement estimated on a smaller canvas before it is made finer."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What was found and undone, and what is left. Shifts in canvas pixels, tints in grey levels."""

    shift: tuple[float, float] = (0.0, 0.0)
    zoom: float = 1.0
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    shift_left: float = 0.0
    bend_left: float = 0.0
    """The largest movement of any part of the ring."""
    tint_left: float = 0.0
    structured: bool = True
    """False where the ring is blank and no movement can be seen on it."""
    by_kept: bool = False
    """True where the movement was told by what the editor kept inside the region."""

    @property
    def good(self) -> bool:
        still = self.shift_left <= MAX_SHIFT_LEFT and self.bend_left <= MAX_BEND_LEFT
        return still and self.tint_left <= MAX_TINT_LEFT

    def evidence(self) -> dict[str, Any]:
        """The figures as JSON, rounded."""
        return {key: _rounded(value) for key, value in asdict(self).items()}

    @property
    def note(self) -> str:
        """What a person should know of a blank ring, in words; empty where the ring told everything."""
        if self.structured:
            return ""
        if not self.by_kept:
            return "nothing round the region shows whether its content was moved: that cannot be told"
        dx, dy = self.shift
        return f"the region's surroundings are blank; by what was kept inside it was moved by {dx:.1f}, {dy:.1f} px"


def register(sent: RGB, result: RGB, ring: Mask, inside: Mask | None = None) -> tuple[RGB, Registration]:
    """`result` moved and tinted back on `sent` (both uint8 height × width × 3); `ring` bool marks what was to be kept.

    On a blank ring a movement leaves no trace. There the parts of `inside`, the region, that were kept tell of one.
    Returns the corrected picture and the record; `good` of it is False where the correction did not succeed. A ring
    that came back as it was sent needs none.
    """
    if int(np.count_nonzero(ring)) < 64:
        return result, Registration(structured=False)
    target = grey(sent)
    spread = _spread(target, ring)
    if spread >= _FAINT and not (ring & (differences(sent, result) > 0)).any():
        return result, Registration()
    came, watched = grey(result), Watched(target, ring)
    warp, structured = _movement(target, came, ring, watched, spread)
    kept = by_what_was_kept(sent, result, inside) if not structured and inside is not None else None
    warp = kept.warp if kept is not None else warp
    moved, own = warped(result, warp), covered(ring.shape, warp)
    tint = find_tint(sent, moved, ring & own)
    corrected = tint.undone(moved)
    # Where the warp brought nothing from the editor, the sent pixels stand in.
    corrected[~own] = sent[~own]
    left = watched.motion(grey(corrected)) if structured else Motion(kept.left if kept is not None else 0.0)
    centre = np.array([sent.shape[1] / 2, sent.shape[0] / 2, 1.0])
    shift = warp @ centre - centre[:2]
    record = Registration(
        shift=(float(shift[0]), float(shift[1])),
        zoom=float(np.sqrt(max(np.linalg.det(warp[:, :2]), 0.0))),
        gain=tint.gain,
        offset=tint.offset,
        shift_left=left.shift,
        bend_left=left.bend,
        tint_left=tint.left,
        structured=structured,
        by_kept=kept is not None,
    )
    return corrected, record


def _movement(target: Grey, came: Grey, ring: Mask, watched: Watched, spread: float) -> tuple[Warp, bool]:
    """The map that undoes the movement, and whether the ring could show one."""
    if spread < _FAINT:
        return at_rest(), False
    if _unmoved(target, came, ring, watched):
        return at_rest(), True
    warp = estimate(target, came, ring)
    if watched.motion(warped_grey(came, warp)).shift > _FINE:
        warp = refined(target, came, ring, warp)
    if spread >= _STRUCTURE or _agrees(target, came, ring, warp):
        return warp, True
    return at_rest(), False


def _unmoved(target: Grey, came: Grey, ring: Mask, watched: Watched) -> bool:
    """True if the ring looks as it did, but for a tint, noise and softening, and stands where it stood."""
    if difference(target, came, ring) > _ALIKE:
        return False
    motion = watched.motion(came)
    return motion.shift <= _UNMOVED and motion.bend <= _UNMOVED


def _agrees(target: Grey, came: Grey, ring: Mask, warp: Warp) -> bool:
    """True if the warped ring is the same faint texture: noise of its own agrees with nothing wherever it is put."""
    return difference(target, warped_grey(came, warp), ring & covered(ring.shape, warp)) <= 1 - _AGREEMENT


def _spread(target: Grey, ring: Mask) -> float:
    """Standard deviation of the ring's grey levels."""
    return float(cv2.meanStdDev(target, mask=ring.astype(np.uint8))[1].item())


def _rounded(value: Any) -> Any:
    if isinstance(value, tuple):
        return [round(v, 3) for v in value]
    return round(value, 3) if isinstance(value, float) else value
