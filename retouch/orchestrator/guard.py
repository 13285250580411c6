"""What holds for every attempt whatever it was meant to do: the verdict `outside`, and results that are no picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retouch.edit import RGB, EditResult, Mark
from retouch.errors import EditorError
from retouch.orchestrator import marker
from retouch.orchestrator.canvas import mean_difference
from retouch.orchestrator.compositing import Sent
from retouch.orchestrator.registration import MAX_BEND_LEFT, MAX_SHIFT_LEFT, MAX_TINT_LEFT, Registration
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.verdict import Outcome, Verdict

NAME = "outside"
MAX_RING_RESIDUAL = 12.0
"""Grey levels of mean difference on the ring, after registration: beyond it the editor drew another picture."""
_MARKER_SHARE = 0.002
"""More marker-coloured pixels than this share of the region is a frame, not chance."""
_SPARSE = 101
"""A first look at whether a canvas is blank takes every so many pixels."""
_NEIGHBOURHOOD = 32
"""Pixels round the patch that are compared after every attempt; the whole outside is compared once a run."""


def usable(result: EditResult, sent: Sent, editor: str) -> RGB:
    """The result's pixels; EditorError if they are not finite, of the wrong size or kind, or blank."""
    pixels: Any = result.pixels
    shape = sent.canvas.shape
    if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8:
        raise EditorError(f"{editor}: {_strange(pixels)}; expected uint8 sRGB {shape}")
    if pixels.shape != shape:
        raise EditorError(f"{editor}: the result is {pixels.shape}, the canvas was {shape}; they must be equal")
    if _blank(pixels) and not _blank(_kept(sent, sent.canvas), _kept(sent, pixels)):
        raise EditorError(f"{editor}: the result is one colour, {tuple(int(v) for v in pixels[0, 0])}, all over")
    return pixels


def measure(sent: Sent, result: RGB, registration: Registration | None, marks: tuple[Mark, ...]) -> dict[str, Any]:
    """What is only known while the editor's own canvas is at hand, as JSON; it is kept with the reply."""
    left = marker.left_over(sent.canvas, result, sent.canvas_mask, marks) if marks else 0
    measured: dict[str, Any] = {"ring_residual": round(ring_residual(sent, result), 2), "marker_pixels": left}
    measured["marker_left"] = left > max(4.0, _MARKER_SHARE * float(sent.canvas_mask.sum()))
    if registration is not None:
        measured |= {"registration": registration.evidence(), "registered": registration.good}
    return measured


def judge(before: Picture, after: Picture, patch: Patch, measured: Mapping[str, Any]) -> Verdict:
    """The verdict `outside`: outside untouched, no marker left, ring residual small, something did change.

    `measured` is what `measure` found when the reply came, with `unchanged` True where the editor changed nothing.
    """
    residual, found = float(measured.get("ring_residual", 0.0)), measured.get("registration", {})
    complaints = [
        complaint
        for wrong, complaint in (
            (patch.empty or measured.get("unchanged", False), "nothing changed"),
            (_touched_outside(before, after, patch), "pixels outside the region differ"),
            (measured.get("marker_left", False), f"{measured.get('marker_pixels')} pixels of the marker are left"),
            (
                residual > MAX_RING_RESIDUAL,
                f"what was to be kept differs by {residual:.1f} grey levels in the mean, {MAX_RING_RESIDUAL:g} may be",
            ),
            (not measured.get("registered", True), f"the result cannot be registered to the picture: {_left(found)}"),
        )
        if wrong
    ]
    return Verdict(
        verifier=NAME,
        outcome=Outcome.FAIL if complaints else Outcome.PASS,
        score=0.0 if complaints else 1 - min(residual / MAX_RING_RESIDUAL, 1.0) / 2,
        reason="; ".join(complaints),
        evidence={"changed_pixels": int(patch.mask.sum()), **measured},
    )


def ring_residual(sent: Sent, result: RGB) -> float:
    """Mean absolute difference in grey levels between sent and returned canvas where nothing was to change."""
    return mean_difference(result, sent.canvas, sent.ring)


def _left(registration: Mapping[str, Any]) -> str:
    """What registration could not undo, with its figures."""
    shift, tint = float(registration.get("shift_left", 0.0)), float(registration.get("tint_left", 0.0))
    said = [f"{shift:.2f} px of movement are left, {MAX_SHIFT_LEFT} may be"] if shift > MAX_SHIFT_LEFT else []
    bend = float(registration.get("bend_left", 0.0))
    if bend > MAX_BEND_LEFT:
        said.append(f"a part of it is {bend:.2f} px off, {MAX_BEND_LEFT:g} may be")
    if tint > MAX_TINT_LEFT:
        said.append(f"{tint:.2f} grey levels of tint are left, {MAX_TINT_LEFT:g} may be")
    return " and ".join(said)


def _touched_outside(before: Picture, after: Picture, patch: Patch) -> bool:
    """True if a pixel near the patch but not of it differs; compositing cannot do it, so this is a cheap proof."""
    near = patch.box.grown(_NEIGHBOURHOOD).clamped(before.size) if not patch.empty else patch.box
    differs = (before.pixels[near.slices] != after.pixels[near.slices]).any(axis=2)
    if not patch.empty:
        differs[patch.box.relative_to(near).slices] &= ~patch.mask
    return bool(differs.any())


def _kept(sent: Sent, canvas: RGB) -> NDArray[np.uint8]:
    """The canvas pixels that were to be kept, or all where nothing was."""
    ring = sent.ring
    return canvas[ring] if ring.any() else canvas.reshape(-1, 3)


def _blank(pixels: NDArray[np.uint8], like: NDArray[np.uint8] | None = None) -> bool:
    """True if all pixels have one colour (that of `like`, if given: a blank result on blank paper is honest)."""
    flat = pixels.reshape(-1, 3)
    first = flat[0] if like is None else like.reshape(-1, 3)[0]
    # Nearly every picture shows it in a few of its pixels.
    return bool((flat[::_SPARSE] == first).all() and (flat == first).all())


def _strange(pixels: Any) -> str:
    if isinstance(pixels, np.ndarray) and np.issubdtype(pixels.dtype, np.floating):
        finite = bool(np.isfinite(pixels).all())
        return f"the result is {pixels.dtype}" + ("" if finite else " and holds values that are not finite")
    return f"the result is {getattr(pixels, 'dtype', type(pixels).__name__)}"
