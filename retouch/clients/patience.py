"""How long a call may take, how often it is tried, and how the waiting is done."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from retouch.errors import RemoteError
from retouch.protocols import Watch

SLICE = 0.25
"""Seconds between two looks at the watch while a call waits: a stop is felt as immediate, and costs nothing."""


class Unwatched:
    """The watch of a call that nobody watches."""

    def progress(self, fraction: float) -> None:
        """Nobody is told."""

    def raise_if_cancelled(self) -> None:
        """Nobody can stop it."""


class Clock(Protocol):
    """Time as a client sees it; a test gives one on which waiting takes no time."""

    def monotonic(self) -> float:
        """Seconds since any fixed moment."""

    def now(self) -> datetime:
        """The time of day, with its zone."""

    def wait(self, seconds: float) -> None:
        """Let that much time pass."""


class SystemClock:
    """The machine's own time."""

    def __init__(self) -> None:
        self._never = threading.Event()

    def monotonic(self) -> float:
        """Seconds of `time.monotonic`."""
        return time.monotonic()

    def now(self) -> datetime:
        """Now, in UTC."""
        return datetime.now(UTC)

    def wait(self, seconds: float) -> None:
        """Sleep."""
        self._never.wait(max(0.0, seconds))


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of every call. Times in seconds.

    `connect` until a connection stands; `read` without a single byte coming (a picture model answers in one piece when
    it has finished, so this is how long an edit may take); `total` for one call with all its tries. `tries` in all; the
    one after a failure waits `backoff`, the next twice that, or as long as the host says, at most `longest_wait`.
    `max_bytes` of one answer.
    """

    connect: float = 10.0
    read: float = 600.0
    total: float = 1200.0
    tries: int = 4
    backoff: float = 1.0
    longest_wait: float = 60.0
    max_bytes: int = 64 * 2**20


def retry_after(header: str | None, now: datetime) -> float | None:
    """The seconds that `Retry-After` asks for, a number or a date (RFC 9110 §10.2.3); None if it is neither."""
    if not header:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


def delay(limits: Limits, failures: int, asked: float | None, chance: random.Random) -> float:
    """Seconds to wait after so many failures (1 or more).

    What the host asked for, or an exponential wait of which the upper half is drawn by lot, so that calls that failed
    together do not come back together; never more than `limits.longest_wait`.
    """
    if asked is not None:
        return min(asked, limits.longest_wait)
    longest = min(limits.backoff * 2.0 ** min(failures - 1, 30), limits.longest_wait)
    return longest * (0.5 + chance.random() / 2)


class Deadline:
    """One call's time: asked between chunks and while waiting."""

    def __init__(self, part: str, host: str, limits: Limits, clock: Clock, watch: Watch) -> None:
        self._part = part
        self._host = host
        self._limits = limits
        self._clock = clock
        self._watch = watch
        self._end = clock.monotonic() + limits.total

    @property
    def left(self) -> float:
        """Seconds until the call must have ended; negative when it should have."""
        return self._end - self._clock.monotonic()

    def look(self) -> None:
        """CancelledError if the user stopped the work; RemoteError if the time is up."""
        self._watch.raise_if_cancelled()
        if self.left <= 0:
            raise self._late()

    def wait(self, seconds: float) -> None:
        """Let `seconds` pass, in slices; raises as `look` does, at once if the wait could not end in time."""
        if seconds >= self.left:
            raise self._late()
        end = self._clock.monotonic() + seconds
        self.look()
        while (left := end - self._clock.monotonic()) > 0:
            self._clock.wait(min(SLICE, left))
            self.look()

    def _late(self) -> RemoteError:
        total = f"{self._limits.total:g} s in all"
        return RemoteError(f"{self._part}: {self._host} gave no result within {total}", host=self._host)
