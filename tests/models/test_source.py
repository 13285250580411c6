"""What is opened and what is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from retouch.editors.diffusion.source import INDEX, fetch, find
from retouch.errors import SpecError, UnavailableError


def folder_with(folder: Path, index: object, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / INDEX).write_text(json.dumps(index), encoding="utf-8")
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


INDEX_OF_ONE = {"_class_name": "QwenImageEditPipeline", "vae": ["diffusers", "AutoencoderKL"], "spare": [None, None]}


def test_a_folder_is_known_by_its_index(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "m", INDEX_OF_ONE)
    source = find(str(folder))
    assert source.class_name == "QwenImageEditPipeline"
    assert source.components == {"vae": ("diffusers", "AutoencoderKL")}
    assert len(source.digest) == 12 and fetch(source) == folder
    folder_with(folder, {**INDEX_OF_ONE, "extra": 1})
    assert find(str(folder)).digest != source.digest


def test_no_folder_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="needs a folder"):
        find(None)
    with pytest.raises(UnavailableError, match="no folder") as error:
        find(str(tmp_path / "missing"))
    assert error.value.hint.startswith("hf download")


def test_a_folder_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=INDEX):
        find(str(tmp_path))
    (tmp_path / INDEX).write_text("{", encoding="utf-8")
    with pytest.raises(UnavailableError, match="cannot be read"):
        find(str(tmp_path))
    (tmp_path / INDEX).write_text("[]", encoding="utf-8")
    with pytest.raises(UnavailableError, match="list"):
        find(str(tmp_path))


def test_pickled_weights_are_refused_unless_safe_ones_lie_beside_them(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "m", INDEX_OF_ONE, **{"vae__weights.bin": ""})
    with pytest.raises(UnavailableError, match="pickled"):
        find(str(folder))
    folder_with(folder, INDEX_OF_ONE, **{"vae__weights.safetensors": ""})
    assert find(str(folder)).folder == folder


def test_code_of_the_folders_own_is_refused(tmp_path: Path) -> None:
    odd = folder_with(tmp_path / "a", {"_class_name": ["pipeline", "Mine"]})
    with pytest.raises(SpecError, match="never run"):
        _ = find(str(odd)).class_name
    component = folder_with(tmp_path / "b", {"vae": ["mine", "Vae"]}, **{"vae__mine.py": "raise SystemExit"})
    with pytest.raises(SpecError, match="never run"):
        find(str(component))


def test_a_repository_that_is_not_in_the_cache_is_not_fetched(models: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(UnavailableError, match="cache") as error:
        find("nobody/nothing")
    assert "download=yes" in error.value.hint


def test_the_cache_is_read_like_a_folder(
    models: None, qwen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "models--somebody--something"
    shutil.copytree(qwen, repository / "snapshots" / commit)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(commit, encoding="utf-8")
    source = find("somebody/something")
    assert source.revision == commit
    assert source.class_name == "QwenImageEditPlusPipeline"
