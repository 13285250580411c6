"""Where a pipeline's files are: a folder, or the local cache; and that they hold weights only, no code."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from retouch.errors import SpecError, UnavailableError

INDEX = "model_index.json"
_UNSAFE = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
"""Weights that are pickled: opening them can run code."""
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True, slots=True)
class Source:
    """A pipeline as it was found. `folder` is None if the weights are still to be downloaded, at the first edit."""

    target: str
    folder: Path | None
    index: Mapping[str, Any] = field(compare=False)
    """What model_index.json holds."""
    digest: str = ""
    """First 12 hexadecimal digits of the SHA-256 of model_index.json."""
    revision: str = ""
    """The commit, for a pipeline from the cache."""

    @property
    def class_name(self) -> str:
        """The pipeline's class; SpecError if the files say it is code of their own."""
        name = self.index.get("_class_name")
        if not isinstance(name, str):
            raise SpecError(f"{self.target}: its pipeline is code of its own ({name!r}), and such code is never run")
        return name

    @property
    def components(self) -> dict[str, tuple[str, str]]:
        """Library and class of each component that is there, by its name."""
        pairs = {n: v for n, v in self.index.items() if isinstance(v, list) and len(v) == 2 and not n.startswith("_")}
        return {name: (str(library), str(kind)) for name, (library, kind) in pairs.items() if library and kind}


def find(target: str | None, revision: str | None = None, download: bool = False) -> Source:
    """The pipeline `target`: a folder, or OWNER/NAME in the local cache; UnavailableError says what would help.

    With `download`, only model_index.json is fetched now if it is not there.
    """
    if not target:
        raise SpecError("diffusers needs a folder: diffusers:/models/Qwen-Image-Edit-2511")
    folder = Path(target).expanduser()
    if folder.is_dir():
        return _checked(target, folder.resolve(), "")
    if folder.is_file() or not _REPOSITORY.fullmatch(target):
        raise UnavailableError(
            f"diffusers: {target!r} is no folder; a pipeline is a folder with {INDEX}",
            hint="hf download Qwen/Qwen-Image-Edit-2511 --local-dir /models/Qwen-Image-Edit-2511",
        )
    return _cached(target, revision, download)


def fetch(source: Source) -> Path:
    """The folder with everything in it; what is missing is downloaded, pickled weights left out."""
    if source.folder is not None:
        return source.folder
    from huggingface_hub import snapshot_download

    patterns = [f"*{ending}" for ending in (*_UNSAFE, ".py", ".onnx", ".msgpack", ".h5")]
    folder = Path(snapshot_download(source.target, revision=source.revision or None, ignore_patterns=patterns))
    return _checked(source.target, folder, source.revision).folder or folder


def _cached(target: str, revision: str | None, download: bool) -> Source:
    from huggingface_hub import hf_hub_download, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        if not download:
            folder = Path(snapshot_download(target, revision=revision, local_files_only=True))
            return _checked(target, folder, folder.name)
        index = Path(hf_hub_download(target, INDEX, revision=revision))
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError, ValueError) as error:
        raise UnavailableError(
            f"diffusers: {target} is neither a folder nor in the local cache: {type(error).__name__}",
            hint=f"hf download {target}, or allow it: diffusers:{target}?download=yes",
        ) from error
    return Source(target, None, _index(target, index), _digest(index), index.parent.name)


def _checked(target: str, folder: Path, revision: str) -> Source:
    path = folder / INDEX
    if not path.is_file():
        raise UnavailableError(
            f"diffusers: {folder} has no {INDEX}, so it is no pipeline in the format of diffusers",
            hint="take the repository's main folder, or convert a single file with diffusers' from_single_file",
        )
    source = Source(target, folder, _index(target, path), _digest(path), revision)
    for name, (library, _) in source.components.items():
        if (folder / name / f"{library}.py").is_file():
            raise SpecError(f"{target}: component {name} is code of its own ({library}.py), and such code is never run")
        _check_weights(target, folder / name)
    return source


def _check_weights(target: str, folder: Path) -> None:
    files = [path for path in folder.glob("*") if path.is_file()]
    unsafe = [path.name for path in files if path.suffix in _UNSAFE]
    if unsafe and not any(path.suffix == ".safetensors" for path in files):
        raise UnavailableError(
            f"{target}: {folder.name} holds only pickled weights ({unsafe[0]}), which can run code when opened",
            hint="take a revision with .safetensors, or convert it: pipe.save_pretrained(FOLDER)",
        )


def _index(target: str, path: Path) -> dict[str, Any]:
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnavailableError(f"{target}: {INDEX} cannot be read: {error}") from error
    if not isinstance(index, dict):
        raise UnavailableError(f"{target}: {INDEX} holds {type(index).__name__}, expected an object")
    return index


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
