"""Has the ink the colour that it should have? And was nothing round it coloured with it?"""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor

from retouch.edit import RGB
from retouch.errors import VerifierError
from retouch.picture import Picture
from retouch.plan import ColourIs, Step
from retouch.region import Region
from retouch.verdict import Outcome, Verdict
from retouch.writing.ink import coverage

NEAR = 12.0
"""CIEDE2000 difference up to which a shaded ink counts as having the colour; 2.3 is just seen on flat patches, and
shading, grain and JPEG move a median by several of them."""
FAR = 25.0
"""Difference from which it certainly has another colour."""
_RING = 6
"""Width in pixels of the ring round the region that must be as it was."""
_CHANGED = 8
"""Level of 255 by which a pixel must differ to count as changed by the edit."""


class ColourVerifier:
    """Judges `colour-is`: the median colour of the region's ink, or of what the edit changed there."""

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        """The verdict; VerifierError for a step without a box or with another expectation."""
        wanted = _wanted(step)
        if step.box is None:
            raise VerifierError(f"colour: step {step.id!r} has no box; it judges one region")
        frame = step.box.grown(_RING).clamped(after.size)
        mask = Region.decode(step.box, step.mask).within(frame)
        old, new = before.srgb(frame), after.srgb(frame)
        shown = _ink(old, new, mask)
        if shown is None:
            return _verdict(Outcome.UNSURE, 0.0, f"no ink was found in {step.box}", {})
        difference = delta_e(shown, wanted)
        ring = _ring_change(old, new, mask)
        evidence = {
            "colour": "#" + "".join(f"{int(c):02x}" for c in shown),
            "wanted": "#" + "".join(f"{int(c):02x}" for c in wanted),
            "delta_e": round(difference, 2),
            "ring": ring,
        }
        return _judged(difference, ring, evidence)


def _judged(difference: float, ring: int, evidence: dict[str, Any]) -> Verdict:
    score = float(np.clip((FAR - difference) / (FAR - NEAR / 2), 0, 1))
    if ring:
        return _verdict(Outcome.FAIL, 0.0, f"{ring} pixels round the region changed, too", evidence)
    if difference <= NEAR:
        return _verdict(Outcome.PASS, score, f"the ink is {evidence['colour']}", evidence)
    outcome = Outcome.FAIL if difference >= FAR else Outcome.UNSURE
    return _verdict(outcome, score, f"the ink is {evidence['colour']}, ΔE {difference:.0f} from the wanted", evidence)


def _verdict(outcome: Outcome, score: float, reason: str, evidence: dict[str, Any]) -> Verdict:
    return Verdict(verifier="colour", outcome=outcome, score=score, reason=reason, evidence=evidence)


def _wanted(step: Step) -> NDArray[np.float64]:
    if not isinstance(step.expectation, ColourIs):
        kind = step.expectation.kind if step.expectation else "none"
        raise VerifierError(f"colour: step {step.id!r} expects {kind}; this verifier judges colour-is")
    try:
        return np.array(ImageColor.getrgb(step.expectation.colour)[:3], np.float64)
    except ValueError:
        raise VerifierError(
            f"colour: step {step.id!r} expects {step.expectation.colour!r}, which is no colour; "
            "give #rrggbb or a CSS name"
        ) from None


def _ink(old: RGB, new: RGB, mask: NDArray[np.bool_]) -> NDArray[np.float64] | None:
    """The median colour of the middle of what was changed in the region, or of its ink where nothing was."""
    away = np.abs(new.astype(np.int16) - old.astype(np.int16)).max(axis=2)
    changed = mask & (away >= _CHANGED)
    if int(changed.sum()) >= 12:
        # Soft edges changed less than the strokes' middle, whose colour counts.
        chosen = changed & (away >= 0.8 * np.percentile(away[changed], 90))
    else:
        chosen = mask & (coverage(new) > 0.85)
    return np.asarray(np.median(new[chosen], axis=0), np.float64) if chosen.any() else None


def _ring_change(old: RGB, new: RGB, mask: NDArray[np.bool_]) -> int:
    """How many pixels outside the mask differ."""
    return int(((old != new).any(axis=2) & ~mask).sum())


def delta_e(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """CIEDE2000 colour difference of two sRGB colours 0..255 (Sharma, Wu and Dalal 2005)."""
    l1, a1, b1 = _lab(first)
    l2, a2, b2 = _lab(second)
    mean_chroma = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = _hue(a1, b1), _hue(a2, b2)
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    dl, dc = l2 - l1, c2 - c1
    dh = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    return _weighted(dl, dc, dh, (l1 + l2) / 2, (c1 + c2) / 2, _mean_hue(h1, h2, c1 * c2))


def _weighted(dl: float, dc: float, dh: float, lightness: float, chroma: float, hue: float) -> float:
    """The difference's three parts, each over its weight, with the rotation term for blue."""
    t = (
        1
        - 0.17 * math.cos(math.radians(hue - 30))
        + 0.24 * math.cos(math.radians(2 * hue))
        + 0.32 * math.cos(math.radians(3 * hue + 6))
        - 0.20 * math.cos(math.radians(4 * hue - 63))
    )
    sl = 1 + 0.015 * (lightness - 50) ** 2 / math.sqrt(20 + (lightness - 50) ** 2)
    sc, sh = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    rotation = -2 * math.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    rotation *= math.sin(math.radians(60 * math.exp(-(((hue - 275) / 25) ** 2))))
    parts = (dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rotation * (dc / sc) * (dh / sh)
    return math.sqrt(max(0.0, parts))


def _hue(a: float, b: float) -> float:
    return math.degrees(math.atan2(b, a)) % 360 if a or b else 0.0


def _mean_hue(first: float, second: float, chroma: float) -> float:
    if not chroma:
        return first + second
    if abs(first - second) <= 180:
        return (first + second) / 2
    return (first + second + 360) / 2 if first + second < 360 else (first + second - 360) / 2


def _lab(rgb: NDArray[np.float64]) -> tuple[float, float, float]:
    pixel = (rgb / 255).astype(np.float32).reshape(1, 1, 3)
    lightness, a, b = cv2.cvtColor(pixel, cv2.COLOR_RGB2LAB)[0, 0]
    return float(lightness), float(a), float(b)
