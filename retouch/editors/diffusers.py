"""Editing by instruction with any such pipeline of diffusers, on this machine."""

from __future__ import annotations

import time
from functools import cached_property
from importlib.metadata import version
from math import isqrt
from typing import Any

import cv2
import numpy as np

from retouch.availability import Availability
from retouch.edit import RGB, Cost, EditRequest, EditResult, FixedCanvas, Traits
from retouch.editors.diffusion import inputs, loading, profile, source
from retouch.editors.diffusion.inputs import Inputs, Knobs
from retouch.editors.diffusion.model import Model
from retouch.editors.diffusion.profile import Profile
from retouch.editors.diffusion.recipe import recipe
from retouch.errors import EditorError, SpecError
from retouch.geometry import Size
from retouch.plan import Mode
from retouch.protocols import Watch

RUNGS = ("first", "seed", "reworded", "context", "exemplar", "component")
_TOGETHER = 2
"""Boxes of two colours in one call, as in the model's own introduction."""
_ASPECT_SLACK = 0.03
"""A reply whose aspect is off by more was drawn for another canvas; pipelines round theirs by up to 2.2 %."""


class DiffusersEditor:
    """Drives a pipeline of diffusers on this machine: Qwen-Image-Edit, FLUX and their like.

    `target` is a folder in the format of diffusers, or OWNER/NAME in the local cache. Nothing is downloaded unless
    `download` is set, only safetensors are opened, and no code of the folder is run. The weights are loaded at the
    first edit; editors that differ only in the options before `offload` share them.

    UnavailableError if the pipeline cannot be used here, SpecError if an option makes no sense.
    """

    def __init__(
        self,
        target: str | None = None,
        *,
        steps: int | None = None,
        cfg: float | None = None,
        seed: int | None = None,
        negative: str | None = None,
        strength: float | None = None,
        area: int | str | None = None,
        offload: str = "auto",
        pipeline: str | None = None,
        revision: str | None = None,
        download: bool = False,
        dtype: str | None = None,
        device: str | None = None,
        lora: str | None = None,
        lightning: int | None = None,
        quantisation: str | None = None,
        gguf: str | None = None,
        attention: str | None = None,
        cache: float | bool | None = None,
        compile: bool = False,
    ) -> None:
        loading.require()
        self._recipe = recipe(
            source.find(target, None if revision is None else str(revision), _flag("download", download)),
            pipeline,
            loras=lora,
            lightning=lightning,
            device=device,
            dtype=dtype,
            quantisation=quantisation,
            gguf=gguf,
            attention=attention,
            cache=cache,
            compiled=_flag("compile", compile),
        )
        self._knobs = _knobs(self._recipe.lightning, steps, cfg, seed, negative, strength)
        self._area = _pixels(area)
        inputs.check(self._profile, self._knobs)
        _check_area(self._area, self._profile)
        self._model = Model.shared(self._recipe, None if offload == "auto" else offload)

    @staticmethod
    def availability() -> Availability:
        """Whether the packages are installed; which pipelines are on this machine, only its user knows."""
        if absent := loading.missing():
            return Availability(False, f"not installed: {', '.join(absent)}", loading.INSTALL)
        return Availability(True, f"diffusers {version('diffusers')}, torch {version('torch')}")

    @cached_property
    def traits(self) -> Traits:
        known = self._profile
        modes: tuple[Mode, ...] = ("crop", "marked", "mask", "whole") if known.mask else ("crop", "marked", "whole")
        return Traits(
            canvas=FixedCanvas(self._area or known.area, known.multiple),
            modes=modes,
            references=known.references,
            # An accelerator adds up in another order from time to time.
            deterministic=self._recipe.device == "cpu",
            exact=False,
            together=_TOGETHER,
            rungs=tuple(rung for rung in RUNGS if rung != "exemplar" or known.references),
        )

    def edit(self, request: EditRequest, watch: Watch) -> EditResult:
        """One picture for the request; EditorError if what comes is none, CancelledError within a step."""
        began = time.monotonic()
        call = loading.pipeline_class(self._recipe.class_name).__call__
        given = inputs.inputs(request, self._profile, self._knobs, call)
        pixels, notes = self._model.edit(given, request.shown, watch)
        fitted, resized = _fitted(pixels, given.size)
        return EditResult(
            pixels=fitted,
            effective=self._effective(given),
            dropped=given.dropped,
            cost=Cost(calls=1, seconds=round(time.monotonic() - began, 3)),
            notes=notes + resized,
        )

    @cached_property
    def _profile(self) -> Profile:
        name = self._recipe.class_name
        known = profile.listed(name, self._recipe.source.index)
        return known or profile.by_signature(name, loading.pipeline_class(name).__call__)

    def _effective(self, given: Inputs) -> dict[str, Any]:
        return {
            **self._model.facts(),
            **given.effective,
            "seed": given.seed,
            "canvas": [given.size.width, given.size.height],
        }


def _knobs(
    lightning: int | None,
    steps: int | None,
    cfg: float | None,
    seed: int | None,
    negative: str | None,
    strength: float | None,
) -> Knobs:
    """The knobs as asked; a Lightning LoRA wants its own steps, and no guidance."""
    return Knobs(
        steps=steps if steps is not None else lightning,
        cfg=cfg if cfg is not None else (1.0 if lightning else None),
        negative=None if negative is None else str(negative),
        strength=strength,
        seed=seed,
    )


def _flag(name: str, value: Any) -> bool:
    """A yes or no; SpecError for anything else, which Python would take for yes."""
    if isinstance(value, bool):
        return value
    raise SpecError(f"{name}={value}: expected yes or no")


def _pixels(area: int | str | None) -> int | None:
    """Pixels of `1048576` or `1024x1024`; SpecError if it is neither or too small to draw in."""
    if area is None:
        return None
    try:
        sides = [int(side) for side in str(area).lower().split("x")]
    except ValueError:
        sides = []
    count = sides[0] * sides[1] if len(sides) == 2 else sides[0] if len(sides) == 1 else 0
    if isqrt(max(0, count)) < 64:
        raise SpecError(f"area={area}: expected pixels, as 1048576 or 1024x1024, 64x64 or more")
    return count


def _check_area(area: int | None, known: Profile) -> None:
    """SpecError for a canvas that the pipeline would shrink."""
    if area is not None and known.largest is not None and area > known.largest:
        raise SpecError(
            f"area={area}: this pipeline shrinks what is larger than {known.largest} pixels; ask for that at most"
        )


def _fitted(pixels: RGB, size: Size) -> tuple[RGB, tuple[str, ...]]:
    """The reply at the canvas's size, and a note if it came in another."""
    height, width = pixels.shape[:2]
    if (width, height) == (size.width, size.height):
        return pixels, ()
    if abs(width / height / (size.width / size.height) - 1) > _ASPECT_SLACK:
        raise EditorError(f"the pipeline put out {width}x{height} for a canvas of {size.width}x{size.height}")
    resized = cv2.resize(pixels, (size.width, size.height), interpolation=cv2.INTER_AREA)
    return np.asarray(resized, np.uint8), (f"the pipeline put out {width}x{height}; resized",)
