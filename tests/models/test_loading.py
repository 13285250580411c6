"""Reading a pipeline back from its folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retouch.editors.diffusion import loading, quantisation
from retouch.editors.diffusion.loading import load
from retouch.editors.diffusion.recipe import Recipe
from retouch.editors.diffusion.source import find
from retouch.errors import UnavailableError


def recipe(folder: Path) -> Recipe:
    source = find(str(folder))
    return Recipe(source=source, class_name=source.class_name)


def test_what_was_saved_is_loaded_again_bit_for_bit(qwen: Path, tmp_path: Path, watch: Any) -> None:
    import torch
    from PIL import Image

    def draw(pipe: Any) -> Any:
        noise = torch.Generator("cpu").manual_seed(5)
        picture = Image.new("RGB", (64, 64), "grey")
        return pipe(image=picture, prompt="x", num_inference_steps=2, generator=noise, output_type="np").images

    from retouch.editors.diffusion.sizes import canvas_of
    from retouch.geometry import Size

    first = load(recipe(qwen), "none", watch)
    first.save_pretrained(tmp_path / "again")
    second = load(recipe(tmp_path / "again"), "none", watch)
    assert type(second.processor).__name__ == "Qwen2VLProcessor"
    with canvas_of(first, Size(64, 64)):
        assert np.array_equal(draw(first), draw(second))


def test_a_folder_that_is_not_complete_is_said_to_be_so(qwen: Path, tmp_path: Path, watch: Any) -> None:
    folder = shutil.copytree(qwen, tmp_path / "m")
    (folder / "transformer" / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(UnavailableError, match="cannot be loaded"):
        load(recipe(folder), "none", watch)


def test_damaged_weights_are_said_to_be_so(qwen: Path, tmp_path: Path, watch: Any) -> None:
    folder = shutil.copytree(qwen, tmp_path / "m")
    path = folder / "vae" / "diffusion_pytorch_model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(UnavailableError, match="cannot be loaded"):
        load(recipe(folder), "none", watch)


def test_missing_packages_are_named_with_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from retouch.editors.diffusers import DiffusersEditor

    monkeypatch.setattr(loading, "find_spec", lambda name: None if name == "torch" else object())
    with pytest.raises(UnavailableError, match="torch") as error:
        DiffusersEditor(str(tmp_path))
    assert error.value.hint == loading.INSTALL == DiffusersEditor.availability().command
    assert not DiffusersEditor.availability().usable


@pytest.mark.parametrize("name", sorted(quantisation.PACKAGES))
def test_quantising_without_its_package_names_the_package(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantisation, "find_spec", lambda package: None)
    with pytest.raises(UnavailableError, match=f"quantisation={name}") as error:
        quantisation.check(name, None)
    assert error.value.hint.startswith("pip install")


def test_a_gguf_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="no such file"):
        quantisation.check(None, str(tmp_path / "m.gguf"))
