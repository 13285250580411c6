"""What decides the pipeline that is loaded; editors of one recipe share it."""

from __future__ import annotations

from dataclasses import dataclass

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
