"""The same input gives the same ids in every store, now and later: they are written down here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pytest

from retouch.attempt import Attempt, StepStatus
from retouch.event import Event
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Metadata, Picture
from retouch.plan import Goal, Plan
from retouch.store import History, MemoryStore
from retouch.store.operations.merging import Settlement
from retouch.verdict import Outcome, Verdict
from retouch.version import VersionKind

Told = dict[str, object]

IDS = {
    "import": "fdc0cbeef7b68f37",
    "edit": "f21ab0b46ccc8fb2",
    "manual": "d0723b0f9a936e07",
    "candidate": "5661408d4953745d",
    "import of 16 bits": "7e8f3b40371d8910",
}
"""How the ids begin of the first versions that `work` makes."""


def _page(width: int, height: int, channels: int, dtype: type[np.uint8 | np.uint16]) -> Picture:
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    pixels = ((x * 7 + y * 13 + c * 29) % 251).astype(dtype)
    metadata = Metadata(icc_profile=b"p", dpi=(300.0, 299.5), text=(("作者", "米芾"),), format="PNG")
    return Picture(pixels, metadata)


def _fill(box: Box, value: int, like: Picture) -> Patch:
    pixels = np.full((box.height, box.width, like.pixels.shape[2]), value, like.pixels.dtype)
    return Patch(box, pixels, np.ones((box.height, box.width), np.bool_))


def work(history: History) -> None:
    """A bit of everything that leaves a trace."""
    page = _page(300, 200, 3, np.uint8)
    first = history.import_picture(page, name="蘭亭序", source="page.png", author="someone").id
    document = history.document("蘭亭序").id
    history.create_branch(document, "試", first, author="a")
    one = history.commit(
        document,
        "main",
        expected=first,
        change=_fill(Box(120, 20, 30, 30), 5, page),
        kind=VersionKind.EDIT,
        step="s1",
        message="写 觞",
        record={"seed": 3, "request": {"text": "觞", "strength": 0.5}},
        outcome=Outcome.PASS,
        editor="typeset",
    ).id
    side = history.commit(
        document, "試", expected=first, change=_fill(Box(140, 30, 30, 30), 9, page), kind=VersionKind.MANUAL
    ).id
    tried = history.candidate(document, parent=one, patch=_fill(Box(0, 0, 9, 9), 1, page), outcome=Outcome.FAIL).id
    history.merge(document, side, into="main", author="a", settle=[Settlement(Box(0, 0, 300, 200), "theirs")])
    history.pick(document, tried, branch="main", author="a")
    picked = history.branches(document)["main"]
    history.revert(document, picked, branch="main", author="a", message="doch nicht")
    history.undo(document, "main", author="a")
    history.create_tag(document, "v1", one, author="a")
    history.comment(one, "淡", "b")
    history.mark(tried, "rejected", author="b", reason="濃")
    other = _page(5, 129, 4, np.uint16)
    history.import_picture(other, name="16", source=None, author="a")
    journal(history, document, page)


def journal(history: History, document: int, page: Picture) -> None:
    head = history.branches(document)["main"]
    run = history.begin_run(document, "main", goal=Goal(text="fix it"), options={"calls": 3}, base=head)
    history.save_plan(run, Plan(goal="fix it"), 0)
    history.record_event(run, Event(event="planned", data={"steps": 1}))
    for number, accepted in ((1, False), (2, True)):
        attempt = Attempt(
            id=f"a{number}",
            run=run,
            step="s1",
            number=number,
            rung="first",
            editor="typeset",
            seed=7,
            base=head,
            call_id=f"a{number}",
            request={"instruction": "写"},
        )
        history.attempt_started(attempt)
        patch = _fill(Box(200, 100, 20, 20), number, page)
        history.attempt_returned(attempt.id, patch, effective={}, dropped=(), notes=("n",), cost={"calls": 1})
        outcome = Outcome.PASS if accepted else Outcome.UNSURE
        history.attempt_judged(
            attempt.id,
            [Verdict(verifier="v", outcome=outcome, score=0.5)],
            accepted=accepted,
            branch="main",
            expected=head,
            patch=patch,
            message="写",
            author="agent",
            record={"number": number},
        )
    history.save_step(run, "s2", StepStatus.UNFIXED, "no font has it")
    history.finish_run(run, "ended", {"fixed": 1})


def told(history: History) -> Told:
    """All that a history tells, but for the random names of runs."""
    documents = history.documents()
    versions = [version for document in documents for version in history.versions(document.id)]
    (run,) = history.runs()
    return {
        "documents": documents,
        "versions": versions,
        "references": [(history.branches(d.id), history.tags(d.id), history.moves(d.id)) for d in documents],
        "beside": [(history.comments(v.id), history.marks(v.id)) for v in versions],
        "run": run.model_copy(update={"id": ""}),
        "attempts": [a.model_copy(update={"run": ""}) for a in history.attempts(run.id)],
        "events": [(number, e.model_copy(update={"run": ""})) for number, e in history.events(run.id)],
        "made by": [attempt and attempt.id for attempt in (history.attempt_of(v.id) for v in versions)],
        "tiles": history.stats()["tiles"],
    }


def noon() -> datetime:
    return datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def worked(open_again: Callable[..., History]) -> History:
    history = open_again(noon)
    work(history)
    return history


def test_ids_are_what_they_always_were(worked: History) -> None:
    page, other = (worked.versions(document.id) for document in worked.documents())
    found = {version.kind.value: version.id[:16] for version in page[:4]}
    assert found | {"import of 16 bits": other[0].id[:16]} == IDS


def test_every_store_tells_the_same(worked: History, open_again: Callable[..., History]) -> None:
    with MemoryStore(clock=noon) as plain:
        work(plain)
        expected = told(plain)
    for history in (worked, open_again(noon)):
        found = told(history)
        assert {name for name in expected if found[name] != expected[name]} == set()
