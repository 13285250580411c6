"""Does a repaired glyph stand out? Its ink is measured as its neighbours' ink is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from retouch.errors import UsageError, VerifierError
from retouch.geometry import Box
from retouch.picture import Picture
from retouch.plan import Step
from retouch.region import Region
from retouch.style import Spread, Style
from retouch.verdict import Outcome, Verdict
from retouch.writing.ink import coverage
from retouch.writing.metrics import GlyphMetrics, Ink, measure, solid_ink, spread

_CONTEXT = 1.5
"""How much of the region's longer side is looked at round it for neighbours."""
_LEAST_NEIGHBOURS = 3
_SLACK = {"stroke": 0.3, "softness": 0.3, "darkness": 0.1, "width": 0.2, "height": 0.2}
"""Slack on each side of the neighbours' 5th to 95th percentile, as a share of their median: one page's own correct
glyphs, judged by the others, keep within it (dense and sparse characters differ in stroke by a quarter)."""
_LEAST_SLACK = {"stroke": 1.0, "softness": 0.35, "darkness": 0.05, "width": 2.0, "height": 2.0}
"""The same in pixels (darkness: of 1): what measuring on the pixel grid is worth."""


class HasStyle(Protocol):
    """A studied hand, or anything else that knows the page's style."""

    @property
    def style(self) -> Style: ...


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of the new glyph beside its neighbours'; `excess` 0 inside the range, 1 at twice the slack."""

    name: str
    value: float
    low: float
    high: float
    slack: float

    @property
    def excess(self) -> float:
        beyond = max(self.low - self.value, self.value - self.high, 0.0)
        return max(0.0, beyond - self.slack) / self.slack

    def as_json(self) -> dict[str, float]:
        return {"value": round(self.value, 3), "low": round(self.low, 3), "high": round(self.high, 3)}


class BlendVerifier:
    """Passes where softness, darkness, stroke weight and size lie within the neighbours' spread, with some slack.

    The neighbours' spread is that of `style` or `hand`; without either it is measured round the region, and size is
    not judged. Only the largest size is: how small a character may be depends on the character.
    """

    def __init__(self, hand: HasStyle | None = None, style: Style | None = None) -> None:
        self._style = style if style is not None else hand.style if hand is not None else None

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        """The verdict on the ink in the step's region; VerifierError for a step without a box."""
        if step.box is None:
            raise VerifierError(f"blend: step {step.id!r} has no box; it judges one region")
        region = Region.decode(step.box, step.mask)
        reach = max(16, round(_CONTEXT * max(step.box.width, step.box.height)))
        frame = step.box.grown(reach).clamped(after.size)
        mask = region.within(frame)
        ink = coverage(after.srgb(frame))
        try:
            new = measure(np.where(mask, ink, 0).astype(np.float32))
        except UsageError:
            return _verdict(Outcome.UNSURE, 0.0, f"no ink was found in {step.box}", {})
        spreads = self._spreads(coverage(before.srgb(frame)), mask)
        if spreads is None:
            return _verdict(Outcome.UNSURE, 0.0, f"too few neighbours round {step.box} to compare with", {})
        return _judged(new, spreads)

    def _spreads(self, ink: Ink, mask: NDArray[np.bool_]) -> dict[str, Spread] | None:
        if self._style is not None:
            return {name: getattr(self._style, name) for name in _SLACK}
        measures = list(_neighbours(ink, mask))
        if len(measures) < _LEAST_NEIGHBOURS:
            return None
        return {name: spread(getattr(m, name) for m in measures) for name in ("stroke", "softness", "darkness")}


def _judged(new: GlyphMetrics, spreads: dict[str, Spread]) -> Verdict:
    comparisons = [_comparison(name, getattr(new, name), s) for name, s in spreads.items()]
    outside = [c for c in comparisons if c.excess > 0]
    evidence = {c.name: c.as_json() for c in comparisons}
    score = max(0.0, 1 - max((c.excess for c in comparisons), default=0.0))
    if not outside:
        return _verdict(Outcome.PASS, score, "it measures as its neighbours do", evidence)
    worst = max(outside, key=lambda c: c.excess)
    reason = f"{worst.name} {worst.value:.2f} lies outside its neighbours' {worst.low:.2f} to {worst.high:.2f}"
    return _verdict(Outcome.FAIL, min(score, 0.5), reason, evidence)


def _comparison(name: str, value: float, neighbours: Spread) -> Comparison:
    slack = max(_SLACK[name] * neighbours.median, _LEAST_SLACK[name])
    low = 0.0 if name in ("width", "height") else neighbours.low
    return Comparison(name, value, low, neighbours.high, slack)


def _verdict(outcome: Outcome, score: float, reason: str, evidence: dict[str, Any]) -> Verdict:
    return Verdict(verifier="blend", outcome=outcome, score=score, reason=reason, evidence=evidence)


def _neighbours(ink: Ink, mask: NDArray[np.bool_]) -> Iterator[GlyphMetrics]:
    """The measures of each larger blot outside the region that is not cut by the frame's edge."""
    outside = np.where(mask, 0, ink).astype(np.float32)
    solid = solid_ink(outside).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    whole = Box(1, 1, ink.shape[1] - 2, ink.shape[0] - 2)
    least = 0.25 * float(np.median(stats[1:, cv2.CC_STAT_AREA])) if len(stats) > 1 else 0.0
    for label, (x, y, width, height, area) in enumerate(stats[1:].tolist(), start=1):
        box = Box(x, y, width, height)
        if area < max(least, 12) or not whole.contains(box):
            continue
        around = box.grown(4).intersection(Box(0, 0, ink.shape[1], ink.shape[0]))
        near = cv2.dilate((labels[around.slices] == label).astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
        yield measure(np.where(near, outside[around.slices], 0).astype(np.float32))
