"""One call of a pipeline: it tells how far it is, and stops within a step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retouch.editors.diffusion.blankness import numbers
from retouch.editors.diffusion.inputs import Inputs
from retouch.editors.diffusion.sizes import canvas_of
from retouch.editors.diffusion.speed import blocks_of, denoiser_of
from retouch.protocols import Watch


class Portion:
    """A watch for a part of a call, from `start` to `end` of the whole; it never goes back."""

    def __init__(self, watch: Watch, start: float, end: float) -> None:
        self._watch = watch
        self._start = start
        self._span = end - start
        self._told = 0.0

    def progress(self, fraction: float) -> None:
        """Tell the whole's watch, unless that far was told already."""
        if fraction > self._told or not self._told:
            self._told = fraction
            self._watch.progress(self._start + self._span * fraction)

    def raise_if_cancelled(self) -> None:
        self._watch.raise_if_cancelled()


class StepBar:
    """Stands in for the pipeline's progress bar, which every pipeline of diffusers moves on after each step."""

    def __init__(self, watch: Watch, total: int) -> None:
        self._watch = watch
        self._total = max(1, total)
        self.done = 0

    def __call__(self, iterable: Any = None, total: int | None = None) -> Any:
        """As the pipeline calls it: over something, or to be moved on by hand."""
        self._total = total or self._total
        return self if iterable is None else self._over(list(iterable))

    def __enter__(self) -> StepBar:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def update(self, steps: int = 1) -> None:
        """One step more is done."""
        self.done += steps
        self._watch.raise_if_cancelled()
        self._watch.progress(self.done / self._total)

    def _over(self, items: list[Any]) -> Iterator[Any]:
        self._total = len(items)
        for item in items:
            yield item
            self.update()


def run(pipe: Any, given: Inputs, watch: Watch) -> NDArray[np.float32]:
    """The picture that comes of `given`, float32 (height, width, 3); CancelledError if the watch says so.

    Cancelled within a step, the pipeline is left ready for another call.
    """
    watch.raise_if_cancelled()
    try:
        with canvas_of(pipe, given.size), _watched(pipe, watch, given.steps):
            return numbers(pipe(**given.anew()).images)
    finally:
        # A call that was broken off leaves parts on the device, and blocks kept for its next step.
        pipe.maybe_free_model_hooks()


@contextmanager
def _watched(pipe: Any, watch: Watch, steps: int) -> Iterator[None]:
    """Within it, each block of the denoiser asks whether to go on, and each step is told."""
    with ExitStack() as stack:
        for module in _askers(denoiser_of(pipe)):
            hook = module.register_forward_pre_hook(lambda *_: watch.raise_if_cancelled())
            stack.callback(hook.remove)
        pipe.progress_bar = StepBar(watch, steps)
        stack.callback(lambda: pipe.__dict__.pop("progress_bar", None))
        yield


def _askers(denoiser: Any) -> list[Any]:
    """The denoiser and its blocks; compiled blocks do not ask, for a hook would have them compiled again."""
    if not hasattr(denoiser, "register_forward_pre_hook"):
        return []
    blocks = blocks_of(denoiser)
    return [denoiser, *(block for block in blocks if getattr(block, "_compiled_call_impl", None) is None)]
