"""The picture-and-text processor of a vision-language model, also where torchvision is missing or broken.

The Qwen-VL processors of transformers have a half for videos, which cannot be made without torchvision. Retouch sends
no videos: where torchvision does not serve, a processor of the same class without that half is made instead, on the
image processor that needs Pillow only. Its tokens and pixels are the same.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from retouch.errors import UnavailableError

_FILES = ("processor_config.json", "preprocessor_config.json", "tokenizer_config.json")
"""Where a saved processor may name its class."""


@cache
def torchvision_serves() -> bool:
    """True if torchvision can be imported. One that cannot (made for another torch) is hidden from this process, for
    transformers would stumble over it at every import; call this before transformers is imported."""
    try:
        import torchvision  # noqa: F401
    except ImportError:
        return False
    except (RuntimeError, OSError, AttributeError):  # its compiled half does not fit this torch
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        sys.modules["torchvision"] = None  # type: ignore[assignment]
        return False
    return True


def image_only(kind: type) -> type:
    """The processor class `kind` without its video half; saved, it calls itself `kind`."""
    from transformers.processing_utils import ProcessorMixin

    class WithoutVideo(ProcessorMixin):  # type: ignore[misc, unused-ignore]
        """Stands between `kind` and the mixin, and lets no video processor through."""

        @classmethod
        def get_attributes(cls) -> list[str]:
            return ["image_processor", "tokenizer"]

        def check_argument_for_proper_class(self, argument_name: str, argument: Any) -> Any:
            # The mixin expects the image processor that is built on torchvision.
            return type(argument)

        def __init__(
            self, image_processor: Any = None, tokenizer: Any = None, video_processor: Any = None, **kwargs: Any
        ) -> None:
            super().__init__(image_processor, tokenizer, **kwargs)

    return type(kind.__name__, (kind, WithoutVideo), {"__module__": kind.__module__})


def has_video_half(kind: type) -> bool:
    """True if processors of class `kind` cannot be made without a video processor."""
    return "video_processor" in getattr(kind, "get_attributes", list)()


def load_processor(folder: Path, subfolder: str = "", *, kind: str | None = None) -> Any:
    """The processor saved in `folder/subfolder`; nothing is downloaded and no code of the folder is run.

    `kind` is its class in transformers, read from the folder where None. UnavailableError if it cannot be made.
    """
    serves = torchvision_serves()
    import transformers

    name = kind or _class_name(folder / subfolder)
    found: Any = getattr(transformers, name, None) if name else transformers.AutoProcessor
    if found is None:
        raise UnavailableError(
            f"{folder / subfolder}: transformers {transformers.__version__} has no processor {name!r}",
            hint="pip install --upgrade transformers",
        )
    if not serves and has_video_half(found):
        found = image_only(found)
    options: Mapping[str, Any] = {"local_files_only": True, **({"subfolder": subfolder} if subfolder else {})}
    try:
        return found.from_pretrained(str(folder), **options)
    except (OSError, ValueError, ImportError) as error:
        raise UnavailableError(f"{folder / subfolder}: the processor cannot be loaded: {error}") from error


def _class_name(folder: Path) -> str | None:
    """The class that a saved processor names, or None."""
    for file in _FILES:
        path = folder / file
        settings = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        if isinstance(settings, dict) and settings.get("processor_class"):
            return str(settings["processor_class"])
    return None
