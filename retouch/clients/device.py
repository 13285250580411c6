"""Where a model runs: the accelerator of this machine, the number format that suits it, and its memory."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from retouch.errors import SpecError, UnavailableError

if TYPE_CHECKING:
    import torch

DEVICES = ("cuda", "mps", "xpu", "cpu")
"""In order of preference."""
_FORMATS = {
    "bf16": "bfloat16",
    "fp16": "float16",
    "half": "float16",
    "fp32": "float32",
    "float": "float32",
}
DTYPES = ("bfloat16", "float16", "float32")


def choose_device(name: str | None = None) -> str:
    """The device `name` (`cuda:1` names the second one), or the best there is; UnavailableError if it is not here."""
    if name is None:
        return next(device for device in DEVICES if present(device))
    kind = name.partition(":")[0]
    if kind not in DEVICES:
        raise SpecError(f"device {name!r} is not known; expected one of {', '.join(DEVICES)}, or cuda:1")
    if not present(kind):
        raise UnavailableError(
            f"device {name!r} is not on this machine, or this torch was made without it",
            hint="leave `device` out to use " + choose_device(),
        )
    return name


def present(kind: str) -> bool:
    """True if torch can use a device of that kind here."""
    import torch

    if kind == "cuda":
        return bool(torch.cuda.is_available())
    if kind == "mps":
        return bool(torch.backends.mps.is_available())
    if kind == "xpu":
        return hasattr(torch, "xpu") and torch.xpu.is_available()
    return kind == "cpu"


def choose_dtype(name: str | None, device: str) -> torch.dtype:
    """The number format `name` (bf16, fp16, fp32 or torch's own names), or the one that suits the device.

    That is bfloat16 on an accelerator: in float16 these models' VAEs overflow to black pictures. A processor computes
    float32 fastest.
    """
    import torch

    if name is None:
        return torch.float32 if device == "cpu" else torch.bfloat16
    full = _FORMATS.get(name, name)
    if full not in DTYPES:
        raise SpecError(f"dtype {name!r} is not known; expected one of bf16, fp16, fp32")
    dtype: torch.dtype = getattr(torch, full)
    return dtype


def out_of_memory(error: BaseException) -> bool:
    """True if `error` says that memory ran out, on an accelerator or in the machine."""
    import torch

    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    # mps and the processor's allocator raise plain RuntimeErrors.
    said = str(error).lower()
    return isinstance(error, RuntimeError) and ("out of memory" in said or "can't allocate memory" in said)


def empty_cache() -> None:
    """Give unused memory back to the device."""
    import torch

    gc.collect()
    for kind in ("cuda", "mps", "xpu"):
        if present(kind):
            getattr(torch, kind).empty_cache()
