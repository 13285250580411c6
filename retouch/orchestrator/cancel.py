"""How a run is asked to stop, and how a long call hears of it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from retouch.errors import CancelledError


class Cancel:
    """A switch that can be thrown from any thread or signal handler; a run stops before its next attempt."""

    def __init__(self) -> None:
        self._thrown = threading.Event()
        self._paused = threading.Event()

    def cancel(self) -> None:
        """Stop, and ask the calls under way to stop as well: their replies are lost."""
        self._thrown.set()

    def pause(self) -> None:
        """Stop, but let the calls under way come to their end: what they answer is kept."""
        self._paused.set()

    @property
    def patient(self) -> bool:
        """True if the run is to stop and calls under way are waited for."""
        return self._paused.is_set() and not self.cancelled

    def raise_if_stopping(self) -> None:
        """Between attempts: CancelledError if the run was cancelled or paused."""
        if self.patient:
            raise CancelledError("paused by the user", hint="`retouch resume PROJECT` continues the run")
        self.raise_if_cancelled()

    @property
    def cancelled(self) -> bool:
        return self._thrown.is_set()

    def raise_if_cancelled(self) -> None:
        if self.cancelled:
            raise CancelledError("stopped by the user", hint="`retouch resume PROJECT` continues the run")


class CallWatch:
    """The `Watch` an editor gets: reports progress, stops when one of the switches is thrown."""

    def __init__(self, report: Callable[[float], None], *switches: Cancel) -> None:
        self._switches = switches
        self._report = report

    def progress(self, fraction: float) -> None:
        self._report(min(max(fraction, 0.0), 1.0))

    def raise_if_cancelled(self) -> None:
        for switch in self._switches:
            switch.raise_if_cancelled()
