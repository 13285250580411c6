"""The vision-language model that a SPEC's target and options name: `vlm:http://host/v1?model=…` or `vlm:/folder`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TypedDict, Unpack

from retouch.availability import Availability
from retouch.clients.asking import VisionModel
from retouch.clients.chat import ChatModel
from retouch.clients.rewriter import reword
from retouch.clients.view import USUAL, Limits
from retouch.clients.vision import LocalModel
from retouch.errors import SpecError
from retouch.picture import Picture
from retouch.plan import Step
from retouch.verdict import Verdict

_REMOTE = ("http://", "https://")


class VisionOptions(TypedDict, total=False):
    """The options of a SPEC for such a model beside its name, as `vision_model` takes them."""

    box_convention: str | int
    multiple: int
    min_pixels: int
    max_pixels: int
    structured: str
    longest: int
    timeout: float
    device: str
    dtype: str


class VisionPart:
    """What a planner and a verifier that ask a model share: the model, the host it sends to, and its rewording."""

    def __init__(self, target: str | VisionModel, model: str = "", **options: Unpack[VisionOptions]) -> None:
        self._model = vision_model(target, model=model, **options)

    @property
    def sends_to(self) -> str:
        """The host that gets pictures and words; empty if they stay here."""
        return self._model.sends_to

    @staticmethod
    def availability() -> Availability:
        """Whether models can be asked here."""
        return availability()

    def reword(self, step: Step, before: Picture, after: Picture, verdicts: Sequence[Verdict]) -> str:
        """Another instruction for a step whose last try made `after` of `before`; ServiceError if the model failed."""
        return reword(self._model, step, before, after, verdicts)


def vision_model(
    target: str | VisionModel,
    *,
    model: str = "",
    box_convention: str | int = "",
    multiple: int = 0,
    min_pixels: int = USUAL.min_pixels,
    max_pixels: int = USUAL.max_pixels,
    structured: str = "",
    longest: int = 0,
    timeout: float = 300.0,
    device: str = "",
    dtype: str = "",
) -> VisionModel:
    """A model at a URL or in a folder; a model that is one already is given back.

    `multiple` 0 is the usual one: 32 for Qwen3-VL by its name, else 28; `longest` is the most tokens that an answer may
    have, 0 for 4096. SpecError for an option
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
            tokens=longest or 4096,
            timeout=timeout,
        )
    _refused(target, model=model, structured=structured)
    return LocalModel(
        target, box_convention=box_convention, limits=limits, tokens=longest or 4096, device=device, dtype=dtype
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
