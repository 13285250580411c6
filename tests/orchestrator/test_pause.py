"""A run that is paused stops before its next attempt; calls that are under way come to their end and are kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from retouch.edit import EditRequest
from retouch.editors.scripted import ScriptedEditor
from retouch.errors import CancelledError
from retouch.orchestrator.cancel import Cancel
from retouch.orchestrator.document import Document
from retouch.plan import Plan, Step


def test_calls_under_way_are_waited_for(
    document: Document, step: Callable[..., Step], plan: Callable[..., Plan], judge: Callable[..., Any]
) -> None:
    cancel, together = Cancel(), threading.Barrier(2)

    def paint(request: EditRequest) -> Any:
        together.wait(20)
        cancel.pause()
        out = request.canvas.copy()
        out[request.mask] = 7
        return out

    steps = [step(f"s{place}", (5 + 40 * place, 5, 20, 20)) for place in range(4)]
    editor = ScriptedEditor(paint, parallel=2)
    # Two at once, and the others wait for them.
    steps[2] = steps[2].model_copy(update={"after": ("s0",)})
    steps[3] = steps[3].model_copy(update={"after": ("s1",)})
    with pytest.raises(CancelledError, match="paused"):
        document.run(plan=plan(*steps), editors=[editor], verifiers=[judge()], cancel=cancel)
    run = document.project.runs()[0]
    attempts = document.project.store.attempts(run.id)
    assert run.state == "interrupted"
    assert sorted((attempt.step, attempt.state.value) for attempt in attempts) == [("s0", "judged"), ("s1", "judged")]
    assert run.spent.calls == 2


def test_a_cancel_goes_before_a_pause() -> None:
    cancel = Cancel()
    cancel.raise_if_stopping()
    cancel.pause()
    assert cancel.patient and not cancel.cancelled
    cancel.raise_if_cancelled()  # what calls ask
    cancel.cancel()
    assert not cancel.patient
    with pytest.raises(CancelledError, match="stopped"):
        cancel.raise_if_stopping()


def test_a_step_may_name_its_seed(
    document: Document, step: Callable[..., Step], plan: Callable[..., Plan], judge: Callable[..., Any]
) -> None:
    from retouch.verdict import Outcome

    editor = ScriptedEditor(colour="red", rungs=("one", "two", "three"))
    report = document.run(
        plan=plan(step("s1", (5, 5, 20, 20), seed=2**32 - 1)), editors=[editor], verifiers=[judge(Outcome.FAIL)]
    )
    attempts = document.project.store.attempts(str(report.run))
    assert [attempt.seed for attempt in attempts] == [2**32 - 1, 0, 1]
    assert [request.seed for request in editor.requests] == [2**32 - 1, 0, 1]
