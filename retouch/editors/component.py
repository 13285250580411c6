"""Redrawing one component: only the strokes in its box are taken away and only the new glyph's there are set."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from retouch.edit import EditRequest
from retouch.editors.background import Mask
from retouch.editors.foreground import Foreground
from retouch.errors import EditorError
from retouch.geometry import Box, Size
from retouch.writing.metrics import EDGE, Ink

_MOSTLY = 0.75
"""Share of a blot in the box from which it belongs to the component whole; below the rest of it, not at all."""


def restrict(request: EditRequest, seen: Foreground, ink: Ink) -> tuple[Foreground, Ink]:
    """What is seen and drawn, cut down to `options["component_box"]`; EditorError where the option is missing."""
    zone = _zone(request)
    gone = _part(seen.own, zone)
    kept = seen.others | (seen.own & ~gone)
    drawn = _part(ink >= EDGE, zone)
    near = cv2.dilate(drawn.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    rest = cv2.dilate(((ink >= EDGE) & ~drawn).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    shown = np.where(near & ~(rest & ~drawn), ink, 0).astype(np.float32)
    return replace(seen, own=gone, others=kept), shown


def _zone(request: EditRequest) -> Mask:
    given = request.options.get("component_box")
    if given is None:
        raise EditorError('typeset: rung "component" needs options["component_box"] = [x, y, width, height]')
    zone = np.zeros_like(request.mask)
    zone[Box(*given).clamped(Size(zone.shape[1], zone.shape[0])).slices] = True
    return zone & request.mask


def _part(strokes: Mask, zone: Mask) -> Mask:
    """The strokes of the component: blots mostly in the zone whole, others as far as they lie in it."""
    count, labels = cv2.connectedComponents(strokes.astype(np.uint8), connectivity=8)
    area = np.maximum(np.bincount(labels.ravel(), minlength=count), 1)
    share = np.bincount(labels[zone], minlength=count) / area
    share[0] = 0
    return np.asarray((share[labels] >= _MOSTLY) | (zone & (share[labels] > 1 - _MOSTLY)))
