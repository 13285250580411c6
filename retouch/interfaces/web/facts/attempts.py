"""What came back in an attempt, in its surroundings, also where nobody took it over."""

from __future__ import annotations

from retouch.attempt import Attempt
from retouch.errors import UnknownNameError
from retouch.geometry import Box, Size
from retouch.interfaces.web.reading import rendering
from retouch.orchestrator.thumbnail import surroundings
from retouch.patch import Patch
from retouch.plan import Step
from retouch.store import History


def came_back(store: History, attempt: Attempt, step: Step | None) -> rendering.Shown:
    """The place of the step as the attempt made it; UnknownNameError if nothing came back."""
    patch = store.attempt_patch(attempt.id)
    if patch is None or patch.empty:
        raise UnknownNameError(f"nothing came back in attempt {attempt.id}")
    size = rendering.size_of(store, attempt.base)
    frame = _frame(patch, step, size)
    pixels = store.crop(attempt.base, frame)
    Patch(patch.box.relative_to(frame), patch.pixels, patch.mask).apply_to(pixels)
    return rendering.shown(rendering.fitted(pixels), store.metadata(attempt.base).icc_profile)


def _frame(patch: Patch, step: Step | None, size: Size) -> Box:
    """The place of the step with what lies round it, and all that came back."""
    asked = step.box if step is not None and step.box is not None else patch.box
    return Box.around([surroundings(asked.clamped(size), size), patch.box])
