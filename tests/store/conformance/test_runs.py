"""Runs: what was asked for comes back, and one owner works on them at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from retouch.attempt import StepStatus
from retouch.errors import LeaseError, UnknownNameError, UsageError
from retouch.event import Event
from retouch.picture import Picture
from retouch.plan import Goal, Plan, Step, TextReads
from retouch.store import History
from retouch.store.runs.lease import SECONDS
from retouch.version import VersionRecord

Open = Callable[..., History]

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


def test_a_run_comes_back(history: History, run: str, imported: VersionRecord) -> None:
    history.save_plan(run, PLAN, 0)
    history.save_plan(run, Plan(goal="again"), 1)
    record = history.run(run)
    assert (record.document, record.branch, record.base) == ("page", "main", imported.id)
    assert record.goal == Goal(text="fix it")
    assert record.options == {"attempts": 3}
    assert record.plans == (PLAN, Plan(goal="again"))
    assert (record.state, record.alive) == ("running", True)


def test_runs_are_listed_by_state(history: History, run: str, imported: VersionRecord, document: int) -> None:
    other = history.begin_run(document, "main", goal=Goal(text="x"), options={}, base=imported.id)
    history.finish_run(run, "ended", {"fixed": 2})
    assert [r.id for r in history.runs()] == [run, other]
    assert [r.id for r in history.runs(document, "running")] == [other]
    ended = history.runs(state="ended")[0]
    assert (ended.summary, ended.alive) == ({"fixed": 2}, False)
    assert history.runs(document_id=99) == ()
    with pytest.raises(UnknownNameError):
        history.run("nothing")


def test_a_live_run_is_not_claimed_twice(history: History, run: str, open_again: Open) -> None:
    with open_again() as other:
        with pytest.raises(LeaseError, match="being worked on"):
            other.claim(run)
        with pytest.raises(LeaseError):
            other.finish_run(run, "ended", {})
        history.finish_run(run, "interrupted", {})
        assert other.claim(run).state == "running"
        with pytest.raises(LeaseError):
            history.heartbeat(run)
        with pytest.raises(LeaseError):
            history.claim(run)


def test_an_ended_run_is_not_resumed(history: History, run: str) -> None:
    history.finish_run(run, "ended", {})
    with pytest.raises(UsageError, match="nothing to resume"):
        history.claim(run)


def test_a_silent_run_can_be_claimed_after_a_while(open_again: Open, history: History, imported: VersionRecord) -> None:
    clock = Clock()
    document = history.document().id
    with open_again(clock) as first, open_again(clock) as second:
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


def test_closing_gives_runs_back(history: History, open_again: Open, imported: VersionRecord) -> None:
    document = history.document().id
    with open_again() as first:
        run = first.begin_run(document, "main", goal=Goal(text="x"), options={}, base=imported.id)
    assert history.run(run).state == "running"
    assert not history.run(run).alive
    assert history.claim(run).alive


def test_steps_are_kept(history: History, run: str, imported: VersionRecord) -> None:
    history.save_step(run, "s1", StepStatus.RUNNING, None, None)
    history.save_step(run, "s1", StepStatus.FIXED, None, imported.id)
    history.save_step(run, "s2", StepStatus.UNFIXED, "no font has it", None)
    steps = history.steps(run)
    assert (steps["s1"].status, steps["s1"].version) == (StepStatus.FIXED, imported.id)
    assert (steps["s2"].status, steps["s2"].reason) == (StepStatus.UNFIXED, "no font has it")
    assert history.run(run).steps == steps


def test_events_are_numbered(history: History, run: str) -> None:
    for event in (Event(event="planned", data={"steps": 3}), Event(event="step-started", step="s1")):
        history.record_event(run, event)
    (first, planned), (second, started) = history.events(run)
    assert first < second
    assert planned == Event(event="planned", run=run, data={"steps": 3})
    assert started.step == "s1"
    assert history.events(run, after=first) == ((second, started),)


def test_steps_and_events_of_a_run_that_is_not_there(history: History, run: str) -> None:
    assert history.steps("nothing") == {}
    assert history.events("nothing") == ()
    assert history.attempts("nothing") == ()


@pytest.mark.parametrize(
    "ask",
    [
        lambda history: history.run("nothing"),
        lambda history: history.claim("nothing"),
        lambda history: history.heartbeat("nothing"),
        lambda history: history.finish_run("nothing", "ended", {}),
        lambda history: history.save_plan("nothing", PLAN, 0),
        lambda history: history.save_step("nothing", "s1", StepStatus.RUNNING),
        lambda history: history.record_event("nothing", Event(event="planned")),
    ],
    ids=["run", "claim", "heartbeat", "finish_run", "save_plan", "save_step", "record_event"],
)
def test_an_unknown_run_is_named(history: History, run: str, ask: Callable[[History], object]) -> None:
    with pytest.raises(UnknownNameError, match="no run 'nothing'"):
        ask(history)


def test_a_run_begins_at_a_version_of_its_document(history: History, page: Picture, imported: VersionRecord) -> None:
    other = history.import_picture(page, name="other", source=None, author="a")
    document = history.document("page").id
    with pytest.raises(UnknownNameError, match="0000"):
        history.begin_run(document, "main", goal=Goal(text="x"), options={}, base="0" * 64)
    with pytest.raises(UsageError, match="another document"):
        history.begin_run(document, "main", goal=Goal(text="x"), options={}, base=other.id)
    assert history.runs() == ()


def test_a_plan_of_a_round_is_replaced(history: History, run: str) -> None:
    history.save_plan(run, Plan(goal="first"), 0)
    history.save_plan(run, PLAN, 0)
    assert history.run(run).plans == (PLAN,)


def test_what_is_no_json_is_refused(history: History, run: str, document: int, imported: VersionRecord) -> None:
    with pytest.raises(UsageError, match="plain JSON"):
        history.begin_run(document, "main", goal=Goal(text="x"), options={"n": float("nan")}, base=imported.id)
    with pytest.raises(UsageError, match="plain JSON"):
        history.finish_run(run, "ended", {"found": {1, 2}})
    with pytest.raises(UsageError, match="plain JSON"):
        history.record_event(run, Event(event="e", data={"x": object()}))
    assert history.run(run).state == "running"
    assert history.events(run) == ()


def test_a_step_names_a_version_of_the_document(history: History, run: str) -> None:
    with pytest.raises(UnknownNameError, match="0000"):
        history.save_step(run, "s1", StepStatus.FIXED, None, "0" * 64)
    assert history.steps(run) == {}


def test_an_interrupted_run_is_resumed_by_its_own_store(history: History, run: str) -> None:
    history.finish_run(run, "interrupted", {"calls": 2})
    assert (history.run(run).state, history.run(run).alive) == ("interrupted", False)
    claimed = history.claim(run)
    assert (claimed.state, claimed.alive, claimed.summary) == ("running", True, {"calls": 2})


def test_a_lease_that_lapsed_is_renewed_by_its_owner(open_again: Open, imported: VersionRecord) -> None:
    clock = Clock()
    with open_again(clock) as store:
        run = store.begin_run(store.document().id, "main", goal=Goal(text="x"), options={}, base=imported.id)
        clock.go(2 * SECONDS)
        assert not store.run(run).alive
        store.heartbeat(run)
        assert store.run(run).alive


def test_numbers_of_events_rise_over_all_runs(history: History, run: str, imported: VersionRecord) -> None:
    other = history.begin_run(history.document().id, "main", goal=Goal(text="y"), options={}, base=imported.id)
    for each in (run, other, run):
        history.record_event(each, Event(event="progress"))
    numbers = [number for each in (run, other) for number, _ in history.events(each)]
    assert numbers == sorted(set(numbers), key=numbers.index) and len(numbers) == 3
    assert history.events(run, after=max(numbers)) == ()


def test_a_plan_is_kept_with_its_run(history: History, document: int, imported: VersionRecord) -> None:
    run = history.begin_run(document, "main", goal=Goal(text="x"), options={}, base=imported.id, plan=PLAN)
    assert history.run(run).plans == (PLAN,)
    history.save_plan(run, Plan(goal="again"), 1)
    assert history.run(run).plans == (PLAN, Plan(goal="again"))
