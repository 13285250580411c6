"""What a run may cost, and what it has cost so far."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from retouch.errors import BudgetError, UsageError


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of a run; None is no limit. `attempts` is for each step, the others for the run."""

    calls: int | None = None
    seconds: float | None = None
    attempts: int | None = None

    def __post_init__(self) -> None:
        for name in ("calls", "seconds", "attempts"):
            value = getattr(self, name)
            if value is not None and value < (1 if name == "attempts" else 0):
                raise UsageError(f"budget: {name} is {value}, expected {1 if name == 'attempts' else 0} or more")


UNLIMITED = Budget()


@dataclass(slots=True)
class Meter:
    """Counts editor and verifier calls and time, including what an interrupted run had spent before."""

    budget: Budget
    editor: int = 0
    verifier: int = 0
    earlier: float = 0.0
    """Seconds spent before an interruption."""
    clock: Callable[[], float] = time.monotonic
    _since: float = field(init=False)

    def __post_init__(self) -> None:
        self._since = self.clock()

    @property
    def seconds(self) -> float:
        return self.earlier + self.clock() - self._since

    def calls_left(self) -> int | None:
        """Editor calls that may still be made; None for any number."""
        return None if self.budget.calls is None else max(0, self.budget.calls - self.editor)

    @property
    def time_left(self) -> bool:
        """False if the budget of seconds is used up."""
        return self.budget.seconds is None or self.seconds < self.budget.seconds

    def raise_if_spent(self) -> None:
        """BudgetError, saying which limit was reached."""
        if self.calls_left() == 0:
            raise BudgetError(f"the budget of {self.budget.calls} editor calls is used up")
        if not self.time_left:
            raise BudgetError(f"the budget of {self.budget.seconds:g} s is used up after {self.seconds:.1f} s")
