"""gc: what something reaches stays, everything else gives its pixels back and says so; facts stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from retouch.attempt import Attempt, StepStatus
from retouch.errors import CollectedError, UsageError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.plan import Goal
from retouch.store import History
from retouch.verdict import Outcome, Verdict
from retouch.version import VersionKind, VersionRecord

Open = Callable[..., History]
MakePatch = Callable[..., Patch]
Candidate = Callable[..., str]


@pytest.fixture
def candidate(
    history: History, document: int, imported: VersionRecord, page: Picture, patch_of: MakePatch
) -> Candidate:
    """A candidate all of whose tiles are its own, by its seed."""

    def make(seed: int, parent: str | None = None) -> str:
        patch = patch_of(page, page.box, seed=seed, cover=1.0)
        return history.candidate(document, parent=parent or imported.id, patch=patch).id

    return make


def _kept(history: History, *versions: str) -> list[bool]:
    """Whether each version has its pixels."""
    found = []
    for version in versions:
        try:
            history.checkout(version)
            found.append(True)
        except CollectedError:
            found.append(False)
    return found


def test_what_is_young_or_reached_stays(history: History, document: int, candidate: Candidate) -> None:
    versions = [candidate(seed) for seed in range(3)]
    report = history.gc()
    assert (report.versions, report.tiles, report.patches) == (0, 0, 0)
    history.create_branch(document, "kept", versions[0], author="a")
    history.create_tag(document, "v1", versions[1], author="a")
    report = history.gc(keep_days=0)
    assert (report.versions, report.tiles) == (1, 6)
    assert report.bytes > 0
    assert _kept(history, *versions) == [True, True, False]
    assert history.gc(keep_days=0).versions == 0
    assert history.fsck().ok


def test_what_was_given_back_says_so_and_keeps_its_facts(
    history: History, open_again: Open, document: int, imported: VersionRecord, candidate: Candidate, page: Picture
) -> None:
    gone = candidate(1)
    facts = history.version(gone)
    history.comment(gone, "nice", "a")
    history.gc(keep_days=0)
    dot = Patch(Box(0, 0, 1, 1), np.zeros((1, 1, 3), np.uint8), np.ones((1, 1), np.bool_))

    def asks(each: History) -> list[Callable[[], object]]:
        return [
            lambda: each.checkout(gone),
            lambda: each.crop(gone, Box(0, 0, 1, 1)),
            lambda: each.change(imported.id, gone),
            lambda: each.candidate(document, parent=gone, patch=dot),
            lambda: each.create_branch(document, "x", gone, author="a"),
            lambda: each.create_tag(document, "x", gone, author="a"),
            lambda: each.move_branch(document, "main", expected=imported.id, target=gone, reason="r", author="a"),
            lambda: each.begin_run(document, "main", goal=Goal(text="x"), options={}, base=gone),
            lambda: each.pick(document, gone, branch="main", author="a"),
        ]

    for each in (history, open_again()):
        for ask in asks(each):
            with pytest.raises(CollectedError, match="given back"):
                ask()
        assert each.version(gone) == facts
        assert [comment.text for comment in each.comments(gone)] == ["nice"]
        each.mark(gone, "rejected", author="a")
        assert each.resolve(document, gone[:8]) == facts
        assert list(each.lineage(gone))[-1].id == imported.id
    assert history.branches(document) == {"main": imported.id}
    assert history.checkout(imported.id).same_pixels(page)


def test_the_very_same_version_made_again_has_its_pixels_back(
    history: History, open_again: Open, candidate: Candidate, patch_of: MakePatch, page: Picture
) -> None:
    first = candidate(1)
    later = candidate(2, first)
    history.gc(keep_days=0)
    assert _kept(history, first, later) == [False, False]
    assert candidate(1) == first
    wanted = patch_of(page, page.box, seed=1, cover=1.0).apply(page)
    for each in (history, open_again()):
        assert each.checkout(first).same_pixels(wanted)
        assert _kept(each, later) == [False]
    assert candidate(2, first) == later
    assert history.fsck().ok


def test_all_that_a_kept_version_came_from_stays(
    history: History, document: int, candidate: Candidate, imported: VersionRecord
) -> None:
    base = candidate(1)
    other = candidate(2)
    history.create_branch(document, "side", candidate(3, base), author="a")
    dot = Patch(Box(0, 0, 1, 1), np.zeros((1, 1, 3), np.uint8), np.ones((1, 1), np.bool_))
    parents = (imported.id, other)
    history.commit(document, "main", expected=imported.id, change=dot, kind=VersionKind.MERGE, parents=parents)
    assert history.gc(keep_days=0).versions == 0


def test_moves_can_be_undone_while_they_are_young(open_again: Open, page: Picture, patch_of: MakePatch) -> None:
    time = datetime(2026, 1, 1, tzinfo=UTC)

    def clock() -> datetime:
        return time

    with open_again(clock) as history:
        first = history.import_picture(page, name="page", source=None, author="a").id
        second = history.commit(1, "main", expected=first, change=patch_of(page, page.box), kind=VersionKind.EDIT).id
        time += timedelta(days=100)
        history.move_branch(1, "main", expected=second, target=first, reason="rollback", author="a")
        time += timedelta(days=29)
        assert history.gc(keep_days=30).versions == 0
        time += timedelta(days=2)
        assert history.gc(keep_days=30).versions == 1
        with pytest.raises(CollectedError):
            history.undo(1, "main", author="a")
        assert history.branches(1) == {"main": first}


@pytest.mark.parametrize("days", [-1.0, float("nan")])
def test_days_are_not_negative(history: History, document: int, days: float) -> None:
    with pytest.raises(UsageError, match="expected 0 or more"):
        history.gc(keep_days=days)


def _judged(history: History, run: str, base: str, patch: Patch, other: Patch | None = None) -> str:
    attempt = Attempt(
        id="a1", run=run, step="s1", number=1, rung="r", editor="e", seed=1, base=base, call_id="a1", request={}
    )
    history.attempt_started(attempt)
    history.attempt_returned("a1", patch, effective={}, dropped=(), notes=(), cost={})
    return history.attempt_judged(
        "a1",
        [Verdict(verifier="v", outcome=Outcome.UNSURE, score=0.5)],
        accepted=False,
        branch="main",
        expected=base,
        patch=other or patch,
        message="",
        author="agent",
        record={},
    ).id


@pytest.mark.parametrize("same", [True, False])
def test_attempts_stay_until_their_run_has_ended_and_nobody_waits(
    history: History, run: str, imported: VersionRecord, page: Picture, patch_of: MakePatch, same: bool
) -> None:
    patch, other = patch_of(page, Box(10, 10, 80, 80)), patch_of(page, Box(20, 20, 9, 9), seed=5)
    version = _judged(history, run, imported.id, patch, None if same else other)
    for state, status in (("running", StepStatus.UNFIXED), ("ended", StepStatus.NEEDS_REVIEW)):
        history.save_step(run, "s1", status)
        if state == "ended":
            history.finish_run(run, "ended", {})
        report = history.gc(keep_days=0)
        assert (report.versions, report.patches) == (0, 0)
        assert history.attempt_patch("a1") is not None
    history.save_step(run, "s1", StepStatus.UNFIXED)
    report = history.gc(keep_days=0)
    assert (report.versions, report.patches) == (1, 0 if same else 1)
    assert _kept(history, version) == [False]
    with pytest.raises(CollectedError):
        history.attempt_patch("a1")
    assert history.attempt("a1").version == version


def test_a_sound_history_is_found_sound(history: History, imported: VersionRecord, candidate: Candidate) -> None:
    candidate(1)
    report = history.fsck()
    assert (report.ok, report.damaged) == (True, ())
    assert report.checked == {"tiles": 12, "versions": 2}
