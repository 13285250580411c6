"""Shares with their uncertainty."""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.6449  # one-sided 95 %


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `of`."""

    hits: int
    of: int

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.hits + other.hits, self.of + other.of)

    @property
    def value(self) -> float:
        return self.hits / self.of if self.of else float("nan")

    @property
    def upper(self) -> float:
        """The one-sided 95 % upper bound by Wilson's score interval."""
        if not self.of:
            return float("nan")
        n, z2 = self.of, _Z * _Z
        middle = self.value + z2 / (2 * n)
        half = _Z * math.sqrt(self.value * (1 - self.value) / n + z2 / (4 * n * n))
        return (middle + half) / (1 + z2 / n)

    def __str__(self) -> str:
        return f"{self.value:6.3f}  (≤ {self.upper:.3f} at 95 %; {self.hits} of {self.of})"
