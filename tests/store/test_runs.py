"""Runs: what was asked for comes back, one owner works on them at a time, and a dead one's can be claimed at once."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retouch.attempt import StepStatus
from retouch.errors import LeaseError, UnknownNameError, UsageError
from retouch.event import Event
from retouch.plan import Goal, Plan, Step, TextReads
from retouch.store import Store
from retouch.store.lease import SECONDS
from retouch.version import VersionRecord

PLAN = Plan(
    goal="fix it",
    steps=(Step(id="s1", operation="replace", target="觞", expectation=TextReads(text="觞")),),
)


class Clock:
    """A clock that goes only when it is told to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def go(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def test_a_run_comes_back(store: Store, run: str, imported: VersionRecord) -> None:
    store.save_plan(run, PLAN, 0)
    store.save_plan(run, Plan(goal="again"), 1)
    record = store.run(run)
    assert (record.document, record.branch, record.base) == ("page", "main", imported.id)
    assert record.goal == Goal(text="fix it")
    assert record.options == {"attempts": 3}
    assert record.plans == (PLAN, Plan(goal="again"))
    assert (record.state, record.alive) == ("running", True)


def test_runs_are_listed_by_state(store: Store, run: str, imported: VersionRecord, document: int) -> None:
    other = store.begin_run(document, "main", goal=Goal(text="x"), options={}, base=imported.id)
    store.finish_run(run, "ended", {"fixed": 2})
    assert [r.id for r in store.runs()] == [run, other]
    assert [r.id for r in store.runs(document, "running")] == [other]
    ended = store.runs(state="ended")[0]
    assert (ended.summary, ended.alive) == ({"fixed": 2}, False)
    assert store.runs(document_id=99) == ()
    with pytest.raises(UnknownNameError):
        store.run("nothing")


def test_a_live_run_is_not_claimed_twice(store: Store, run: str, path: Path) -> None:
    with Store.open(path) as other:
        with pytest.raises(LeaseError, match="being worked on"):
            other.claim(run)
        with pytest.raises(LeaseError):
            other.finish_run(run, "ended", {})
        store.finish_run(run, "interrupted", {})
        assert other.claim(run).state == "running"
        with pytest.raises(LeaseError):
            store.heartbeat(run)
        with pytest.raises(LeaseError):
            store.claim(run)


def test_an_ended_run_is_not_resumed(store: Store, run: str) -> None:
    store.finish_run(run, "ended", {})
    with pytest.raises(UsageError, match="nothing to resume"):
        store.claim(run)


def test_a_silent_run_can_be_claimed_after_a_while(path: Path, store: Store, imported: VersionRecord) -> None:
    clock = Clock()
    document = store.document().id
    with Store.open(path, clock=clock) as first, Store.open(path, clock=clock) as second:
        run = first.begin_run(document, "main", goal=Goal(text="x"), options={}, base=imported.id)
        clock.go(SECONDS - 1)
        first.heartbeat(run)
        clock.go(SECONDS - 1)
        with pytest.raises(LeaseError):
            second.claim(run)
        clock.go(2)
        assert not second.run(run).alive
        second.claim(run)
        with pytest.raises(LeaseError):
            first.heartbeat(run)


def test_closing_gives_runs_back(store: Store, path: Path, imported: VersionRecord) -> None:
    document = store.document().id
    with Store.open(path) as first:
        run = first.begin_run(document, "main", goal=Goal(text="x"), options={}, base=imported.id)
    assert store.run(run).state == "running"
    assert not store.run(run).alive
    assert store.claim(run).alive


def test_a_killed_run_can_be_claimed_at_once(store: Store, path: Path, imported: VersionRecord) -> None:
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from retouch.plan import Goal\n"
        "from retouch.store import Store\n"
        "store = Store.open(Path(sys.argv[1]))\n"
        "goal = Goal(text='x')\n"
        "print(store.begin_run(1, 'main', goal=goal, options={}, base=sys.argv[2]), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", script, str(path), imported.id], capture_output=True, text=True, timeout=60
    )
    run = killed.stdout.strip()
    assert not store.run(run).alive
    assert store.claim(run).state == "running"


def test_steps_are_kept(store: Store, run: str, imported: VersionRecord) -> None:
    store.save_step(run, "s1", StepStatus.RUNNING, None, None)
    store.save_step(run, "s1", StepStatus.FIXED, None, imported.id)
    store.save_step(run, "s2", StepStatus.UNFIXED, "no font has it", None)
    steps = store.steps(run)
    assert (steps["s1"].status, steps["s1"].version) == (StepStatus.FIXED, imported.id)
    assert (steps["s2"].status, steps["s2"].reason) == (StepStatus.UNFIXED, "no font has it")
    assert store.run(run).steps == steps


def test_events_are_numbered(store: Store, run: str) -> None:
    for event in (Event(event="planned", data={"steps": 3}), Event(event="step-started", step="s1")):
        store.record_event(run, event)
    (first, planned), (second, started) = store.events(run)
    assert first < second
    assert planned == Event(event="planned", run=run, data={"steps": 3})
    assert started.step == "s1"
    assert store.events(run, after=first) == ((second, started),)
