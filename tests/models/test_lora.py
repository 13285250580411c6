"""LoRAs on a tiny pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retouch.editors.diffusion.lora import Lora, lightning_steps, parse
from retouch.errors import SpecError, UnavailableError
from tests.models import tiny


@pytest.fixture(scope="module")
def lora_file(models: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random LoRA weights for the tiny transformer, under the name that Lightning's files have."""
    import torch
    from diffusers import QwenImageEditPlusPipeline
    from peft import LoraConfig
    from peft.utils import get_peft_model_state_dict

    folder = tmp_path_factory.mktemp("lora")
    transformer = tiny.qwen_parts()["transformer"]
    torch.manual_seed(1)
    layers = ["to_q", "to_k", "to_v", "to_out.0"]
    transformer.add_adapter(LoraConfig(r=4, lora_alpha=4, init_lora_weights=False, target_modules=layers))
    QwenImageEditPlusPipeline.save_lora_weights(folder, transformer_lora_layers=get_peft_model_state_dict(transformer))
    return (folder / "pytorch_lora_weights.safetensors").rename(folder / "style.safetensors")


def test_a_lora_shows_and_without_weight_it_does_not(
    qwen: Path, lora_file: Path, editor: Any, request_of: Any, watch: Any
) -> None:
    plain = editor(qwen).edit(request_of(), watch)
    full = editor(qwen, lora=str(lora_file)).edit(request_of(), watch)
    none = editor(qwen, lora=f"{lora_file}:0").edit(request_of(), watch)
    half = editor(qwen, lora=f"{lora_file.parent}:0.5").edit(request_of(), watch)
    assert not np.array_equal(plain.pixels, full.pixels)
    assert not np.array_equal(half.pixels, full.pixels)
    assert np.array_equal(plain.pixels, none.pixels)
    assert full.effective["lora"] == [["style", 1.0]]


def test_a_lightning_lora_brings_its_scheduler_steps_and_no_guidance(
    qwen: Path, lora_file: Path, editor: Any, request_of: Any, watch: Any
) -> None:
    made = editor(qwen, lora=str(lora_file), lightning=4, steps=None)
    effective = made.edit(request_of(), watch).effective
    assert (effective["num_inference_steps"], effective["true_cfg_scale"], effective["lightning"]) == (4, 1.0, 4)
    assert "negative_prompt" not in effective
    timesteps = made._model.pipe(watch).scheduler.timesteps.tolist()
    # A shift of ln 3 sends t to 3t / (1 + 2t), whatever the size: 1, 3/4, 1/2, 1/4 become 1, 9/10, 3/4, 1/2.
    assert timesteps == pytest.approx([1000, 900, 750, 500])


def test_steps_are_read_from_the_name() -> None:
    named = (Lora("/x/Qwen-Image-Edit-2511-Lightning-4steps-V1.0-bf16.safetensors"),)
    assert lightning_steps(named, None) == 4
    assert lightning_steps(named, 8) == 8
    assert lightning_steps((Lora("/x/style.safetensors"),), None) is None


def test_files_that_are_no_safe_loras_are_refused(tmp_path: Path, models: None) -> None:
    pickled = tmp_path / "a.bin"
    pickled.write_bytes(b"")
    with pytest.raises(UnavailableError, match="safetensors"):
        parse(str(pickled))
    with pytest.raises(UnavailableError, match="no such file"):
        parse(str(tmp_path / "b.safetensors"))
    with pytest.raises(UnavailableError, match="0 .safetensors"):
        parse(str(tmp_path))
    (tmp_path / "c.safetensors").write_bytes(b"")
    with pytest.raises(SpecError, match="weight 'much'"):
        parse(f"{tmp_path / 'c.safetensors'}:much")


def test_a_lora_of_another_model_is_said_not_to_fit(
    klein: Path, lora_file: Path, editor: Any, request_of: Any, watch: Any
) -> None:
    with pytest.raises(UnavailableError, match="does not fit"):
        editor(klein, lora=str(lora_file)).edit(request_of(), watch)
