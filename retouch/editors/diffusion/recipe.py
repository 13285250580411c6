"""What decides the pipeline that is loaded; editors of one recipe share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from retouch.editors.diffusion import lora, quantisation, speed
from retouch.editors.diffusion.lora import Lora
from retouch.editors.diffusion.source import Source


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that loading depends on, and nothing that differs from call to call."""

    source: Source
    class_name: str
    device: str | None = None
    dtype: str | None = None
    quantisation: str | None = None
    gguf: str | None = None
    loras: tuple[Lora, ...] = ()
    lightning: int | None = None
    """Steps of the Lightning LoRA, whose own scheduler then replaces the pipeline's."""
    attention: str | None = None
    cache: float | None = None
    compiled: bool = False


def recipe(
    source: Source,
    pipeline: str | None,
    *,
    loras: str | None,
    lightning: int | None,
    cache: float | bool | None,
    **options: Any,
) -> Recipe:
    """The recipe of options as a SPEC has them, once all is known to be right that can be known before loading.

    `pipeline` names another class for the same files, such as the in-painting one. SpecError, UnavailableError.
    """
    parsed = lora.parse(loras)
    quantisation.check(options.get("quantisation"), options.get("gguf"))
    speed.check(options.get("attention"))
    return Recipe(
        source=source,
        class_name=pipeline or source.class_name,
        loras=parsed,
        lightning=lora.lightning_steps(parsed, lightning),
        cache=_threshold(cache),
        **options,
    )


def _threshold(cache: float | bool | None) -> float | None:
    """How alike the first block's results must be for the others to be kept; the value of diffusers' own examples."""
    if cache is None or cache is False:
        return None
    return 0.2 if cache is True else float(cache)
