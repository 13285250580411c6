"""A canvas with something on it, requests about it, and servers that answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from retouch.edit import RGB, EditRequest
from retouch.geometry import Box
from tests.servers.loopback import Answers, Asked, Loopback, Reply


class Idle:
    """A watch that nobody looks at."""

    def progress(self, fraction: float) -> None: ...

    def raise_if_cancelled(self) -> None: ...


class Hasty:
    """A clock on which waiting takes no time."""

    def __init__(self) -> None:
        self.time = 0.0

    def monotonic(self) -> float:
        return self.time

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)

    def wait(self, seconds: float) -> None:
        self.time += seconds


@pytest.fixture
def idle() -> Idle:
    return Idle()


@pytest.fixture
def clock() -> Hasty:
    return Hasty()


@pytest.fixture
def canvas() -> RGB:
    """256 × 192, no two columns alike, lossless PNG keeps it exactly."""
    y, x = np.mgrid[0:192, 0:256]
    return np.stack([x, y, (x + y) % 251], axis=2).astype(np.uint8)


@pytest.fixture
def request_for(canvas: RGB) -> Callable[..., EditRequest]:
    """A request to change the box 100,60,40,50 of the canvas."""

    def make(**more: Any) -> EditRequest:
        pixels = more.get("canvas", canvas)
        mask = np.zeros(pixels.shape[:2], np.bool_)
        mask[60:110, 100:140] = True
        values: dict[str, Any] = {
            "canvas": pixels,
            "shown": pixels,
            "mask": mask,
            "box": Box(100, 60, 40, 50),
            "operation": "replace",
            "instruction": 'Replace "日" with "旨".',
            "seed": 2**31 + 7,
        }
        return EditRequest(**(values | more))

    return make


@pytest.fixture
def serve() -> Iterator[Callable[..., Loopback]]:
    """Start a server that answers as told."""
    with ExitStack() as stack:

        def start(answers: Answers | Reply) -> Loopback:
            def always(asked: Asked) -> Reply:
                return answers(asked) if callable(answers) else answers

            return stack.enter_context(Loopback(always))

        yield start


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key of the person who runs the tests is ever sent."""
    for provider in ("OPENAI", "DASHSCOPE", "COMFYUI"):
        monkeypatch.delenv(f"{provider}_API_KEY", raising=False)
        monkeypatch.delenv(f"RETOUCH_{provider}_API_KEY", raising=False)
