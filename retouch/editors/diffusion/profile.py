"""What a pipeline's signature does not tell: its canvas, how many pictures it takes, its makers' settings."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from retouch.errors import SpecError

MEGAPIXEL = 1024 * 1024
FLUX_AREA = 1_024_000
"""FLUX.2 shrinks a picture of more than 1024² pixels before it looks at it. A canvas of this area stays below that with
sides rounded to 16 and up to 4:1: 2528 pixels of sides × 8 + 64 are 20,288."""
LEAST_STEPS = 2
"""One step with a scheduler that stretches its end to `shift_terminal` divides nothing by nothing: a black picture and
no error (measured with diffusers 0.42)."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How one class of pipelines is called."""

    steps: int
    cfg: float | None
    """The makers' guidance scale; None where there is no such knob."""
    cfg_argument: str = "guidance_scale"
    image: str = "image"
    mask: str | None = None
    references: int = 0
    """Pictures taken beside the canvas; they are given before it, for the last one gives the default size."""
    area: int = MEGAPIXEL
    multiple: int = 32
    largest: int | None = None
    """A larger canvas would be shrunk by the pipeline itself."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Arguments that are always given."""

    @property
    def negative(self) -> str | None:
        """The negative prompt without which true classifier-free guidance stays off, without a word."""
        return " " if self.cfg_argument == "true_cfg_scale" else None


_QWEN = Profile(steps=50, cfg=4.0, cfg_argument="true_cfg_scale")
_PLUS = replace(_QWEN, steps=40, references=2)
_KONTEXT = Profile(steps=28, cfg=3.5, multiple=16, fixed={"_auto_resize": False})
_FLUX2 = Profile(steps=50, cfg=4.0, area=FLUX_AREA, multiple=16, largest=FLUX_AREA, references=3)
_WHOLE = {"strength": 1.0}
"""An in-painting pipeline starts from noise: at less the wrong character shines through."""

PROFILES: Mapping[str, Profile] = {
    "QwenImageEditPipeline": _QWEN,
    "QwenImageEditPlusPipeline": _PLUS,
    "QwenImageEditInpaintPipeline": replace(_QWEN, mask="mask_image", fixed=_WHOLE),
    "QwenImage21Pipeline": replace(_PLUS, cfg=1.0),
    "FluxKontextPipeline": _KONTEXT,
    "FluxKontextInpaintPipeline": replace(_KONTEXT, mask="mask_image", fixed={**_KONTEXT.fixed, **_WHOLE}),
    "Flux2Pipeline": _FLUX2,
    "Flux2KleinPipeline": _FLUX2,
    "Flux2KleinKVPipeline": replace(_FLUX2, steps=4, cfg=None),
    "Flux2KleinInpaintPipeline": replace(_FLUX2, mask="mask_image", references=0, fixed=_WHOLE),
    "LongCatImageEditPipeline": Profile(steps=50, cfg=4.5, multiple=16),
}
"""Steps and guidance are those of the makers' model cards."""

_IMAGES = ("image", "images", "input_images")
_MASKS = ("mask_image", "mask")
_CFGS = ("true_cfg_scale", "guidance_scale")


def listed(name: str, index: Mapping[str, Any]) -> Profile | None:
    """The profile of the pipeline class `name`, or None; `index` is its model_index.json."""
    profile = PROFILES.get(name)
    if profile is not None and index.get("is_distilled"):
        return replace(profile, steps=4, cfg=1.0 if profile.cfg is not None else None)
    return profile


def by_signature(name: str, call: Callable[..., Any]) -> Profile:
    """A profile for a pipeline that is not listed; SpecError if its `__call__` takes no picture or no prompt."""
    known = inspect.signature(call).parameters
    image = next((argument for argument in _IMAGES if argument in known), None)
    if image is None or "prompt" not in known:
        raise SpecError(
            f"pipeline {name} does not edit by instruction: it needs a prompt and a picture ({', '.join(_IMAGES)}), "
            f"and takes {', '.join(n for n in known if n != 'self')}"
        )
    cfg = next((argument for argument in _CFGS if argument in known), None)
    mask = next((argument for argument in _MASKS if argument in known), None)
    steps = known["num_inference_steps"].default if "num_inference_steps" in known else 50
    return Profile(
        steps=steps if isinstance(steps, int) else 50,
        cfg=_number(known[cfg].default) if cfg else None,
        cfg_argument=cfg or "guidance_scale",
        image=image,
        mask=mask,
        fixed=_WHOLE if mask and "strength" in known else {},
    )


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
