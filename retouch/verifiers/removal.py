"""Is what should be removed gone? Judged by colour: does the place now show only what stands round it?"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB
from retouch.errors import VerifierError
from retouch.picture import Picture
from retouch.plan import Step
from retouch.region import Region
from retouch.verdict import Outcome, Verdict
from retouch.verifiers.strand import Strand, strand

RING = 8
"""Width in pixels of the ring round the region that shows what belongs there; the nearest pixel is left out."""
ALIKE = 12.0
"""Distance in CIELAB up to which a pixel has a colour of the ring: twice the grain of paper and of JPEG."""
GONE = 0.02
"""Share of pixels of other colours up to which nothing is left; a soft edge that was forgotten shows .1 and more."""
LEFT = 0.15
"""Share from which something is certainly left; before the edit it must have been as much to be judged at all."""
THIN_GONE, THIN_LEFT = 0.05, 0.15
"""The same shares for thin things, of their own pixels."""
SMEARED = 0.3
"""Edited pixels beside a thin thing that are no ground, over its own area, from which it was smeared or moved."""
_PALETTE, _SAMPLE = 400, 4000


class RemovalVerifier:
    """Judges `remove-object`: the region must show only colours of the ring round it, and others before.

    What has the colours of its surroundings cannot be judged so: `unsure`.
    """

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        """The verdict; VerifierError for a step without a box."""
        if step.box is None:
            raise VerifierError(f"removal: step {step.id!r} has no box; it judges one region")
        frame = step.box.grown(RING + 2).clamped(after.size)
        mask = Region.decode(step.box, step.mask).within(frame)
        ring = _dilated(mask, RING + 1) & ~_dilated(mask, 1)
        if not mask.any() or not ring.any():
            return _verdict(Outcome.UNSURE, 0.0, "nothing stands round the region to compare it with", 0.0, 0.0)
        old, new = before.srgb(frame), after.srgb(frame)
        was, left = _foreign(old, mask, ring), _foreign(new, mask, ring)
        thin = strand(old, new, mask) if was < LEFT else None
        return _judged(was, left) if thin is None else _thin(thin, was, left)


def _judged(was: float, left: float) -> Verdict:
    score = float(np.clip(1 - left / LEFT, 0, 1))
    if left >= LEFT:
        return _verdict(Outcome.FAIL, score, f"{left:.0%} of the region still has colours of its own", was, left)
    if was < LEFT:
        return _verdict(Outcome.UNSURE, 0.5, "what was here had the colours of its surroundings; look at it", was, left)
    if left > GONE:
        return _verdict(Outcome.UNSURE, score, f"{left:.0%} of the region has colours of its own", was, left)
    return _verdict(Outcome.PASS, score, "the region shows what stands round it", was, left)


def _thin(thin: Strand, was: float, left: float) -> Verdict:
    """The verdict on a hair: what is left is told against its own pixels, not against the region's."""
    share, smear = thin.left, thin.smeared
    score = float(np.clip(1 - max(share / THIN_LEFT, smear / SMEARED), 0, 1))
    if share >= THIN_LEFT:
        return _verdict(Outcome.FAIL, score, f"{share:.0%} of the thin thing still shows", was, left, thin)
    if smear >= SMEARED:
        return _verdict(
            Outcome.FAIL, score, "the ground beside the thin thing was changed for another", was, left, thin
        )
    if share > THIN_GONE or smear > SMEARED / 2:
        return _verdict(Outcome.UNSURE, score, f"traces may be left ({share:.0%})", was, left, thin)
    return _verdict(Outcome.PASS, score, "where the thin thing was there is now ground", was, left, thin)


def _verdict(
    outcome: Outcome, score: float, reason: str, was: float, left: float, thin: Strand | None = None
) -> Verdict:
    evidence = {"foreign_before": round(was, 4), "foreign_after": round(left, 4)}
    if thin is not None:
        evidence |= {"thin": thin.area, "thin_left": round(thin.left, 4), "smeared": round(thin.smeared, 4)}
    return Verdict(verifier="removal", outcome=outcome, score=score, reason=reason, evidence=evidence)


def _foreign(rgb: RGB, mask: NDArray[np.bool_], ring: NDArray[np.bool_]) -> float:
    """Share of the mask's pixels that have no colour of the ring."""
    lab = np.asarray(cv2.cvtColor(rgb.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB), np.float32)
    palette, sample = _spread(lab[ring], _PALETTE), _spread(lab[mask], _SAMPLE)
    distance = np.linalg.norm(sample[:, None, :] - palette[None, :, :], axis=2).min(axis=1)
    return float((distance > ALIKE).mean())


def _spread(pixels: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """At most `count` of the pixels, evenly spread."""
    return pixels[:: max(1, -(-len(pixels) // count))]


def _dilated(mask: NDArray[np.bool_], reach: int) -> NDArray[np.bool_]:
    return cv2.dilate(mask.astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) > 0
