"""Durations of pieces of work: on the wall, and of the process's own processor time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")


class Times:
    """Durations in ms by name; other figures beside them."""

    def __init__(self) -> None:
        self.wall: dict[str, list[float]] = {}
        self.processor: dict[str, list[float]] = {}
        self.figures: dict[str, float] = {}

    def take(self, name: str, work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        """Do `work` and note how long it took; processor time is that of all threads."""
        wall, processor = time.perf_counter(), time.process_time()
        result = work(*arguments, **named)
        self.wall.setdefault(name, []).append((time.perf_counter() - wall) * 1e3)
        self.processor.setdefault(name, []).append((time.process_time() - processor) * 1e3)
        return result

    def median(self, name: str) -> float:
        return float(np.median(self.wall[name]))

    def ratio(self, name: str, other: str) -> str:
        """How `name` compares with `other`: on the wall, in brackets by processor time."""
        processor = np.median(self.processor[name]) / np.median(self.processor[other])
        return f"{self.median(name) / self.median(other):.2f} ({processor:.2f})"

    def says(self, name: str) -> str:
        """Median / 95th percentile on the wall, and the median of processor time; empty if nothing was measured."""
        if name not in self.wall:
            return ""
        wall = f"{_short(self.median(name))} / {_short(float(np.percentile(self.wall[name], 95)))}"
        return f"{wall} ({_short(float(np.median(self.processor[name])))})"


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
