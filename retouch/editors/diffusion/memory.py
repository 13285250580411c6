"""The offload ladder: where a pipeline's parts lie, and what is given up when memory runs out."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from typing import Any

from retouch.editors.diffusion import quantisation
from retouch.errors import SpecError

RUNGS = ("none", "tiling", "model", "group", "4bit")
"""All on the device · the VAE in tiles · one component at a time on the device · one layer at a time · weights of 4
bits as well. Each is slower than the one before and needs less."""

_lock = threading.Lock()
_remembered: dict[Hashable, str] = {}


def first_rung(key: Hashable, asked: str | None) -> str:
    """Where to begin: as asked, but never above a rung from which this process had to step down."""
    if asked is not None and asked not in RUNGS:
        raise SpecError(f"offload {asked!r} is not known; expected auto or one of {', '.join(RUNGS)}")
    with _lock:
        known = _remembered.get(key, RUNGS[0])
    return max(asked or RUNGS[0], known, key=RUNGS.index)


def step_down(key: Hashable, rung: str, device: str, quantised: bool) -> str | None:
    """The next rung that this machine can stand on, remembered for the process; None if there is none."""
    lower = RUNGS[RUNGS.index(rung) + 1 :]
    found = next((name for name in lower if possible(name, device, quantised)), None)
    if found is not None:
        with _lock:
            _remembered[key] = found
    return found


def forget() -> None:
    """Begin at the top again, for every pipeline."""
    with _lock:
        _remembered.clear()


def possible(rung: str, device: str, quantised: bool) -> bool:
    """True if there is something to gain: moving parts away needs an accelerator to move them from."""
    if rung in ("model", "group"):
        return not device.startswith("cpu")
    if rung == "4bit":
        return device.startswith("cuda") and not quantised and quantisation.usable("bnb-4bit")
    return True


def place(pipe: Any, rung: str, device: str) -> None:
    """Lay the pipeline's parts where `rung` says; from any earlier rung."""
    if rung != "none":
        _tile(pipe)
    if rung in ("none", "tiling"):
        pipe.to(device)
        return
    pipe.remove_all_hooks()
    if rung == "group":
        _by_layers(pipe, device)
    else:
        pipe.enable_model_cpu_offload(device=device)


def _tile(pipe: Any) -> None:
    """The VAE in tiles and one picture at a time, where it knows how."""
    vae = getattr(pipe, "vae", None)
    for name in ("enable_tiling", "enable_slicing"):
        if hasattr(vae, name):
            getattr(vae, name)()


def _by_layers(pipe: Any, device: str) -> None:
    import torch

    pipe.to("cpu")
    pipe.enable_group_offload(
        onload_device=torch.device(device),
        offload_device=torch.device("cpu"),
        offload_type="leaf_level",
        use_stream=device.startswith("cuda"),
    )
