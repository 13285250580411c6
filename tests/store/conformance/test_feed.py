"""The feed of changes: who looks on hears of everything that anyone writes, once and in order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from retouch.attempt import StepStatus
from retouch.event import Event
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.plan import Goal
from retouch.store import History
from retouch.version import VersionKind, VersionRecord

Open = Callable[..., History]
Act = Callable[[History, int, str], object]


def dot(value: int) -> Patch:
    return Patch(Box(1, 1, 2, 2), np.full((2, 2, 3), value, np.uint8), np.ones((2, 2), np.bool_))


def commit(history: History, document: int, version: str) -> object:
    return history.commit(document, "main", expected=version, change=dot(1), kind=VersionKind.MANUAL)


def start_attempt(history: History, document: int, version: str) -> object:
    from retouch.attempt import Attempt

    run = history.runs(document)[0].id
    attempt = Attempt(
        id=f"{run}/s1/1", run=run, step="s1", number=1, rung="first", editor="e", seed=1, base=version, call_id="c"
    )
    history.attempt_started(attempt)
    return attempt


def fail_attempt(history: History, document: int, version: str) -> object:
    attempt = start_attempt(history, document, version)
    before = history.revisions()[document]
    history.attempt_failed(attempt.id, "no reply")  # type: ignore[attr-defined]
    assert history.revisions()[document] != before
    return attempt


ACTS: dict[str, Act] = {
    "commit": commit,
    "candidate": lambda h, d, v: h.candidate(d, parent=v, patch=dot(2)),
    "branch": lambda h, d, v: h.create_branch(d, "red", v, author="a"),
    "tag": lambda h, d, v: h.create_tag(d, "first", v, author="a"),
    "comment": lambda h, d, v: h.comment(v, "why?", "a"),
    "mark": lambda h, d, v: h.mark(v, "rejected", author="a"),
    "step": lambda h, d, v: h.save_step(h.runs(d)[0].id, "s1", StepStatus.NEEDS_REVIEW),
    "run": lambda h, d, v: h.begin_run(d, "main", goal=Goal(text="x"), options={}, base=v),
    "end": lambda h, d, v: h.finish_run(h.runs(d)[0].id, "interrupted", {}),
    "attempt": start_attempt,
    "failure": fail_attempt,
}


@pytest.mark.parametrize("act", ACTS.values(), ids=list(ACTS))
def test_every_change_makes_another_revision(
    act: Act, history: History, document: int, imported: VersionRecord, run: str
) -> None:
    other = history.import_picture(Picture(np.zeros((8, 8, 3), np.uint8)), name="other", source=None, author="a")
    aside = next(one.id for one in history.documents() if one.name == other.document)
    before, pulse = history.revisions(), history.pulse()
    act(history, document, imported.id)
    after = history.revisions()
    assert after[document] != before[document]
    assert after[aside] == before[aside]
    assert history.pulse() != pulse


def test_a_step_that_goes_on_makes_another_revision(history: History, document: int, run: str) -> None:
    seen = {history.revisions()[document]}
    for status in (StepStatus.PENDING, StepStatus.NEEDS_REVIEW, StepStatus.UNFIXED):
        history.save_step(run, "s1", status)
        seen.add(history.revisions()[document])
    assert len(seen) == 4


def test_what_is_taken_back_makes_another_revision(history: History, document: int, imported: VersionRecord) -> None:
    history.create_branch(document, "red", imported.id, author="a")
    history.create_tag(document, "first", imported.id, author="a")
    before = history.revisions()[document]
    history.delete_tag(document, "first")
    between = history.revisions()[document]
    history.delete_branch(document, "red", expected=imported.id, author="a")
    assert len({before, between, history.revisions()[document]}) == 3


def test_looking_changes_nothing(history: History, document: int, imported: VersionRecord) -> None:
    before = history.pulse(), history.revisions()
    history.versions(document)
    history.checkout(imported.id)
    assert (history.pulse(), history.revisions()) == before


def test_all_processes_see_the_same(history: History, open_again: Open, document: int, run: str) -> None:
    other = open_again()
    assert other.revisions() == history.revisions()
    pulse = other.pulse()
    history.save_step(run, "s1", StepStatus.PENDING)
    assert other.pulse() != pulse
    assert other.revisions() == history.revisions()


def test_news_of_all_runs_come_once_and_in_order(
    history: History, open_again: Open, document: int, imported: VersionRecord, run: str
) -> None:
    other = open_again()
    assert (other.last_news(), other.news()) == (0, ())
    second = other.begin_run(document, "main", goal=Goal(text="x"), options={}, base=imported.id)
    for number in range(6):
        who, whose = ((history, run), (other, second))[number % 2]
        who.record_event(whose, Event(event="planned", step="s1", data={"number": number}))
    told = history.news()
    assert [one.event.data["number"] for one in told] == list(range(6))
    assert [one.event.run for one in told] == [run, second] * 3
    assert {one.document for one in told} == {document}
    assert [one.number for one in told] == sorted({one.number for one in told})
    assert history.last_news() == told[-1].number
    assert history.news(after=told[3].number) == told[4:]
    assert history.news(after=told[1].number, limit=2) == told[2:4]
    assert history.news(after=told[-1].number) == ()


def test_every_document_has_a_revision(history: History, document: int) -> None:
    assert set(history.revisions()) == {document}
    assert all(len(word) == 16 for word in history.revisions().values())
