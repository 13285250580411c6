"""The first proofreading of a run: what it is kept for, and how it is stopped."""

from __future__ import annotations

from typing import Any

import pytest

from retouch.errors import CancelledError
from retouch.orchestrator.cancel import Cancel
from retouch.orchestrator.document import Document
from retouch.verifiers.proofreader import Proofreader


def test_a_run_that_is_stopped_while_it_reads_leaves_the_project_as_it_was(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel, shares = Cancel(), []
    whole = Proofreader.proofread

    def stopped(self: Proofreader, *args: Any, progress: Any, **more: Any) -> Any:
        def report(share: float) -> None:
            shares.append(share)
            cancel.cancel()
            progress(share)

        return whole(self, *args, progress=report, **more)

    monkeypatch.setattr(Proofreader, "proofread", stopped)
    with pytest.raises(CancelledError) as caught:
        document.fix("literal:永和", cancel=cancel)
    assert caught.value.exit_code == 130 and "nothing was begun" in caught.value.hint
    assert len(shares) == 1 and shares[0] < 1, "it stopped at the first stage's end"
    assert document.project.interrupted() == ()
    assert [version.record.kind for version in document.log()] == ["import"]


def test_a_run_that_was_stopped_before_reads_nothing(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Proofreader, "proofread", lambda *args, **more: pytest.fail("the page was read"))
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(CancelledError):
        document.fix("literal:永和", cancel=cancel)


def test_a_proofreading_tells_where_its_text_came_from(document: Document) -> None:
    assert document.check("literal:永和", shapes=False).source == "literal"
    assert document.check(None, shapes=False).source is None
