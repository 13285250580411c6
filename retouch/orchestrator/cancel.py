"""How a run is asked to stop, and how a long call hears of it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from retouch.errors import CancelledError


class Cancel:
    """A switch that can be thrown from any thread or signal handler; a run stops before its next attempt."""

    def __init__(self) -> None:
        self._thrown = threading.Event()

    def cancel(self) -> None:
        self._thrown.set()

    @property
    def cancelled(self) -> bool:
        return self._thrown.is_set()

    def raise_if_cancelled(self) -> None:
        if self.cancelled:
            raise CancelledError("stopped by the user", hint="`retouch resume PROJECT` continues the run")


class CallWatch:
    """The `Watch` an editor gets: reports progress, stops when the run is cancelled."""

    def __init__(self, cancel: Cancel, report: Callable[[float], None]) -> None:
        self._cancel = cancel
        self._report = report

    def progress(self, fraction: float) -> None:
        self._report(min(max(fraction, 0.0), 1.0))

    def raise_if_cancelled(self) -> None:
        self._cancel.raise_if_cancelled()
