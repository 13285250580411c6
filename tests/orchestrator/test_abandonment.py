"""A run that was given up: what it did stays, what it did not is said, and it is never gone on with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from retouch.edit import EditRequest
from retouch.editors.scripted import ScriptedEditor
from retouch.errors import CancelledError, ConflictError, LeaseError, UsageError
from retouch.orchestrator.cancel import Cancel
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import Plan, Step

BOXES = {"s1": (5, 5, 20, 20), "s2": (60, 5, 20, 20), "s3": (120, 5, 20, 20)}


@pytest.fixture
def stopped(
    document: Document, step: Callable[..., Step], plan: Callable[..., Plan], judge: Callable[..., Any]
) -> tuple[Document, str]:
    """A run that was stopped during its second step's call."""
    cancel, asked = Cancel(), []

    def paint(request: EditRequest) -> Any:
        asked.append(request)
        if len(asked) == 2:
            cancel.cancel()
            raise CancelledError("stopped by the user")
        out = request.canvas.copy()
        out[request.mask] = 7
        return out

    steps = [step(name, box, after=(before,) if before else ()) for (name, box), before in _in_turn()]
    with pytest.raises(CancelledError):
        document.run(plan=plan(*steps), editors=[ScriptedEditor(paint)], verifiers=[judge()], cancel=cancel)
    return document, document.project.runs()[0].id


def _in_turn() -> list[tuple[tuple[str, tuple[int, int, int, int]], str | None]]:
    return list(zip(BOXES.items(), [None, *list(BOXES)[:-1]], strict=True))


def test_what_was_done_stays_and_the_rest_is_told(stopped: tuple[Document, str]) -> None:
    document, run = stopped
    head = document.head().id
    record = document.project.give_up(run)
    assert (record.state, record.alive, record.summary["cancelled"]) == ("failed", False, True)
    assert {name: str(step.status) for name, step in record.steps.items()} == {
        "s1": "fixed",
        "s2": "unfixed",
        "s3": "skipped",
    }
    assert record.steps["s2"].reason == "the run was cancelled by agent while it was tried"
    assert record.steps["s3"].reason == "the run was cancelled by agent before it was tried"
    assert document.head().id == head == record.steps["s1"].version
    assert document.waiting() == ()
    assert document.project.store.events(run)[-1][1].event == "run-ended"


def test_it_is_not_gone_on_with(stopped: tuple[Document, str]) -> None:
    document, run = stopped
    document.project.give_up(run)
    assert document.project.interrupted() == ()
    with pytest.raises(UsageError, match="failed"):
        document.project.resume_run(run, editors=["inpaint"], verifiers=["scripted"])
    with pytest.raises(UsageError, match="failed"):
        document.project.give_up(run)


def test_a_run_alive_elsewhere_is_left_alone(stopped: tuple[Document, str]) -> None:
    document, run = stopped
    with Project.open(document.project.path) as other:
        other.store.claim(run)
        with pytest.raises(LeaseError):
            document.project.give_up(run)
    assert document.project.store.run(run).state == "running"


def test_what_moves_a_branch_can_be_held_to_what_was_seen(document: Document, page: Picture) -> None:
    seen = document.head().id
    changed = Picture(255 - page.pixels, page.metadata)
    head = document.commit(changed).id
    document.create_branch("red", seen)
    acts: list[Callable[[], object]] = [
        lambda: document.rollback(seen, expected=seen),
        lambda: document.undo(expected=seen),
        lambda: document.revert(head, expected=seen),
        lambda: document.pick(head, expected=seen),
        lambda: document.merge("red", expected=seen),
        lambda: document.delete_branch("main", expected=seen),
    ]
    for act in acts:
        with pytest.raises(ConflictError):
            act()
        assert document.branches == {"main": head, "red": seen}
    assert document.rollback(seen, expected=head).target == seen
