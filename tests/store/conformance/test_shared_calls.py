"""Attempts that share a call: what came back for all of them is written at once, and its cost counts once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from retouch.attempt import Attempt, AttemptState
from retouch.errors import StoreError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.store import History, Reply

Start = Callable[..., Attempt]
COST = {"calls": 1, "seconds": 2.0, "money": 0.5}


def test_replies_of_one_call_come_together_and_cost_once(
    history: History, start: Start, page: Picture, patch_of: Callable[..., Patch]
) -> None:
    one, two = start("a1", step="s1", call_id="a1"), start("a2", step="s2", call_id="a1")
    patches = [patch_of(page, Box(10, 10, 20, 20)), patch_of(page, Box(60, 10, 20, 20))]
    replies = [Reply(a.id, p, {"steps": 4}, cost=COST, notes=("n",)) for a, p in zip((one, two), patches, strict=True)]
    returned = history.attempts_returned(replies)
    assert [a.state for a in returned] == [AttemptState.RETURNED] * 2 and returned[1].box == Box(60, 10, 20, 20)
    assert history.run(one.run).spent.calls == 1
    for attempt, patch in zip(returned, patches, strict=True):
        kept = history.attempt_patch(attempt.id)
        assert kept is not None and kept.box == patch.box and attempt.notes == ("n",)


def test_a_call_that_failed_fails_for_all(history: History, start: Start) -> None:
    one, two = start("a1", step="s1", call_id="a1"), start("a2", step="s2", call_id="a1")
    failed = history.attempts_returned([Reply(a.id, error="black", cost=COST) for a in (one, two)])
    assert [(a.state, a.error) for a in failed] == [(AttemptState.FAILED, "black")] * 2
    assert history.run(one.run).spent.calls == 1


def test_one_that_has_an_answer_already_leaves_the_others_without(history: History, start: Start) -> None:
    one, two = start("a1", step="s1", call_id="a1"), start("a2", step="s2", call_id="a1")
    history.attempts_returned([Reply(two.id, error="black")])
    with pytest.raises(StoreError):
        history.attempts_returned([Reply(one.id, error="x"), Reply(two.id, error="x")])
    assert history.attempt(one.id).state is AttemptState.STARTED
