"""Waiting: bounded, growing, heard by whoever wants to stop."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.clients.patience import SLICE, Deadline, Limits, Unwatched, delay, retry_after
from retouch.errors import CancelledError, RemoteError

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.integers(1, 10_000), st.none() | st.floats(0, 1e12), st.floats(0.01, 100), st.floats(0.01, 1000))
def test_no_wait_is_longer_than_the_bound(failures: int, asked: float | None, backoff: float, longest: float) -> None:
    found = delay(Limits(backoff=backoff, longest_wait=longest), failures, asked, random.Random(failures))
    assert 0 <= found <= longest


@given(st.integers(1, 20))
def test_waits_grow_and_differ(failures: int) -> None:
    limits = Limits(backoff=1.0, longest_wait=1e9)
    waits = {delay(limits, failures, None, random.Random(n)) for n in range(20)}
    assert len(waits) == 20
    assert all(2.0 ** (failures - 1) / 2 <= wait <= 2.0 ** (failures - 1) for wait in waits)


@given(st.integers(-10_000, 10_000))
def test_a_date_is_as_good_as_seconds(seconds: int) -> None:
    assert retry_after(format_datetime(NOW + timedelta(seconds=seconds), usegmt=True), NOW) == max(0, seconds)
    assert retry_after(str(abs(seconds)), NOW) == abs(seconds)


@given(st.text())
def test_no_header_breaks_it(text: str) -> None:
    found = retry_after(text, NOW)
    assert found is None or found >= 0


def test_a_wait_is_cut_into_slices_and_heard(clock: Any, stop: Any) -> None:
    deadline = Deadline("part", "host", Limits(), clock, Unwatched())
    deadline.wait(1.1)
    assert clock.waited == [SLICE] * 4 + [pytest.approx(0.1)]
    stopping = Deadline("part", "host", Limits(), clock, stop(lambda looks: looks == 3))
    with pytest.raises(CancelledError):
        stopping.wait(10)
    assert len(clock.waited) == 7


def test_time_ends(clock: Any) -> None:
    deadline = Deadline("part", "host", Limits(total=10), clock, Unwatched())
    with pytest.raises(RemoteError, match="part: host gave no result within 10 s in all") as caught:
        deadline.wait(10)
    assert clock.waited == []
    assert caught.value.host == "host"
    clock.time += 11
    with pytest.raises(RemoteError):
        deadline.look()
