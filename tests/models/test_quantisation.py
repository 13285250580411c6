"""Fewer bits: what is asked of the libraries, and the ladder's last rung."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retouch.editors.diffusion import memory, quantisation
from retouch.editors.diffusion import model as model_module
from retouch.editors.diffusion.model import Model
from retouch.editors.diffusion.quantisation import gguf_transformer, quantisation_config
from retouch.editors.diffusion.recipe import Recipe
from retouch.editors.diffusion.source import find
from retouch.errors import EditorError, SpecError

PARTS = {
    "transformer": ("diffusers", "QwenImageTransformer2DModel"),
    "text_encoder": ("transformers", "Qwen2_5_VLForConditionalGeneration"),
    "vae": ("diffusers", "AutoencoderKLQwenImage"),
}


@pytest.mark.filterwarnings("ignore:`QuantoConfig` is deprecated")  # by diffusers 0.42, which still has it
def test_each_large_part_gets_a_configuration_of_its_own_library(models: None) -> None:
    import torch

    mapping = quantisation_config("quanto", torch.bfloat16, PARTS).quant_mapping
    assert set(mapping) == {"transformer", "text_encoder"}, "the VAE stays as it is"
    assert type(mapping["transformer"]).__module__.startswith("diffusers")
    assert mapping["transformer"].weights_dtype == "int8"
    assert type(mapping["text_encoder"]).__module__.startswith("transformers")
    assert mapping["text_encoder"].weights == "int8"


@pytest.mark.parametrize(("name", "bits"), [("bnb-4bit", "load_in_4bit"), ("bnb-8bit", "load_in_8bit")])
def test_bits_and_bytes_are_asked_for_the_bits(name: str, bits: str) -> None:
    class Library:
        @staticmethod
        def BitsAndBytesConfig(**options: Any) -> dict[str, Any]:
            return options

    made = quantisation._MAKERS[name](Library, "diffusers", "the dtype")
    assert made[bits] is True
    if name == "bnb-4bit":
        assert (made["bnb_4bit_quant_type"], made["bnb_4bit_compute_dtype"]) == ("nf4", "the dtype")


def test_a_gguf_file_stands_for_a_transformer(models: None, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="no transformer"):
        gguf_transformer("m.gguf", tmp_path, {"unet": ("diffusers", "UNet2DConditionModel")}, None)


class Given:
    """What a stubbed call is given."""

    seed = 1
    steps = 2


def test_the_whole_ladder_of_an_accelerator_ends_with_four_bits(
    qwen: Path, watch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a device with too little memory for anything; none is needed, as loading and running are stubs."""
    loaded: list[str] = []
    noise = np.random.default_rng(0).random((8, 8, 3), np.float32)

    def load(recipe: Recipe, rung: str, watch: Any) -> object:
        loaded.append(rung)
        return object()

    def run(pipe: object, given: Any, watch: Any) -> Any:
        if model.rung != "4bit" or starved:
            raise RuntimeError("CUDA error: out of memory")
        return noise

    monkeypatch.setattr(model_module, "choose_device", lambda name: "cuda")
    monkeypatch.setattr(model_module, "load", load)
    monkeypatch.setattr(model_module, "run", run)
    monkeypatch.setattr(memory, "place", lambda pipe, rung, device: None)
    monkeypatch.setattr(quantisation, "usable", lambda name: True)
    source = find(str(qwen))
    model, starved = Model(Recipe(source=source, class_name=source.class_name)), False
    shown = np.full((8, 8, 3), 9, np.uint8)
    pixels, notes = model.edit(Given(), shown, watch)  # type: ignore[arg-type]
    assert loaded == ["none", "4bit"], "the rungs between move what is loaded; fewer bits are loaded anew"
    assert [note.rsplit("=", 1)[1] for note in notes] == ["tiling", "model", "group", "4bit"]
    assert pixels.shape == (8, 8, 3)
    starved = True
    with pytest.raises(EditorError, match="offload=4bit"):
        model.edit(Given(), shown, watch)  # type: ignore[arg-type]
