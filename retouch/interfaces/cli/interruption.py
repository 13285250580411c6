"""Ctrl-C stops a run between attempts; a second one stops it at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from retouch.interfaces.cli.output import say

if TYPE_CHECKING:
    from retouch.orchestrator.cancel import Cancel

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping() -> Iterator[Cancel]:
    """A switch that Ctrl-C or a polite kill throws; both do what they did before once the block is left."""
    from retouch.orchestrator.cancel import Cancel

    cancel = Cancel()

    def stop(number: int, frame: FrameType | None) -> None:
        if cancel.cancelled:
            raise KeyboardInterrupt
        cancel.cancel()
        say("stopping after the attempt under way; once more stops at once")

    if threading.current_thread() is not threading.main_thread():
        yield cancel  # only the main thread may set signal handlers
        return
    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        yield cancel
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
