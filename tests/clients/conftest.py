"""Time that passes only when it is waited for, and watches that stop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from retouch.errors import CancelledError


class FakeClock:
    """Waiting takes no time; `waited` keeps each wait."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.waited: list[float] = []

    def monotonic(self) -> float:
        return self.time

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.time - 1000.0)

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.time += seconds


class Stop:
    """A watch that stops the call when `when` says so, asked each time it is looked at."""

    def __init__(self, when: Callable[[int], bool]) -> None:
        self.looks = 0
        self._when = when

    def progress(self, fraction: float) -> None: ...

    def raise_if_cancelled(self) -> None:
        self.looks += 1
        if self._when(self.looks):
            raise CancelledError("stopped by the test")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def stop() -> type[Stop]:
    return Stop
