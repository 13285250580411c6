"""The vision-language model that a SPEC's target and options name: `vlm:http://host/v1?model=…` or `vlm:/folder`."""

from __future__ import annotations

from importlib.util import find_spec

from retouch.availability import Availability
from retouch.clients.asking import VisionModel
from retouch.clients.chat import ChatModel
from retouch.clients.view import USUAL, Limits
from retouch.clients.vision import LocalModel
from retouch.errors import SpecError

_REMOTE = ("http://", "https://")


def vision_model(
    target: str | VisionModel,
    *,
    model: str = "",
    box_convention: str | int = "",
    multiple: int = 0,
    min_pixels: int = USUAL.min_pixels,
    max_pixels: int = USUAL.max_pixels,
    structured: str = "",
    tokens: int = 0,
    timeout: float = 300.0,
    device: str = "",
    dtype: str = "",
) -> VisionModel:
    """A model at a URL or in a folder; a model that is one already is given back.

    `multiple` 0 is the usual one: 32 for Qwen3-VL by its name, else 28; `tokens` 0 is 4096. SpecError for an option
    that the kind of model does not take.
    """
    if not isinstance(target, str):
        return target
    step = multiple or (32 if "qwen3" in str(model).lower() else USUAL.multiple)
    limits = Limits(step, min_pixels, max_pixels)
    if target.startswith(_REMOTE):
        _refused(target, device=device, dtype=dtype)
        return ChatModel(
            target,
            str(model),
            box_convention=box_convention,
            limits=limits,
            structured=structured,
            tokens=tokens or 4096,
            timeout=timeout,
        )
    _refused(target, model=model, structured=structured)
    return LocalModel(
        target, box_convention=box_convention, limits=limits, tokens=tokens or 4096, device=device, dtype=dtype
    )


def availability() -> Availability:
    """A server can always be asked; a local model needs torch and transformers."""
    missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if not missing:
        return Availability(True)
    return Availability(
        True, f"servers only: {' and '.join(missing)} missing for a model in a folder", "pip install 'retouch[models]'"
    )


def _refused(target: str, **options: object) -> None:
    for name, value in options.items():
        if value:
            kind = "a server" if target.startswith(_REMOTE) else "a model in a folder"
            raise SpecError(f"vlm: {target} is {kind}, which takes no option {name!r}")
