"""A pipeline at work: loaded at its first edit, moved down the ladder when memory runs out."""

from __future__ import annotations

import threading
from importlib.metadata import version
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from retouch.clients.device import choose_device, choose_dtype, empty_cache, out_of_memory
from retouch.clients.processor import torchvision_serves
from retouch.edit import RGB
from retouch.editors.diffusion import memory
from retouch.editors.diffusion.blankness import blankness, to_rgb
from retouch.editors.diffusion.decoding import can_be_finer, decode_in_float32
from retouch.editors.diffusion.inputs import Inputs
from retouch.editors.diffusion.loading import load
from retouch.editors.diffusion.recipe import Recipe
from retouch.editors.diffusion.running import Portion, run
from retouch.errors import EditorError, RetouchError
from retouch.protocols import Watch

_LOADING = 0.5
"""What loading counts for in the progress of the first call; on a cold disk it takes as long as the steps."""
_sharing = threading.Lock()
_models: WeakValueDictionary[tuple[Recipe, str | None], Model] = WeakValueDictionary()
_kept: list[Model] = []
"""The model that was used last: another run of the same process finds it loaded."""


class Model:
    """One pipeline and where its parts lie. Calls go one after the other: there is one device."""

    def __init__(self, recipe: Recipe, offload: str | None = None) -> None:
        self.recipe = recipe
        self.rung = memory.first_rung(self._key, offload)
        self.fine = False
        """True since a black picture made the VAE decode in float32."""
        self._pipe: Any = None
        self._lock = threading.Lock()

    @classmethod
    def shared(cls, recipe: Recipe, offload: str | None = None) -> Model:
        """The model of that recipe; editors that differ only in steps and the like get the same one.

        One that no editor uses any more stays loaded until another is asked for: there is room for one, as a rule.
        """
        with _sharing:
            found = _models.get((recipe, offload))
            if found is None:
                _kept.clear()
                found = _models[(recipe, offload)] = cls(recipe, offload)
            return found

    @property
    def _key(self) -> tuple[str, str, str | None]:
        return self.recipe.source.target, self.recipe.class_name, self.recipe.device

    def pipe(self, watch: Watch) -> Any:
        """The pipeline, loaded now if it was not; steps down where loading runs out of memory."""
        while self._pipe is None:
            error = self._try_to_load(watch)
            if error:
                self._step_down(error)
        return self._pipe

    def edit(self, given: Inputs, shown: RGB, watch: Watch) -> tuple[RGB, tuple[str, ...]]:
        """The picture for `given`, uint8 (height, width, 3), and a note for every fallback taken.

        EditorError if it is none, or if memory ran out on the last rung.
        """
        notes: list[str] = []
        with self._lock:
            if self._pipe is None:
                self.pipe(Portion(watch, 0, _LOADING))
                watch = Portion(watch, _LOADING, 1)
            _kept[:] = [self]
            picture = self._run(given, watch, notes)
            wrong = blankness(picture, shown)
            if wrong and not self.fine and can_be_finer(self._pipe):
                notes.append(f"the picture was {wrong}; done again with the VAE's decoder in float32")
                self._decode_finely()
                picture = self._run(given, watch, notes)
                wrong = blankness(picture, shown)
        if wrong:
            raise EditorError(f"{self.recipe.class_name}: the result is {wrong}")
        return to_rgb(picture), tuple(notes)

    def facts(self) -> dict[str, Any]:
        """What this pipeline is and how it runs, as JSON."""
        recipe, source = self.recipe, self.recipe.source
        device = choose_device(recipe.device)
        facts = {
            "pipeline": recipe.class_name,
            "model": source.target,
            "model_index": source.digest,
            "revision": source.revision,
            "device": device,
            "dtype": str(choose_dtype(recipe.dtype, device)).removeprefix("torch."),
            "scheduler": type(getattr(self._pipe, "scheduler", None)).__name__,
            "offload": self.rung,
            "quantisation": recipe.quantisation or ("gguf" if recipe.gguf else None),
            "lora": [[lora.name, lora.weight] for lora in recipe.loras],
            "lightning": recipe.lightning,
            "attention": recipe.attention,
            "cache": recipe.cache,
            "compiled": recipe.compiled,
            "vae_float32": self.fine,
            "processor": "" if torchvision_serves() else "pictures only, without torchvision",
            "versions": [f"{name} {version(name)}" for name in ("diffusers", "torch", "transformers")],
        }
        return {name: value for name, value in facts.items() if value or value == 0 and name == "cache"}

    def _run(self, given: Inputs, watch: Watch, notes: list[str]) -> NDArray[np.float32]:
        while True:
            pipe = self.pipe(watch)
            try:
                return run(pipe, given, watch)
            except RetouchError:
                raise
            except Exception as raised:  # a pipeline may raise anything
                if not out_of_memory(raised):
                    raise EditorError(f"{self.recipe.class_name}: {type(raised).__name__}: {raised}") from raised
                error = str(raised)
            # Out of the handler: the error holds frames, and these hold what fills the memory.
            del pipe
            notes.append(f"out of memory with offload={self.rung}")
            self._step_down(error)
            notes[-1] += f", done again with offload={self.rung}"

    def _try_to_load(self, watch: Watch) -> str:
        try:
            self._pipe = load(self.recipe, self.rung, watch)
        except Exception as raised:
            if not out_of_memory(raised):
                raise
            return str(raised) or type(raised).__name__
        if self.fine:
            decode_in_float32(self._pipe)
        return ""

    def _step_down(self, error: str) -> None:
        """To the next rung; EditorError if this was the last."""
        device = choose_device(self.recipe.device)
        quantised = bool(self.recipe.quantisation or self.recipe.gguf)
        lower = memory.step_down(self._key, self.rung, device, quantised)
        if lower is None:
            raise EditorError(
                f"{self.recipe.class_name}: out of memory on {device} even with offload={self.rung}: {error}",
                hint="a smaller canvas (area=512x512) or fewer bits (quantisation=bnb-4bit) needs less",
            )
        self.rung = lower
        if lower == "4bit":
            self._pipe = None  # fewer bits are chosen while loading
        empty_cache()
        if self._pipe is not None:
            memory.place(self._pipe, lower, device)

    def _decode_finely(self) -> None:
        self.fine = True
        decode_in_float32(self._pipe)
