"""A vision-language model on this machine, loaded by transformers from a folder: Qwen2.5-VL, Qwen3-VL, …"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from retouch.clients.asking import Message, answered
from retouch.clients.view import USUAL, BoxConvention, Limits, View, convention
from retouch.errors import ServiceError, SpecError, UnavailableError
from retouch.protocols import Watch

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, eq=False)
class Loaded:
    """A model in memory with its processor; one call at a time."""

    model: Any
    processor: Any
    device: str
    lock: threading.Lock


@lru_cache(maxsize=1)
def loaded(folder: Path, device: str, dtype: str) -> Loaded:
    """The model of `folder`; the last one is kept, as planner and verifier are often the same.

    Only safetensors are read, no code of the folder is run, and nothing is downloaded. UnavailableError if it cannot
    be loaded.
    """
    from retouch.clients.device import choose_device, choose_dtype
    from retouch.clients.processor import load_processor

    try:
        processor = load_processor(folder)  # first: it makes sure that transformers can be imported
        from transformers import AutoModelForImageTextToText

        where = choose_device(device or None)
        model: Any = AutoModelForImageTextToText.from_pretrained(
            str(folder), dtype=choose_dtype(dtype or None, where), local_files_only=True, use_safetensors=True
        )
    except (OSError, ValueError, ImportError) as error:
        raise UnavailableError(
            f"vlm: {folder} cannot be loaded: {error}", hint="pip install 'retouch[models]'"
        ) from error
    return Loaded(model.to(where).eval(), processor, where, threading.Lock())


class LocalModel:
    """Asks a model in a folder; it is loaded when it is first needed. Nothing leaves the machine.

    `tokens` is the most that an answer may have. Its processor's own limits for pictures are kept within those given.
    """

    sends_to = ""

    def __init__(
        self,
        folder: str,
        *,
        box_convention: str | int = "",
        limits: Limits = USUAL,
        tokens: int = 1024,
        device: str = "",
        dtype: str = "",
    ) -> None:
        self._folder = Path(folder).expanduser()
        if not (self._folder / "config.json").is_file():
            raise SpecError(
                f"vlm: {folder!r} is no folder with a model (it has no config.json), nor a URL",
                hint="download the model first: hf download Qwen/Qwen3-VL-8B-Instruct --local-dir FOLDER",
            )
        self._named, self._asked_limits = str(box_convention), limits
        self._tokens, self._device, self._dtype = tokens, device, dtype
        convention(self._named, "")

    @property
    def name(self) -> str:
        """The folder's name."""
        return self._folder.name

    @property
    def box_convention(self) -> BoxConvention:
        """That of the model's family, unless another was asked for."""
        return convention(self._named, str(self._loaded.model.config.model_type))

    @cached_property
    def limits(self) -> Limits:
        """Those asked for, within those of the model's processor."""
        own = self._loaded.processor.image_processor
        size, asked = dict(own.size), self._asked_limits
        step = int(own.patch_size) * int(own.merge_size)
        least, most = int(size["shortest_edge"]), int(size["longest_edge"])
        wanted = min(asked.max_pixels, most)
        return Limits(step, max(least, step * step, min(asked.min_pixels, wanted // 4)), wanted)

    def ask(
        self,
        messages: Sequence[Message],
        schema: type[T],
        check: Callable[[T], None] | None = None,
        watch: Watch | None = None,
    ) -> T:
        """The answer as a `schema`; CancelledError between tokens, ServiceError for two answers beside it."""

        def complete(said: Sequence[Message], form: dict[str, Any]) -> str:
            return self._generated(said, watch)

        return answered(complete, messages, schema, check, f"vlm: {self.name}")

    @property
    def _loaded(self) -> Loaded:
        return loaded(self._folder, self._device, self._dtype)

    def _generated(self, messages: Sequence[Message], watch: Watch | None) -> str:
        import torch

        made = self._loaded
        inputs = made.processor.apply_chat_template(
            [{"role": message.role, "content": [_part(part) for part in message.parts]} for message in messages],
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
        ).to(made.device)
        start = inputs["input_ids"].shape[1]
        stop = [_stopping(watch, start, self._tokens)] if watch is not None else None
        with made.lock, torch.inference_mode():
            try:
                tokens = made.model.generate(
                    **inputs, max_new_tokens=self._tokens, do_sample=False, stopping_criteria=stop
                )
            except torch.OutOfMemoryError as error:
                raise ServiceError(f"vlm: {self.name} ran out of memory", hint="lower max_pixels") from error
        text: str = made.processor.batch_decode(tokens[:, start:], skip_special_tokens=True)[0]
        return text


def _part(part: str | View) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    from PIL import Image

    return {"type": "image", "image": Image.fromarray(part.pixels)}


def _stopping(watch: Watch, start: int, tokens: int) -> Callable[..., Any]:
    """Looks at the watch at each token."""
    import torch

    def look(ids: Any, scores: Any, **_: Any) -> Any:
        watch.raise_if_cancelled()
        watch.progress(min(1.0, (ids.shape[1] - start) / tokens))
        return torch.zeros(ids.shape[0], dtype=torch.bool, device=ids.device)

    return look
