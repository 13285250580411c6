"""Processors of vision-language models without torchvision."""

from __future__ import annotations

import builtins
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from retouch.clients import processor
from retouch.clients.processor import has_video_half, image_only, load_processor, torchvision_serves
from retouch.errors import UnavailableError
from tests.models import tiny

pytest.importorskip("torch", reason="torch is not installed; `pip install 'retouch[models]'`")
KINDS = ("Qwen2VLProcessor", "Qwen2_5_VLProcessor", "Qwen3VLProcessor")
TEXT = "<|vision_start|><|image_pad|><|vision_end|> is 永 right?"


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_saved_under_its_real_name_and_read_back_alike(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processor, "torchvision_serves", lambda: False)
    made = tiny.processor(tiny.tokenizer(), kind)
    made.save_pretrained(tmp_path)
    assert json.loads((tmp_path / "processor_config.json").read_text())["processor_class"] == kind
    read: Any = load_processor(tmp_path)
    assert type(read).__name__ == kind
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8))
    ours, again = (p(text=[TEXT], images=[picture], return_tensors="pt") for p in (made, read))
    assert set(ours) >= {"input_ids", "pixel_values", "image_grid_thw"}
    for name, values in ours.items():
        assert np.array_equal(values.numpy(), again[name].numpy()), name
    # One token stands for a patch of 2 × 2 of the picture's grid.
    grid = ours["image_grid_thw"][0].tolist()
    pads = int((ours["input_ids"] == read.image_token_id).sum())
    assert pads == grid[0] * grid[1] * grid[2] // 4


@pytest.mark.parametrize("named", ["Qwen2VLImageProcessor", "Qwen2VLImageProcessorFast"])
def test_the_names_that_real_folders_have_are_understood(
    named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processor, "torchvision_serves", lambda: False)
    tiny.processor(tiny.tokenizer(), "Qwen2_5_VLProcessor").save_pretrained(tmp_path)
    settings = json.loads((tmp_path / "processor_config.json").read_text())
    pictures = settings.pop("image_processor")
    pictures |= {"image_processor_type": named, "processor_class": "Qwen2_5_VLProcessor"}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(pictures))
    (tmp_path / "processor_config.json").unlink()
    read = load_processor(tmp_path)
    assert type(read).__name__ == "Qwen2_5_VLProcessor"
    assert read.image_processor.patch_size == 14


def test_only_processors_with_a_video_half_are_changed() -> None:
    import transformers

    assert has_video_half(transformers.Qwen2VLProcessor)
    assert not has_video_half(image_only(transformers.Qwen2VLProcessor))
    assert not has_video_half(transformers.CLIPProcessor)


def test_an_unknown_or_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="cannot be loaded"):
        load_processor(tmp_path)
    (tmp_path / "processor_config.json").write_text('{"processor_class": "NoSuchProcessor"}')
    with pytest.raises(UnavailableError, match="NoSuchProcessor"):
        load_processor(tmp_path)


def test_a_broken_torchvision_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """A torchvision made for another torch raises RuntimeError when it is imported, each time."""
    plain = builtins.__import__

    def broken(name: str, *args: Any, **options: Any) -> Any:
        if name == "torchvision":
            monkeypatch.setitem(sys.modules, "torchvision.ops", object())
            raise RuntimeError("operator torchvision::nms does not exist")
        return plain(name, *args, **options)

    monkeypatch.delitem(sys.modules, "torchvision", raising=False)
    monkeypatch.setattr(builtins, "__import__", broken)
    torchvision_serves.cache_clear()
    try:
        assert not torchvision_serves()
        assert sys.modules["torchvision"] is None and "torchvision.ops" not in sys.modules
    finally:
        monkeypatch.undo()
        sys.modules.pop("torchvision", None)
        torchvision_serves.cache_clear()
