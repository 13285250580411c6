"""Attempts: three commits round a call; what came back is never lost and never counted twice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from retouch.attempt import Attempt, AttemptState, StepStatus
from retouch.errors import ConflictError, LeaseError, PictureError, StoreError, UnknownNameError, UsageError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.store import History
from retouch.verdict import Outcome, Verdict
from retouch.version import VersionKind, VersionRecord

Open = Callable[..., History]
Start = Callable[..., Attempt]
"""Starts an attempt: id, step, number, call_id."""

PASS = Verdict(verifier="character", outcome=Outcome.PASS, score=0.98, evidence={"read": "觞"})
FAIL = Verdict(verifier="blend", version="2", outcome=Outcome.FAIL, score=0.1, reason="it stands out")
UNSURE = Verdict(verifier="reader", outcome=Outcome.UNSURE, score=0.5)


@pytest.fixture
def patch(page: Picture, patch_of: Callable[..., Patch]) -> Patch:
    return patch_of(page, Box(100, 60, 90, 80))


def _return(history: History, attempt: Attempt, patch: Patch | None, **cost: float) -> Attempt:
    return history.attempt_returned(
        attempt.id, patch, effective={"font": "Kai"}, dropped=("strength",), notes=("took the second font",), cost=cost
    )


def _judge(history: History, attempt: Attempt, patch: Patch, *verdicts: Verdict, expected: str = "") -> VersionRecord:
    return history.attempt_judged(
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


def test_a_started_attempt_comes_back(history: History, start: Start) -> None:
    attempt = start()
    assert history.attempt(attempt.id) == attempt
    assert history.attempt_patch(attempt.id) is None


def test_a_returned_attempt_holds_its_patch(history: History, start: Start, patch: Patch) -> None:
    attempt = start()
    returned = _return(history, attempt, patch, calls=1, seconds=2.5)
    assert returned == history.attempt(attempt.id)
    assert returned.state is AttemptState.RETURNED
    assert (returned.effective, returned.dropped) == ({"font": "Kai"}, ("strength",))
    assert (returned.notes, returned.box) == (("took the second font",), patch.box)
    again = history.attempt_patch(attempt.id)
    assert again is not None
    assert np.array_equal(again.pixels, patch.pixels) and np.array_equal(again.mask, patch.mask)


def test_an_accepted_attempt_moves_the_branch(
    history: History, start: Start, patch: Patch, page: Picture, document: int, run: str
) -> None:
    attempt = start()
    _return(history, attempt, patch)
    version = _judge(history, attempt, patch, PASS, PASS)
    assert (version.kind, version.outcome, version.parents) == (VersionKind.EDIT, Outcome.PASS, (attempt.base,))
    assert (version.box, version.step, version.editor) == (patch.box, "s1", "typeset")
    assert history.branches(document) == {"main": version.id}
    assert history.checkout(version.id).same_pixels(patch.apply(page))
    judged = history.attempt(attempt.id)
    assert (judged.state, judged.version, judged.verdicts) == (AttemptState.JUDGED, version.id, (PASS, PASS))
    assert history.attempt_of(version.id) == judged
    step = history.steps(run)["s1"]
    assert (step.status, step.version) == (StepStatus.FIXED, version.id)


def test_a_rejected_attempt_is_a_candidate(
    history: History, start: Start, patch: Patch, page: Picture, document: int, run: str
) -> None:
    attempt = start()
    _return(history, attempt, patch)
    version = _judge(history, attempt, patch, PASS, FAIL)
    assert (version.kind, version.outcome) == (VersionKind.CANDIDATE, Outcome.FAIL)
    assert history.branches(document) == {"main": attempt.base}
    assert history.steps(run) == {}
    assert history.checkout(version.id).same_pixels(patch.apply(page))


def test_verdicts_combine(history: History, start: Start, patch: Patch) -> None:
    attempt = start()
    _return(history, attempt, patch)
    assert _judge(history, attempt, patch, PASS, UNSURE).outcome is Outcome.UNSURE


def test_a_patch_is_there_after_the_judgement(history: History, start: Start, patch: Patch) -> None:
    for id, verdict in (("a1", FAIL), ("a2", PASS)):
        attempt = start(id)
        _return(history, attempt, patch)
        _judge(history, attempt, patch, verdict)
        again = history.attempt_patch(id)
        assert again is not None
        assert np.array_equal(again.mask, patch.mask)
        assert np.array_equal(again.pixels[patch.mask], patch.pixels[patch.mask])


def test_what_came_back_is_kept_if_another_patch_was_judged(history: History, start: Start, patch: Patch) -> None:
    attempt = start()
    _return(history, attempt, patch)
    smaller = Patch(Box(110, 70, 10, 10), np.zeros((10, 10, 3), np.uint8), np.ones((10, 10), np.bool_))
    _judge(history, attempt, smaller, PASS)
    again = history.attempt_patch(attempt.id)
    assert again is not None and np.array_equal(again.pixels, patch.pixels)


def test_a_moved_head_leaves_the_attempt_as_it_was(
    history: History, start: Start, patch: Patch, document: int, run: str
) -> None:
    attempt = start()
    _return(history, attempt, patch)
    dot = Patch(Box(0, 0, 1, 1), np.zeros((1, 1, 3), np.uint8), np.ones((1, 1), np.bool_))
    head = history.commit(document, "main", expected=attempt.base, change=dot, kind=VersionKind.MANUAL)
    with pytest.raises(ConflictError):
        _judge(history, attempt, patch, PASS)
    assert history.attempt(attempt.id).state is AttemptState.RETURNED
    assert (history.attempt(attempt.id).verdicts, history.steps(run)) == ((), {})
    version = _judge(history, attempt, patch, PASS, expected=head.id)
    assert version.parents == (head.id,)


def test_a_reply_is_never_replaced_and_a_judgement_given_once(history: History, start: Start, patch: Patch) -> None:
    attempt = start()
    with pytest.raises(StoreError, match="has not returned"):
        _judge(history, attempt, patch, PASS)
    _return(history, attempt, patch)
    with pytest.raises(StoreError, match="returned already"):
        _return(history, attempt, patch)
    with pytest.raises(StoreError, match="returned already"):
        history.attempt_started(attempt)
    _judge(history, attempt, patch, FAIL)
    with pytest.raises(StoreError, match="judged already"):
        _judge(history, attempt, patch, PASS)


def test_an_attempt_without_a_reply_is_started_again(history: History, start: Start) -> None:
    attempt = start()
    history.attempt_started(attempt)
    with pytest.raises(UsageError, match="another rung"):
        history.attempt_started(attempt.model_copy(update={"rung": "second"}))
    assert len(history.attempts(attempt.run)) == 1


def test_a_failed_call_says_why(history: History, start: Start) -> None:
    attempt = start()
    failed = history.attempt_failed(attempt.id, "the service answered 503", cost={"calls": 1})
    assert (failed.state, failed.error) == (AttemptState.FAILED, "the service answered 503")
    assert failed.verdicts == ()


def test_attempts_are_listed_by_step_in_order(history: History, start: Start, run: str) -> None:
    for id, step, number in (("b", "s1", 1), ("a", "s1", 2), ("c", "s2", 1)):
        start(id, step, number)
    assert [a.id for a in history.attempts(run)] == ["b", "a", "c"]
    assert [a.id for a in history.attempts(run, "s1")] == ["b", "a"]
    with pytest.raises(UnknownNameError):
        history.attempt("z")


def test_a_shared_call_counts_once(history: History, start: Start, patch: Patch, run: str) -> None:
    for id, call in (("a", "one"), ("b", "one"), ("c", "two")):
        _return(history, start(id, call_id=call), patch, calls=1, seconds=2.0, money=0.5)
    spent = history.run(run).spent
    assert (spent.attempts, spent.calls, spent.seconds, spent.money) == (3, 2, 4.0, 1.0)


def test_a_run_that_was_taken_over_is_not_written_to(
    history: History, start: Start, patch: Patch, run: str, open_again: Open
) -> None:
    attempt = start()
    _return(history, attempt, patch)
    history.finish_run(run, "interrupted", {})
    with open_again() as other:
        other.claim(run)
        with pytest.raises(LeaseError):
            _judge(history, attempt, patch, PASS)
        resumed = [a for a in other.attempts(run) if a.state is AttemptState.RETURNED]
        again = other.attempt_patch(resumed[0].id)
        assert again is not None
        assert _judge(other, resumed[0], again, PASS).kind is VersionKind.EDIT


def test_an_attempt_belongs_to_a_run_and_a_version(history: History, start: Start, run: str) -> None:
    attempt = start()
    with pytest.raises(UnknownNameError, match="no run 'nothing'"):
        history.attempt_started(attempt.model_copy(update={"id": "b", "run": "nothing"}))
    with pytest.raises(UnknownNameError, match="0000"):
        history.attempt_started(attempt.model_copy(update={"id": "b", "base": "0" * 64}))
    assert [a.id for a in history.attempts(run)] == [attempt.id]


def test_an_unknown_attempt_is_named(history: History, start: Start, patch: Patch) -> None:
    unknown = start().model_copy(update={"id": "nothing"})
    for ask in (
        lambda: _return(history, unknown, patch),
        lambda: _judge(history, unknown, patch, PASS),
        lambda: history.attempt_failed("nothing", "x"),
        lambda: history.attempt_patch("nothing"),
        lambda: history.attempt("nothing"),
    ):
        with pytest.raises(UnknownNameError, match="no attempt 'nothing'"):
            ask()


def test_nothing_may_come_back_and_be_judged(
    history: History, start: Start, run: str, document: int, page: Picture
) -> None:
    attempt = start()
    assert _return(history, attempt, None).box is None
    assert history.attempt_patch(attempt.id) is None
    empty = Patch(Box(0, 0, 0, 0), np.zeros((0, 0, 3), np.uint8), np.zeros((0, 0), np.bool_))
    version = _judge(history, attempt, empty, FAIL)
    assert (version.box, version.kind) == (None, VersionKind.CANDIDATE)
    assert history.checkout(version.id).same_pixels(page)


@pytest.mark.parametrize("box", [Box(0, 0, 0, 0), Box(7, 5, 0, 3), Box(7, 5, 4, 0)])
def test_an_empty_patch_comes_back(history: History, start: Start, box: Box) -> None:
    attempt = start()
    empty = Patch(box, np.zeros((box.height, box.width, 3), np.uint8), np.zeros((box.height, box.width), np.bool_))
    assert _return(history, attempt, empty).box is None
    assert history.attempt(attempt.id).state is AttemptState.RETURNED
    again = history.attempt_patch(attempt.id)
    assert again is not None and again.box == box
    version = _judge(history, attempt, empty, PASS)
    assert (version.box, version.kind) == (None, VersionKind.EDIT)


def test_a_failed_attempt_is_not_judged(history: History, start: Start, patch: Patch, document: int) -> None:
    attempt = start()
    history.attempt_failed(attempt.id, "no reply")
    with pytest.raises(StoreError, match="has not returned"):
        _judge(history, attempt, patch, PASS)
    with pytest.raises(StoreError, match="returned already"):
        _return(history, attempt, patch)
    assert history.branches(document) == {"main": attempt.base}


def test_a_judgement_outside_the_picture_changes_nothing(history: History, start: Start, patch: Patch) -> None:
    attempt = start()
    _return(history, attempt, patch)
    outside = Patch(Box(299, 0, 2, 1), np.zeros((1, 2, 3), np.uint8), np.ones((1, 2), np.bool_))
    with pytest.raises(PictureError):
        _judge(history, attempt, outside, PASS)
    assert history.attempt(attempt.id).state is AttemptState.RETURNED


def test_what_is_no_json_leaves_the_attempt_as_it_was(history: History, start: Start, patch: Patch) -> None:
    attempt = start()
    with pytest.raises(UsageError, match="plain JSON"):
        history.attempt_returned(
            attempt.id, patch, effective={"x": float("inf")}, dropped=(), notes=(), cost={"calls": 1}
        )
    assert history.attempt(attempt.id) == attempt
    assert history.attempt_patch(attempt.id) is None
    _return(history, attempt, patch)
    odd = PASS.model_copy(update={"evidence": {"x": object()}})
    with pytest.raises(UsageError, match="plain JSON"):
        _judge(history, attempt, patch, odd)
    assert history.attempt(attempt.id).state is AttemptState.RETURNED
    assert history.branches(history.document().id) == {"main": attempt.base}


def test_the_giver_of_a_patch_may_change_its_own(history: History, start: Start, patch: Patch) -> None:
    attempt, pixels = start(), patch.pixels.copy()
    _return(history, attempt, patch)
    patch.pixels[:] = 0
    patch.mask[:] = False
    again = history.attempt_patch(attempt.id)
    assert again is not None and np.array_equal(again.pixels, pixels) and again.mask.any()


def test_a_version_made_by_hand_has_no_attempt(history: History, imported: VersionRecord) -> None:
    assert history.attempt_of(imported.id) is None
    assert history.attempt_of("0" * 64) is None


def test_two_attempts_may_give_the_very_same_version(history: History, start: Start, patch: Patch) -> None:
    made = []
    for id in ("a1", "a2"):
        attempt = start(id)
        _return(history, attempt, patch)
        made.append(_judge(history, attempt, patch, FAIL).id)
    assert made[0] == made[1]
    latest = history.attempt_of(made[0])
    assert latest is not None and latest.id == "a2"
