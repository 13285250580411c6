"""Times as they are stored: UTC, as text that sorts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the time with its zone."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def second(time: datetime) -> str:
    """`YYYY-MM-DDTHH:MM:SSZ`"""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(time: datetime) -> str:
    """The same with microseconds, for rows whose order counts."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
