"""Making a pipeline from its files: safetensors only, no code of the folder's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from retouch.clients.device import choose_device, choose_dtype, out_of_memory
from retouch.clients.processor import has_video_half, load_processor, torchvision_serves
from retouch.editors.diffusion import memory, quantisation, speed
from retouch.editors.diffusion.lora import load_loras
from retouch.editors.diffusion.recipe import Recipe
from retouch.editors.diffusion.source import fetch
from retouch.errors import SpecError, UnavailableError
from retouch.protocols import Watch

PACKAGES = ("torch", "diffusers", "transformers", "accelerate", "safetensors")
INSTALL = "pip install 'retouch[models]'"
_COMPONENTS = "Loading pipeline components"
"""What diffusers calls its count of components."""
_loading = threading.Lock()
"""One at a time: the progress of loading goes through a variable of diffusers' own."""


def missing() -> list[str]:
    """Packages that are needed and not installed."""
    return [name for name in PACKAGES if find_spec(name) is None]


def require() -> None:
    """UnavailableError if a package is missing."""
    if absent := missing():
        raise UnavailableError(f"diffusers: not installed: {', '.join(absent)}", hint=INSTALL)


def pipeline_class(name: str) -> type:
    """The class `name` of diffusers; SpecError if this version has none."""
    require()
    torchvision_serves()  # before transformers is imported
    import diffusers

    found = getattr(diffusers, name, None)
    if not (isinstance(found, type) and issubclass(found, diffusers.DiffusionPipeline)):
        raise SpecError(
            f"diffusers {diffusers.__version__} has no pipeline {name!r}",
            hint="pip install --upgrade diffusers, if it is newer than that",
        )
    return found


def load(recipe: Recipe, rung: str, watch: Watch) -> Any:
    """The pipeline of `recipe`, its parts lying as `rung` says; UnavailableError if its files are incomplete.

    Errors that say memory ran out are left as they are, for the ladder.
    """
    kind = pipeline_class(recipe.class_name)
    device = choose_device(recipe.device)
    with _loading, _told(watch):
        pipe = _read(kind, recipe, rung, device)
    pipe.set_progress_bar_config(disable=True)
    load_loras(pipe, recipe.loras, recipe.lightning)
    speed.hasten(pipe, recipe.attention, recipe.cache, recipe.compiled)
    memory.place(pipe, rung, device)
    return pipe


def _read(kind: Any, recipe: Recipe, rung: str, device: str) -> Any:
    folder = fetch(recipe.source)
    dtype = choose_dtype(recipe.dtype, device)
    try:
        ready = _own_components(recipe, folder, dtype)
        quantised = recipe.quantisation or ("bnb-4bit" if rung == "4bit" else None)
        if quantised:
            ready["quantization_config"] = quantisation.quantisation_config(quantised, dtype, recipe.source.components)
        return kind.from_pretrained(str(folder), dtype=dtype, local_files_only=True, use_safetensors=True, **ready)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError, AttributeError) as error:
        if out_of_memory(error):
            raise
        raise UnavailableError(
            f"{recipe.source.target}: {recipe.class_name} cannot be loaded: {type(error).__name__}: {error}",
            hint=f"is the folder complete? {INSTALL} brings the versions that were tested",
        ) from error


def _own_components(recipe: Recipe, folder: Path, dtype: Any) -> dict[str, Any]:
    """Components that we make ourselves: processors without torchvision, a transformer from a GGUF file."""
    import transformers

    made: dict[str, Any] = {}
    components = recipe.source.components
    for name, (library, kind) in components.items():
        found = getattr(transformers, kind, None) if library == "transformers" and kind.endswith("Processor") else None
        if found is not None and not torchvision_serves() and has_video_half(found):
            made[name] = load_processor(folder, name, kind=kind)
    if recipe.gguf:
        made["transformer"] = quantisation.gguf_transformer(recipe.gguf, folder, components, dtype)
    return made


@contextmanager
def _told(watch: Watch) -> Iterator[None]:
    """The watch hears of every component that is read, and can stop between two; nothing else is shown."""
    from diffusers.utils import logging
    from transformers.utils import logging as weights

    bar, shown = logging.tqdm, weights.is_progress_bar_enabled()

    def components(items: Any) -> Iterator[Any]:
        whole = list(items)
        for number, item in enumerate(whole):
            watch.raise_if_cancelled()
            watch.progress(number / len(whole))
            yield item

    def told(*args: Any, **options: Any) -> Any:
        # The parts of one component are counted with the same function; they would send the progress backwards.
        return components(*args) if str(options.get("desc", "")).startswith(_COMPONENTS) else bar(*args, **options)

    logging.tqdm = told
    weights.disable_progress_bar()
    try:
        yield
    finally:
        logging.tqdm = bar
        if shown:
            weights.enable_progress_bar()
