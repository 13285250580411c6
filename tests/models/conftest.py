"""Tiny pipelines, made once a session; without torch and diffusers the tests that need them are left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from retouch.edit import EditRequest
from retouch.editors.diffusers import DiffusersEditor
from retouch.editors.diffusion import memory, model
from retouch.errors import CancelledError
from retouch.geometry import Box
from tests.models import tiny


class Watched:
    """A watch that writes down what it is told, and cancels when it has been asked `after` times."""

    def __init__(self, after: int | None = None) -> None:
        self.told: list[float] = []
        self.asked = 0
        self._after = after

    def progress(self, fraction: float) -> None:
        self.told.append(fraction)

    def raise_if_cancelled(self) -> None:
        self.asked += 1
        if self._after is not None and self.asked > self._after:
            raise CancelledError("stopped")


@pytest.fixture
def watch() -> Watched:
    return Watched()


@pytest.fixture(scope="session")
def models() -> None:
    """Asked for by every test that runs a pipeline."""
    for package in ("torch", "diffusers", "transformers", "accelerate", "peft"):
        pytest.importorskip(package, reason=f"{package} is not installed; `pip install 'retouch[models]'`")


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """No test finds a pipeline, or a rung of the ladder, that another one left."""
    memory.forget()
    model._models.clear()
    model._kept.clear()


def _saved(save: Callable[[Path], Path]) -> Callable[..., Path]:
    @pytest.fixture(scope="session")
    def folder(models: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
        return save(tmp_path_factory.mktemp("models") / save.__name__)

    return folder


qwen = _saved(tiny.save_qwen)
qwen21 = _saved(tiny.save_qwen21)
klein = _saved(tiny.save_klein)
kontext = _saved(tiny.save_kontext)
longcat = _saved(tiny.save_longcat)
unlisted = _saved(tiny.save_unlisted)


def make_request(
    width: int = 96, height: int = 96, seed: int = 7, rung: str = "first", **fields: object
) -> EditRequest:
    """A call on a canvas of noise with a box in its middle."""
    canvas = np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)
    box = Box(width // 4, height // 4, width // 2, height // 2)
    mask = np.zeros((height, width), bool)
    mask[box.slices] = True
    given: dict[str, object] = {"canvas": canvas, "shown": canvas, "mask": mask, "box": box} | fields
    return EditRequest(operation="other", instruction="write 永", seed=seed, rung=rung, **given)  # type: ignore[arg-type]


@pytest.fixture
def request_of() -> Callable[..., EditRequest]:
    return make_request


@pytest.fixture
def editor() -> Callable[..., DiffusersEditor]:
    """An editor of two steps on the small canvas; options as in a SPEC."""

    def make(folder: Path, **options: object) -> DiffusersEditor:
        return DiffusersEditor(str(folder), **{"steps": 2, "area": tiny.AREA} | options)  # type: ignore[arg-type]

    return make
