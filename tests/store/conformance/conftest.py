"""One suite for every store of histories: each test gets a `history`, once of each kind.

Another kind is tried by naming, in RETOUCH_BACKEND, a function `package.module:name` that takes an empty folder and
returns an opener: a function of a clock that opens the history of that folder again each time it is called, as another
process would.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from retouch.store import History, MemoryStore, Store
from retouch.store.clock import Clock, utc_now

Opener = Callable[[Clock], History]
Open = Callable[..., History]


def in_a_file(folder: Path) -> Opener:
    return lambda clock: Store.open(folder / "page.retouch", create=True, clock=clock)


def in_memory(folder: Path) -> Opener:
    first = MemoryStore()
    return lambda clock: MemoryStore(beside=first, clock=clock)


def backends() -> dict[str, Callable[[Path], Opener]]:
    named = os.environ.get("RETOUCH_BACKEND")
    if not named:
        return {"sqlite": in_a_file, "memory": in_memory}
    module, _, function = named.partition(":")
    return {named: getattr(importlib.import_module(module), function)}


@pytest.fixture(params=backends().values(), ids=list(backends()))
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    made: Opener = request.param(tmp_path)
    return made


@pytest.fixture
def open_again(opener: Opener) -> Iterator[Open]:
    """Opens the one history of the test, as another process would; with a clock if one is given."""
    with ExitStack() as opened:
        yield lambda clock=utc_now: opened.enter_context(opener(clock))


@pytest.fixture
def history(open_again: Open) -> History:
    return open_again()


@pytest.fixture
def store(history: History) -> History:
    """What `imported`, `document`, `run` and `start` of tests/store work on."""
    return history
