"""What is told of two versions: where and by how much they differ, and what of it lies beyond the step's box."""

from __future__ import annotations

from retouch.geometry import Box
from retouch.interfaces.web.reading.contrasts import Contrasts
from retouch.interfaces.web.records import Comparison, Outside
from retouch.store import History


def comparison_facts(contrasts: Contrasts, store: History, a: str, b: str, box: Box | None) -> Comparison:
    """What changes from version `a` to version `b`, whose step has `box`; PictureError if they cannot be compared."""
    found = contrasts.contrast(store, a, b)
    beyond = None if box is None else found.beyond(box)
    outside = Outside(
        box=box,
        changed_pixels=beyond.changed_pixels if beyond else 0,
        max_difference=beyond.max_difference if beyond else 0,
    )
    return Comparison(
        a=a,
        b=b,
        boxes=list(found.boxes),
        changed_pixels=found.changed_pixels,
        max_difference=found.max_difference,
        outside=outside,
    )
