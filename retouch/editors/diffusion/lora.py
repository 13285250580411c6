"""LoRAs: small weights laid over a pipeline's, and the scheduler that the Lightning ones were trained with."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retouch.errors import SpecError, UnavailableError

_LIGHTNING = re.compile(r"lightning.*?(\d+)[-_ ]?steps?", re.IGNORECASE)
_SHIFT = math.log(3)
LIGHTNING_SCHEDULER: dict[str, Any] = {
    "base_image_seq_len": 256,
    "base_shift": _SHIFT,
    "invert_sigmas": False,
    "max_image_seq_len": 8192,
    "max_shift": _SHIFT,
    "num_train_timesteps": 1000,
    "shift": 1.0,
    "shift_terminal": None,
    "stochastic_sampling": False,
    "time_shift_type": "exponential",
    "use_beta_sigmas": False,
    "use_dynamic_shifting": True,
    "use_exponential_sigmas": False,
    "use_karras_sigmas": False,
}
"""The scheduler that Qwen-Image-Lightning was distilled with, from its makers' README."""


@dataclass(frozen=True, slots=True)
class Lora:
    """One file of LoRA weights and how strongly it counts."""

    path: str
    weight: float = 1.0

    @property
    def name(self) -> str:
        """Its name inside the pipeline: the file's, without what peft does not allow in names."""
        return re.sub(r"\W+", "_", Path(self.path).stem)


def parse(text: str | None) -> tuple[Lora, ...]:
    """LoRAs from `FILE`, `FILE:WEIGHT`, several with commas; SpecError if a weight is no number, UnavailableError if a
    file is missing or not in the safetensors format."""
    parts = [part.strip() for part in (text or "").split(",")]
    return tuple(_one(part) for part in parts if part)


def _one(text: str) -> Lora:
    path, colon, weight = text.rpartition(":")
    if not colon or "/" in weight or "\\" in weight:
        path, weight = text, "1"
    try:
        return Lora(_file(path), float(weight))
    except ValueError:
        raise SpecError(f"lora {text!r}: weight {weight!r} is no number; expected FILE or FILE:WEIGHT") from None


def _file(path: str) -> str:
    """The one file meant by `path`, a file or a folder that holds one."""
    found = Path(path).expanduser()
    files = sorted(found.glob("*.safetensors")) if found.is_dir() else [found]
    if len(files) != 1:
        raise UnavailableError(f"lora {path}: {len(files)} .safetensors files are in that folder; name one of them")
    if not files[0].is_file():
        raise UnavailableError(f"lora {path}: there is no such file")
    if files[0].suffix != ".safetensors":
        raise UnavailableError(f"lora {path}: only .safetensors files are opened; others can run code")
    return str(files[0].resolve())


def lightning_steps(loras: tuple[Lora, ...], asked: int | None) -> int | None:
    """How many steps a Lightning LoRA wants: as asked, or as its file name says; None where there is none."""
    if asked is not None:
        if asked not in (4, 8):
            raise SpecError(f"lightning={asked}: Lightning LoRAs are made for 4 or 8 steps")
        return asked
    named = (_LIGHTNING.search(Path(lora.path).name) for lora in loras if lora.weight)
    return next((int(match.group(1)) for match in named if match), None)


def load_loras(pipe: Any, loras: tuple[Lora, ...], lightning: int | None) -> None:
    """Lay `loras` over the pipeline and give it Lightning's scheduler if it is one; UnavailableError if they do not
    fit."""
    if lightning is not None:
        from diffusers import FlowMatchEulerDiscreteScheduler

        # Qwen-Image 2.1's was distilled with that pipeline's own scheduler, less the stretch at the end.
        own = {**pipe.scheduler.config, "shift_terminal": None}
        config = own if type(pipe).__name__ == "QwenImage21Pipeline" else LIGHTNING_SCHEDULER
        pipe.scheduler = FlowMatchEulerDiscreteScheduler.from_config(config)
    for lora in loras:
        _load(pipe, lora)
    if loras:
        pipe.set_adapters([lora.name for lora in loras], [lora.weight for lora in loras])


def _load(pipe: Any, lora: Lora) -> None:
    path = Path(lora.path)
    if not hasattr(pipe, "load_lora_weights"):
        raise SpecError(f"{type(pipe).__name__} takes no LoRA")
    try:
        pipe.load_lora_weights(
            str(path.parent),
            weight_name=path.name,
            adapter_name=lora.name,
            local_files_only=True,
            use_safetensors=True,
        )
    except (ValueError, RuntimeError, KeyError, OSError, ImportError) as error:
        raise UnavailableError(f"lora {path.name} does not fit {type(pipe).__name__}: {error}") from error
