"""A small project with something in every table, and all that can be read of a project, as plain values."""

from __future__ import annotations

import importlib.util
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from retouch.attempt import Attempt, StepStatus
from retouch.errors import RetouchError
from retouch.geometry import Box
from retouch.picture import Metadata
from retouch.plan import Goal
from retouch.store import Store
from retouch.verdict import Outcome, Verdict
from retouch.version import VersionKind

FIXTURES = Path(__file__).parent.parent / "fixtures"

Described = Callable[[Store], dict[str, Any]]


@pytest.fixture(scope="session")
def maker() -> ModuleType:
    """The script that made the project of the first schema; what it uses is still there."""
    spec = importlib.util.spec_from_file_location("make_schema_1", FIXTURES / "make_schema_1.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def small(maker: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed project of 140x130 pixels with one row at least in every table, in one file without slack; do not
    change it."""
    path = tmp_path_factory.mktemp("small") / "small.retouch"
    with Store.open(path, create=True, clock=maker.Clock()) as store:
        _fill(store, maker)
        store._clock = lambda: datetime(2027, 1, 1, tzinfo=UTC)
        assert store.gc().versions == 1
        # Left as by a process that was killed: its run stays, with the lease.
        store.begin_run(1, "trial", goal=Goal(text="again"), options={}, base=store.branches(1)["trial"])
        store._runs._held.clear()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA journal_mode=DELETE")
    return path


def _fill(store: Store, maker: ModuleType) -> None:
    page = maker.picture(140, 130, 3, 8, Metadata(format="PNG", dpi=(300.0, 300.0)))
    first = store.import_picture(page, name="page", source="page.png", author="someone")
    head = first
    for number in range(3):
        patch = maker.patch(Box(3 + number, 5, 9, 8), page, number)
        head = store.commit(1, "main", expected=head.id, change=patch, kind=VersionKind.EDIT, message=f"edit {number}")
    store.create_branch(1, "trial", first.id, author="me")
    store.create_tag(1, "v1", head.id, author="me")
    store.comment(first.id, "写得不好", "me")
    store.mark(head.id, "accepted", author="me", reason="good")
    store.candidate(1, parent=first.id, patch=maker.patch(Box(50, 50, 60, 60), page, 9))
    _run(store, maker, first.id)


def _run(store: Store, maker: ModuleType, base: str) -> None:
    page = store.checkout(base)
    run = store.begin_run(1, "trial", goal=Goal(text="fix it"), options={"attempts": 3}, base=base)
    store.save_plan(run, maker.Plan(goal="fix it"), 0)
    store.record_event(run, maker.Event(event="planned", data={"steps": 1}))
    verdict = Verdict(verifier="v", outcome=Outcome.PASS, score=0.75, reason="seen", evidence={"read": "x"})
    for number, accepted in ((1, True), (2, None)):
        attempt = Attempt(
            id=f"{run}/s{number}/1", run=run, step=f"s{number}", number=1, rung="first", editor="typeset", seed=number,
            base=base, call_id="c", request={"instruction": "写 觞"},
        )  # fmt: skip
        store.save_step(run, attempt.step, StepStatus.NEEDS_REVIEW, "a person must say")
        store.attempt_started(attempt)
        patch = maker.patch(Box(60, 9, 8, 6), page, number)
        store.attempt_returned(attempt.id, patch, effective={}, dropped=(), notes=(), cost={"calls": 1})
        if accepted is not None:
            store.attempt_judged(
                attempt.id, [verdict], accepted=accepted, branch="trial", expected=base, patch=patch,
                message="m", author="agent", record={},
            )  # fmt: skip
    store.finish_run(run, "interrupted", {"fixed": 1})


@pytest.fixture
def copy(small: Path, tmp_path: Path) -> Path:
    """A copy of the small project that a test may damage."""
    return Path(shutil.copy(small, tmp_path / "copy.retouch"))


@pytest.fixture(scope="session")
def everything(maker: ModuleType) -> Described:
    """All that a project tells, each by itself; where it refuses, the kind of its error."""

    def read(store: Store) -> dict[str, Any]:
        asked: dict[str, Callable[[], Any]] = {
            "documents": lambda: store.documents(),
            "versions": lambda: store.versions(1),
            "branches": lambda: store.branches(1),
            "tags": lambda: store.tags(1),
            "moves": lambda: store.moves(1),
            "marks": lambda: store.standing_marks(1),
        }
        told = {name: _told(ask) for name, ask in asked.items()}
        runs = _told(lambda: [run.id for run in store.runs()])
        for run in runs if isinstance(runs, list) else ():
            told[run] = _told(partial(maker.described_run, store, run))
        for version in told["versions"] if isinstance(told["versions"], tuple) else ():
            told[version.id] = _told(partial(maker.digest, store, version.id))
            told[f"comments {version.id}"] = _told(partial(store.comments, version.id))
        return told

    return read


def _told(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except RetouchError as error:
        return type(error).__name__
