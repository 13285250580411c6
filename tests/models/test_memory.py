"""The offload ladder: a pipeline that says its memory ran out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retouch.editors.diffusion import memory, quantisation
from retouch.editors.diffusion import model as model_module
from retouch.editors.diffusion.loading import load
from retouch.editors.diffusion.running import run
from retouch.errors import EditorError


class Greedy:
    """Raises for its first calls, as a device does whose memory is full."""

    def __init__(self, times: int, error: Exception) -> None:
        self.run = run
        self.left = times
        self.error = error

    def __call__(self, *args: Any) -> Any:
        self.left -= 1
        if self.left >= 0:
            raise self.error
        return self.run(*args)


@pytest.fixture
def out(models: None) -> Exception:
    import torch

    error: Exception = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
    return error


def test_it_steps_down_says_so_and_remembers(
    qwen: Path, editor: Any, request_of: Any, watch: Any, out: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = editor(qwen, attention="native")
    monkeypatch.setattr(model_module, "run", Greedy(1, out))
    reply = made.edit(request_of(), watch)
    assert reply.notes == ("out of memory with offload=none, done again with offload=tiling",)
    assert reply.effective["offload"] == "tiling"
    assert made._model.pipe(watch).vae.use_tiling
    assert made.edit(request_of(), watch).notes == ()
    assert editor(qwen, steps=3, dtype="bf16")._model.rung == "tiling", "the same files on the same device"


def test_the_last_rung_is_an_error_that_says_what_would_help(
    qwen: Path, editor: Any, request_of: Any, watch: Any, out: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_module, "run", Greedy(9, out))
    with pytest.raises(EditorError, match="offload=tiling") as error:
        editor(qwen, dtype="bf16", attention="native").edit(request_of(), watch)
    assert "area=" in error.value.hint


def test_another_error_is_not_taken_for_it(
    qwen: Path, editor: Any, request_of: Any, watch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_module, "run", Greedy(1, RuntimeError("shapes differ")))
    made = editor(qwen)
    with pytest.raises(EditorError, match="RuntimeError: shapes differ"):
        made.edit(request_of(), watch)
    assert made._model.rung == "none"


def test_loading_steps_down_too(
    qwen: Path, editor: Any, request_of: Any, watch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def tight(recipe: Any, rung: str, watch: Any) -> Any:
        asked.append(rung)
        if rung == "none":
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")
        return load(recipe, rung, watch)

    monkeypatch.setattr(model_module, "load", tight)
    reply = editor(qwen, dtype="bf16", attention="_native_math").edit(request_of(), watch)
    assert asked == ["none", "tiling"]
    assert reply.effective["offload"] == "tiling"


def test_every_rung_of_an_accelerator_is_gone_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantisation, "usable", lambda name: True)
    rung, gone = "none", []
    while (below := memory.step_down("key", rung, "cuda:0", quantised=False)) is not None:
        gone.append(below)
        rung = below
    assert gone == ["tiling", "model", "group", "4bit"]
    assert memory.first_rung("key", None) == "4bit"
    assert memory.first_rung("key", "tiling") == "4bit", "what was too much once is not tried again"
    assert memory.step_down("other", "group", "cuda", quantised=True) is None
    assert memory.step_down("other", "none", "cpu", quantised=False) == "tiling"
    assert memory.step_down("other", "tiling", "cpu", quantised=False) is None


class Parts:
    """A pipeline that writes down where its parts are sent."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.vae = self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **options: self.done.append(name)


@pytest.mark.parametrize(
    ("rung", "done"),
    [
        ("none", ["to"]),
        ("tiling", ["enable_tiling", "enable_slicing", "to"]),
        ("model", ["enable_tiling", "enable_slicing", "remove_all_hooks", "enable_model_cpu_offload"]),
        ("group", ["enable_tiling", "enable_slicing", "remove_all_hooks", "to", "enable_group_offload"]),
    ],
)
def test_parts_lie_where_the_rung_says(models: None, rung: str, done: list[str]) -> None:
    pipe = Parts()
    memory.place(pipe, rung, "cuda")
    assert pipe.done == done


def test_tiles_give_nearly_the_same_picture(qwen: Path, editor: Any, request_of: Any, watch: Any) -> None:
    plain = editor(qwen).edit(request_of(), watch)
    tiled = editor(qwen, offload="tiling").edit(request_of(), watch)
    assert np.abs(plain.pixels.astype(int) - tiled.pixels).max() <= 1, "the canvas is smaller than a tile"
