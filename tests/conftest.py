"""What holds for all tests: the laws are tried on the same examples every time, and nothing is judged by the clock.

Slow tests run a reduced number of rounds. `make test-full` (RETOUCH_TEST_FULL=1) runs the full number, and tries the
laws on more and on new examples.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import settings

FULL = os.environ.get("RETOUCH_TEST_FULL", "") not in ("", "0")

settings.register_profile("house", derandomize=True, deadline=None)
settings.register_profile("full", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile("full" if FULL else "house")


@pytest.fixture(scope="session")
def rounds() -> Callable[[int, int], int]:
    """`rounds(reduced, full)` is how many rounds a slow test runs this time."""

    def choose(reduced: int, full: int) -> int:
        return full if FULL else reduced

    return choose
