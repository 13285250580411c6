"""Fewer bits a weight: less memory, a little less exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retouch.errors import SpecError, UnavailableError

if TYPE_CHECKING:
    import torch

_PARTS = ("transformer", "text_encoder")
"""What is worth quantising; the VAE is small and suffers most."""
PACKAGES = {
    "bnb-4bit": "bitsandbytes",
    "bnb-8bit": "bitsandbytes",
    "torchao": "torchao",
    "quanto": "optimum.quanto",
}
"""Ways of quantising while loading, and the package each needs."""
_WHEELS = {"optimum.quanto": "optimum-quanto"}


def check(quantisation: str | None, gguf: str | None) -> None:
    """SpecError if the way is unknown, UnavailableError if what it needs is missing."""
    if quantisation is not None and quantisation not in PACKAGES:
        raise SpecError(f"quantisation {quantisation!r} is not known; expected one of {', '.join(PACKAGES)}")
    if gguf is not None and not Path(gguf).expanduser().is_file():
        raise UnavailableError(f"gguf {gguf}: there is no such file")
    for package in [PACKAGES[quantisation]] if quantisation else []:
        _needs(package, f"quantisation={quantisation}")
    if gguf is not None:
        _needs("gguf", "gguf=…")


def usable(quantisation: str) -> bool:
    """True if the package it needs is installed."""
    return _installed(PACKAGES[quantisation])


def _installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # the parent of a dotted name is missing
        return False


def _needs(package: str, option: str) -> None:
    if not _installed(package):
        wheel = _WHEELS.get(package, package)
        raise UnavailableError(f"{option} needs the package {wheel}", hint=f"pip install {wheel}")


def quantisation_config(quantisation: str, dtype: torch.dtype, components: Mapping[str, tuple[str, str]]) -> Any:
    """The configuration handed to `from_pretrained`: for each large component one of its own library's kind."""
    import diffusers
    import transformers

    libraries = {"diffusers": diffusers, "transformers": transformers}
    make = _MAKERS[quantisation]
    mapping = {
        name: make(libraries[components[name][0]], components[name][0], dtype)
        for name in _PARTS
        if name in components and components[name][0] in libraries
    }
    return diffusers.PipelineQuantizationConfig(quant_mapping=mapping)


def _four_bits(library: Any, name: str, dtype: torch.dtype) -> Any:
    return library.BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype=dtype)


def _eight_bits(library: Any, name: str, dtype: torch.dtype) -> Any:
    return library.BitsAndBytesConfig(load_in_8bit=True)


def _torchao(library: Any, name: str, dtype: torch.dtype) -> Any:
    from torchao.quantization import Int8WeightOnlyConfig

    return library.TorchAoConfig(Int8WeightOnlyConfig())


def _quanto(library: Any, name: str, dtype: torch.dtype) -> Any:
    # The two libraries name the same thing differently.
    return library.QuantoConfig(**{"weights_dtype" if name == "diffusers" else "weights": "int8"})


_MAKERS: Mapping[str, Callable[[Any, str, Any], Any]] = {
    "bnb-4bit": _four_bits,
    "bnb-8bit": _eight_bits,
    "torchao": _torchao,
    "quanto": _quanto,
}


def gguf_transformer(file: str, folder: Path, components: Mapping[str, tuple[str, str]], dtype: torch.dtype) -> Any:
    """The transformer from a GGUF file, its shape as the folder's configuration says."""
    import diffusers

    if "transformer" not in components:
        raise SpecError(f"gguf {file}: this pipeline has no transformer, but {', '.join(components)}")
    kind = getattr(diffusers, components["transformer"][1])
    return kind.from_single_file(
        str(Path(file).expanduser()),
        quantization_config=diffusers.GGUFQuantizationConfig(compute_dtype=dtype),
        config=str(folder),
        subfolder="transformer",
        dtype=dtype,
        local_files_only=True,
    )
