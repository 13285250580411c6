"""Attempts: three commits round a call; what came back is never lost and never counted twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from retouch.attempt import Attempt, AttemptState, StepStatus
from retouch.errors import ConflictError, LeaseError, StoreError, UnknownNameError, UsageError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.store import Store
from retouch.verdict import Outcome, Verdict
from retouch.version import VersionKind, VersionRecord

Start = Callable[..., Attempt]
"""Starts an attempt: id, step, number, call_id."""

PASS = Verdict(verifier="character", outcome=Outcome.PASS, score=0.98, evidence={"read": "觞"})
FAIL = Verdict(verifier="blend", version="2", outcome=Outcome.FAIL, score=0.1, reason="it stands out")
UNSURE = Verdict(verifier="reader", outcome=Outcome.UNSURE, score=0.5)


@pytest.fixture
def patch(page: Picture, patch_of: Callable[..., Patch]) -> Patch:
    return patch_of(page, Box(100, 60, 90, 80))


def _return(store: Store, attempt: Attempt, patch: Patch | None, **cost: float) -> Attempt:
    return store.attempt_returned(
        attempt.id, patch, effective={"font": "Kai"}, dropped=("strength",), notes=("took the second font",), cost=cost
    )


def _judge(store: Store, attempt: Attempt, patch: Patch, *verdicts: Verdict, expected: str = "") -> VersionRecord:
    return store.attempt_judged(
        attempt.id,
        verdicts,
        accepted=all(v.passed for v in verdicts),
        branch="main",
        expected=expected or attempt.base,
        patch=patch,
        message="write 觞",
        author="agent",
        record={"instruction": "write 觞"},
    )


def test_a_started_attempt_comes_back(store: Store, start: Start) -> None:
    attempt = start()
    assert store.attempt(attempt.id) == attempt
    assert store.attempt_patch(attempt.id) is None


def test_a_returned_attempt_holds_its_patch(store: Store, start: Start, patch: Patch) -> None:
    attempt = start()
    returned = _return(store, attempt, patch, calls=1, seconds=2.5)
    assert returned == store.attempt(attempt.id)
    assert returned.state is AttemptState.RETURNED
    assert (returned.effective, returned.dropped) == ({"font": "Kai"}, ("strength",))
    assert (returned.notes, returned.box) == (("took the second font",), patch.box)
    again = store.attempt_patch(attempt.id)
    assert again is not None
    assert np.array_equal(again.pixels, patch.pixels) and np.array_equal(again.mask, patch.mask)


def test_an_accepted_attempt_moves_the_branch(
    store: Store, start: Start, patch: Patch, page: Picture, document: int, run: str
) -> None:
    attempt = start()
    _return(store, attempt, patch)
    version = _judge(store, attempt, patch, PASS, PASS)
    assert (version.kind, version.outcome, version.parents) == (VersionKind.EDIT, Outcome.PASS, (attempt.base,))
    assert (version.box, version.step, version.editor) == (patch.box, "s1", "typeset")
    assert store.branches(document) == {"main": version.id}
    assert store.checkout(version.id).same_pixels(patch.apply(page))
    judged = store.attempt(attempt.id)
    assert (judged.state, judged.version, judged.verdicts) == (AttemptState.JUDGED, version.id, (PASS, PASS))
    assert store.attempt_of(version.id) == judged
    step = store.steps(run)["s1"]
    assert (step.status, step.version) == (StepStatus.FIXED, version.id)


def test_a_rejected_attempt_is_a_candidate(
    store: Store, start: Start, patch: Patch, page: Picture, document: int, run: str
) -> None:
    attempt = start()
    _return(store, attempt, patch)
    version = _judge(store, attempt, patch, PASS, FAIL)
    assert (version.kind, version.outcome) == (VersionKind.CANDIDATE, Outcome.FAIL)
    assert store.branches(document) == {"main": attempt.base}
    assert store.steps(run) == {}
    assert store.checkout(version.id).same_pixels(patch.apply(page))


def test_verdicts_combine(store: Store, start: Start, patch: Patch) -> None:
    attempt = start()
    _return(store, attempt, patch)
    assert _judge(store, attempt, patch, PASS, UNSURE).outcome is Outcome.UNSURE


def test_a_patch_is_there_after_the_judgement(store: Store, start: Start, patch: Patch) -> None:
    for id, verdict in (("a1", FAIL), ("a2", PASS)):
        attempt = start(id)
        _return(store, attempt, patch)
        _judge(store, attempt, patch, verdict)
        again = store.attempt_patch(id)
        assert again is not None
        assert np.array_equal(again.mask, patch.mask)
        assert np.array_equal(again.pixels[patch.mask], patch.pixels[patch.mask])


def test_what_came_back_is_kept_if_another_patch_was_judged(store: Store, start: Start, patch: Patch) -> None:
    attempt = start()
    _return(store, attempt, patch)
    smaller = Patch(Box(110, 70, 10, 10), np.zeros((10, 10, 3), np.uint8), np.ones((10, 10), np.bool_))
    _judge(store, attempt, smaller, PASS)
    again = store.attempt_patch(attempt.id)
    assert again is not None and np.array_equal(again.pixels, patch.pixels)


def test_a_moved_head_leaves_the_attempt_as_it_was(
    store: Store, start: Start, patch: Patch, document: int, run: str
) -> None:
    attempt = start()
    _return(store, attempt, patch)
    dot = Patch(Box(0, 0, 1, 1), np.zeros((1, 1, 3), np.uint8), np.ones((1, 1), np.bool_))
    head = store.commit(document, "main", expected=attempt.base, change=dot, kind=VersionKind.MANUAL)
    with pytest.raises(ConflictError):
        _judge(store, attempt, patch, PASS)
    assert store.attempt(attempt.id).state is AttemptState.RETURNED
    assert (store.attempt(attempt.id).verdicts, store.steps(run)) == ((), {})
    version = _judge(store, attempt, patch, PASS, expected=head.id)
    assert version.parents == (head.id,)


def test_a_reply_is_never_replaced_and_a_judgement_given_once(store: Store, start: Start, patch: Patch) -> None:
    attempt = start()
    with pytest.raises(StoreError, match="has not returned"):
        _judge(store, attempt, patch, PASS)
    _return(store, attempt, patch)
    with pytest.raises(StoreError, match="returned already"):
        _return(store, attempt, patch)
    with pytest.raises(StoreError, match="returned already"):
        store.attempt_started(attempt)
    _judge(store, attempt, patch, FAIL)
    with pytest.raises(StoreError, match="judged already"):
        _judge(store, attempt, patch, PASS)


def test_an_attempt_without_a_reply_is_started_again(store: Store, start: Start) -> None:
    attempt = start()
    store.attempt_started(attempt)
    with pytest.raises(UsageError, match="another rung"):
        store.attempt_started(attempt.model_copy(update={"rung": "second"}))
    assert len(store.attempts(attempt.run)) == 1


def test_a_failed_call_says_why(store: Store, start: Start) -> None:
    attempt = start()
    failed = store.attempt_failed(attempt.id, "the service answered 503", cost={"calls": 1})
    assert (failed.state, failed.error) == (AttemptState.FAILED, "the service answered 503")
    assert failed.verdicts == ()


def test_attempts_are_listed_by_step_in_order(store: Store, start: Start, run: str) -> None:
    for id, step, number in (("b", "s1", 1), ("a", "s1", 2), ("c", "s2", 1)):
        start(id, step, number)
    assert [a.id for a in store.attempts(run)] == ["b", "a", "c"]
    assert [a.id for a in store.attempts(run, "s1")] == ["b", "a"]
    with pytest.raises(UnknownNameError):
        store.attempt("z")


def test_a_shared_call_counts_once(store: Store, start: Start, patch: Patch, run: str) -> None:
    for id, call in (("a", "one"), ("b", "one"), ("c", "two")):
        _return(store, start(id, call_id=call), patch, calls=1, seconds=2.0, money=0.5)
    spent = store.run(run).spent
    assert (spent.attempts, spent.calls, spent.seconds, spent.money) == (3, 2, 4.0, 1.0)


def test_a_run_that_was_taken_over_is_not_written_to(
    store: Store, start: Start, patch: Patch, run: str, path: Path
) -> None:
    attempt = start()
    _return(store, attempt, patch)
    store.finish_run(run, "interrupted", {})
    with Store.open(path) as other:
        other.claim(run)
        with pytest.raises(LeaseError):
            _judge(store, attempt, patch, PASS)
        resumed = [a for a in other.attempts(run) if a.state is AttemptState.RETURNED]
        again = other.attempt_patch(resumed[0].id)
        assert again is not None
        assert _judge(other, resumed[0], again, PASS).kind is VersionKind.EDIT
