"""A request as the arguments of a pipeline's call; what the call does not take is dropped and named."""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from PIL import Image

from retouch.edit import RGB, EditRequest
from retouch.editors.diffusion.profile import LEAST_STEPS, Profile
from retouch.errors import SpecError
from retouch.geometry import Size

_LEAST_SIDE = 256
"""Pixels of a reference's shorter side. FLUX.2 refuses less than 64 and looks at 16 × 16 at a time; the Qwen pipelines
enlarge to a megapixel themselves."""
_LONGEST = 4
"""A reference longer than 4:1 is filled up; FLUX.2 refuses more than 8:1."""


@dataclass(frozen=True, slots=True)
class Knobs:
    """What a user may set for every call; None leaves it to the makers' value."""

    steps: int | None = None
    cfg: float | None = None
    negative: str | None = None
    strength: float | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """One call: `arguments` all taken by the pipeline, `dropped` those it does not take."""

    arguments: Mapping[str, Any]
    dropped: tuple[str, ...]
    size: Size
    seed: int
    effective: Mapping[str, Any] = field(default_factory=dict)
    """The numbers and words among the arguments, by the pipeline's names."""

    @property
    def steps(self) -> int:
        return int(self.arguments.get("num_inference_steps", 1))

    def anew(self) -> dict[str, Any]:
        """The arguments with the noise at its beginning, for a generator that was used draws other noise.

        It is drawn on the processor, so that a seed means the same on every device.
        """
        import torch

        return {**self.arguments, "generator": torch.Generator("cpu").manual_seed(self.seed)}


def inputs(request: EditRequest, profile: Profile, knobs: Knobs, call: Any) -> Inputs:
    """The arguments for `call`, the pipeline's `__call__`: pictures in RGB, and no crop of the pipeline's own."""
    size = Size(request.canvas.shape[1], request.canvas.shape[0])
    seed = seed_of(request, knobs)
    settings = _settings(profile, knobs, size)
    objects = {
        "prompt": request.instruction,
        profile.image: _pictures(request, profile),
    }
    if profile.mask:
        objects[profile.mask] = Image.fromarray(request.mask.astype(np.uint8) * 255)
    known = inspect.signature(call).parameters
    dropped = tuple(sorted(name for name in settings if name not in known))
    effective = {name: value for name, value in settings.items() if name in known}
    taken = {name: value for name, value in (objects | effective).items() if name in known}
    # Numbers rather than a picture: what is not finite would come back as black.
    plain = {"output_type": "np"} if "output_type" in known else {}
    return Inputs(taken | plain, dropped, size, seed, effective)


def seed_of(request: EditRequest, knobs: Knobs) -> int:
    """The seed of this try: the user's for the first, then the request's, which differs from try to try."""
    return knobs.seed if knobs.seed is not None and request.rung == "first" else request.seed


def check(profile: Profile, knobs: Knobs) -> None:
    """SpecError for values that cannot give a picture."""
    steps = knobs.steps if knobs.steps is not None else profile.steps
    strength = knobs.strength if knobs.strength is not None else float(profile.fixed.get("strength", 1.0))
    if not isinstance(steps, int):
        raise SpecError(f"steps={steps}: expected a whole number")
    if not 0 < strength <= 1:
        raise SpecError(f"strength={strength}: expected more than 0, at most 1")
    if min(steps, int(steps * strength)) < LEAST_STEPS:
        raise SpecError(
            f"steps={steps}{f' at strength={strength}' if strength < 1 else ''} leaves fewer than {LEAST_STEPS} steps; "
            "one step divides nothing by nothing and gives a black picture"
        )
    if knobs.cfg is not None and not (math.isfinite(knobs.cfg) and knobs.cfg >= 0):
        raise SpecError(f"cfg={knobs.cfg}: expected a number from 0; 1 switches guidance off")


def _settings(profile: Profile, knobs: Knobs, size: Size) -> dict[str, Any]:
    """What is asked of the pipeline beside pictures and words, whether it takes it or not."""
    settings: dict[str, Any] = {
        "num_inference_steps": knobs.steps if knobs.steps is not None else profile.steps,
        "height": size.height,
        "width": size.width,
        **profile.fixed,
        **_areas(profile, size),
        **_guidance(profile, knobs),
    }
    if knobs.strength is not None:
        settings["strength"] = knobs.strength
    return settings


def _areas(profile: Profile, size: Size) -> dict[str, Any]:
    """The canvas's own area, for pipelines that would scale to theirs."""
    if "_auto_resize" in profile.fixed:
        return {"max_area": size.area}
    return {}


def _guidance(profile: Profile, knobs: Knobs) -> dict[str, Any]:
    """The guidance knob, and the negative prompt that switches it on; neither alone does anything."""
    cfg = knobs.cfg if knobs.cfg is not None else profile.cfg
    negative = knobs.negative if knobs.negative is not None else profile.negative
    asked: dict[str, Any] = {} if cfg is None else {profile.cfg_argument: cfg}
    if negative is not None and (cfg is None or cfg > 1):
        asked["negative_prompt"] = negative
    return asked


def _pictures(request: EditRequest, profile: Profile) -> Image.Image | list[Image.Image]:
    """The canvas as shown; after the references, where the pipeline takes several."""
    canvas = Image.fromarray(request.shown)
    if not profile.references:
        return canvas
    references = request.references[: profile.references]
    return [*(Image.fromarray(reference_picture(reference.pixels)) for reference in references), canvas]


def reference_picture(pixels: RGB) -> RGB:
    """A reference large enough to be seen: enlarged, and an extreme shape filled up with its edge."""
    height, width = pixels.shape[:2]
    tall, wide = max(0, width // _LONGEST - height), max(0, height // _LONGEST - width)
    filled = cv2.copyMakeBorder(pixels, tall // 2, tall - tall // 2, wide // 2, wide - wide // 2, cv2.BORDER_REPLICATE)
    factor = _LEAST_SIDE / min(filled.shape[:2])
    if factor <= 1:
        return np.asarray(filled, np.uint8)
    size = (round(filled.shape[1] * factor), round(filled.shape[0] * factor))
    return np.asarray(cv2.resize(filled, size, interpolation=cv2.INTER_LANCZOS4), np.uint8)
