"""Interrupted at any stage, a run goes on without paying twice; what was spent counts; a moved head is respected."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retouch.attempt import AttemptState, StepStatus
from retouch.edit import EditRequest
from retouch.editors.scripted import ScriptedEditor
from retouch.errors import LeaseError, UsageError
from retouch.orchestrator.budget import Budget
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture
from retouch.plan import Plan, Step
from retouch.store import Store
from retouch.verdict import Outcome

MakeStep = Callable[..., Step]
MakePlan = Callable[..., Plan]


def paint(request: EditRequest) -> Any:
    out = request.canvas.copy()
    out[request.mask] = 5
    return out


def killing(monkeypatch: pytest.MonkeyPatch, method: str, when: str) -> Callable[[], None]:
    """The store's `method` ends the process before or after its second call; returns what lifts that."""
    original = getattr(Store, method)
    calls = {"n": 0}

    def killed(self: Store, *args: Any, **options: Any) -> Any:
        calls["n"] += 1
        if calls["n"] != 2:
            return original(self, *args, **options)
        if when == "after":
            original(self, *args, **options)
        raise SystemExit(137)

    # A killed process writes nothing any more, so the run is not marked as interrupted either.
    monkeypatch.setattr(Store, method, killed)
    monkeypatch.setattr(Store, "finish_run", lambda *args: None)
    return monkeypatch.undo


@pytest.mark.parametrize(
    ("method", "when", "calls", "left"),
    [
        ("attempt_started", "before", 1, None),
        ("attempt_started", "after", 1, AttemptState.STARTED),
        ("attempt_returned", "before", 2, AttemptState.STARTED),
        ("attempt_returned", "after", 2, AttemptState.RETURNED),
        ("attempt_judged", "before", 2, AttemptState.RETURNED),
        ("attempt_judged", "after", 2, AttemptState.JUDGED),
    ],
)
def test_killed_at_any_stage_no_reply_is_paid_for_twice(
    tmp_path: Path,
    page: Picture,
    plan: MakePlan,
    step: MakeStep,
    judge: Any,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    when: str,
    calls: int,
    left: AttemptState | None,
) -> None:
    editor, path = ScriptedEditor(paint), tmp_path / "p.retouch"
    steps = [step(f"s{i}", (5 + 40 * i, 5, 20, 20)) for i in range(3)]
    with Project.open(path, create=True) as project:
        lift = killing(monkeypatch, method, when)
        with pytest.raises(SystemExit):
            project.import_picture(page, "page").run(plan=plan(*steps), editors=[editor], verifiers=[judge()])
        lift()
    assert editor.calls == calls
    with Project.open(path) as project:
        (waiting,) = project.interrupted()
        states = [a.state for a in project.store.attempts(waiting.id, "s1")]
        assert states == ([] if left is None else [left])
        (report,) = project.resume(editors=[editor], verifiers=[judge()])
        assert [s.status for s in report.steps] == [StepStatus.FIXED] * 3 and report.exit_code == 0
        # Three steps need three calls; only a reply that never reached the journal is asked for again.
        assert editor.calls == 3 + (method == "attempt_returned" and when == "before")
        pixels = project.document().head().picture.pixels
        assert all((pixels[5:25, 5 + 40 * i : 25 + 40 * i] == 5).all() for i in range(3))
        attempts = project.store.attempts(waiting.id)
        assert len(attempts) == 3 and all(a.state is AttemptState.JUDGED for a in attempts)
        assert project.interrupted() == () and project.resume() == ()


def test_a_rejected_try_is_not_repeated_and_the_ladder_goes_on(
    tmp_path: Path, page: Picture, plan: MakePlan, step: MakeStep, judge: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = ScriptedEditor(paint, rungs=("one", "two", "three"))
    path = tmp_path / "p.retouch"
    with Project.open(path, create=True) as project:
        lift = killing(monkeypatch, "attempt_started", "before")
        with pytest.raises(SystemExit):
            project.import_picture(page, "page").run(
                plan=plan(step("a", (5, 5, 20, 20))), editors=[editor], verifiers=[judge(Outcome.FAIL)]
            )
        lift()
    with Project.open(path) as project:
        (report,) = project.resume(editors=[editor], verifiers=[judge(Outcome.FAIL)])
    assert [r.rung for r in editor.requests] == ["one", "two", "three"]
    assert report.steps[0].attempts == 3 and report.steps[0].status is StepStatus.UNFIXED


def test_spent_calls_count_after_resuming(
    tmp_path: Path, page: Picture, plan: MakePlan, step: MakeStep, judge: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor, path = ScriptedEditor(paint), tmp_path / "p.retouch"
    steps = [step(f"s{i}", (5 + 40 * i, 5, 20, 20)) for i in range(4)]
    with Project.open(path, create=True) as project:
        lift = killing(monkeypatch, "attempt_judged", "after")
        with pytest.raises(SystemExit):
            project.import_picture(page, "page").run(
                plan=plan(*steps), editors=[editor], verifiers=[judge()], budget=Budget(calls=3)
            )
        lift()
    with Project.open(path) as project:
        (report,) = project.resume(editors=[editor], verifiers=[judge()])
    assert editor.calls == 3 and report.calls.editor == 3 and report.exit_code == 5
    assert [s.status for s in report.steps] == [StepStatus.FIXED] * 3 + [StepStatus.UNFIXED]


@pytest.mark.parametrize(("box", "status"), [((120, 100, 9, 9), "fixed"), ((50, 10, 5, 5), "needs-review")])
def test_a_head_that_moved_meanwhile(
    tmp_path: Path,
    page: Picture,
    plan: MakePlan,
    step: MakeStep,
    judge: Any,
    monkeypatch: pytest.MonkeyPatch,
    box: tuple[int, int, int, int],
    status: str,
) -> None:
    """A person's edit elsewhere is kept and built upon; one in the step's own region leaves the step to a person."""
    editor, path = ScriptedEditor(paint), tmp_path / "p.retouch"
    steps = [step("s0", (5, 5, 20, 20)), step("s1", (45, 5, 20, 20))]
    with Project.open(path, create=True) as project:
        lift = killing(monkeypatch, "attempt_started", "before")
        with pytest.raises(SystemExit):
            project.import_picture(page, "page").run(plan=plan(*steps), editors=[editor], verifiers=[judge()])
        lift()
    x, y, width, height = box
    with Project.open(path) as project:
        document = project.document()
        pixels = document.head().picture.pixels.copy()
        pixels[y : y + height, x : x + width] = 123
        document.commit(Picture(pixels), "by hand")
        (report,) = project.resume(editors=[editor], verifiers=[judge()])
        assert [s.status.value for s in report.steps] == ["fixed", status]
        after = document.head().picture.pixels
        assert (after[y : y + height, x : x + width] == 123).all()
        assert (after[5:25, 5:25] == 5).all() and (after[5:25, 45:65] == 5).all() == (status == "fixed")


def test_a_branch_moved_by_someone_else_while_the_run_is_alive(
    document: Document, page: Picture, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    """A commit from outside between two steps: the first conflict is met, the outside edit stays."""
    fired: list[bool] = []

    def meddle(request: EditRequest) -> Any:
        if not fired:
            fired.append(True)
            pixels = document.head().picture.pixels.copy()
            pixels[120:130, 100:110] = 200
            document.commit(Picture(pixels), "from outside")
        return paint(request)

    report = document.run(
        plan=plan(step("a", (5, 5, 20, 20)), step("b", (100, 120, 30, 30))),
        editors=[ScriptedEditor(meddle)],
        verifiers=[judge()],
    )
    assert [s.status.value for s in report.steps] == ["fixed", "fixed"] or report.steps[1].reason
    after = document.head().picture.pixels
    assert (after[5:25, 5:25] == 5).all()
    kinds = [v.record.kind.value for v in document.log()]
    assert "manual" in kinds


def test_a_live_run_cannot_be_resumed_twice(
    document: Document, project: Project, plan: MakePlan, step: MakeStep, judge: Any
) -> None:
    def second(request: EditRequest) -> Any:
        with Project.open(project.path) as other, pytest.raises(LeaseError):
            other.resume(editors=[ScriptedEditor(paint)], verifiers=[judge()])
        return paint(request)

    report = document.run(plan=plan(step("a", (5, 5, 20, 20))), editors=[ScriptedEditor(second)], verifiers=[judge()])
    assert report.exit_code == 0


def test_objects_must_be_given_again(
    document: Document,
    project: Project,
    plan: MakePlan,
    step: MakeStep,
    judge: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lift = killing(monkeypatch, "attempt_started", "before")
    with pytest.raises(SystemExit):
        document.run(
            plan=plan(step("a", (5, 5, 20, 20), after=()), step("b", (50, 5, 20, 20))),
            editors=[ScriptedEditor(paint)],
            verifiers=[judge()],
        )
    lift()
    (waiting,) = project.store.runs()
    project.store.finish_run(waiting.id, "interrupted", {})
    with pytest.raises(UsageError, match="must be given it again"):
        project.resume()
    assert len(project.interrupted()) == 1


def test_a_process_killed_for_good_leaves_a_run_that_goes_on(tmp_path: Path) -> None:
    """A real process, really ended in the middle of its second call."""
    script = textwrap.dedent(
        """
        import os, sys
        from pathlib import Path
        import numpy as np
        from retouch import Box, Picture, Plan, Project, Step, TextReads
        from retouch.editors.scripted import ScriptedEditor
        from retouch.verdict import Outcome, Verdict

        class Yes:
            def verify(self, before, after, step):
                return Verdict(verifier="yes", outcome=Outcome.PASS, score=1.0)

        def paint(request):
            if len(editor.requests) == 2 and sys.argv[2] == "die":
                os._exit(9)
            out = request.canvas.copy()
            out[request.mask] = 5
            return out

        editor = ScriptedEditor(paint)
        with Project.open(Path(sys.argv[1]), create=True) as project:
            if sys.argv[2] == "die":
                y, x = np.mgrid[0:60, 0:120]
                page = project.import_picture(Picture(np.stack([x, y, x + y], axis=2).astype(np.uint8)), "page")
                boxes = [Box(5 + 40 * i, 5, 20, 20) for i in range(3)]
                steps = tuple(
                    Step(id=f"s{i}", operation="other", box=b, expectation=TextReads(text="x"))
                    for i, b in enumerate(boxes)
                )
                page.run(plan=Plan(goal="g", steps=steps), editors=[editor], verifiers=[Yes()])
            else:
                (report,) = project.resume(editors=[editor], verifiers=[Yes()])
                print(editor.calls, report.exit_code, *(step.attempts for step in report.steps))
        """
    )
    run = [sys.executable, "-c", script, str(tmp_path / "p.retouch")]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    died = subprocess.run([*run, "die"], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert died.returncode == 9, died.stderr
    went_on = subprocess.run([*run, "resume"], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert went_on.stdout.split() == ["2", "0", "1", "1", "1"], went_on.stderr
    with Project.open(tmp_path / "p.retouch") as project:
        assert np.array_equal(project.document().head().picture.pixels[5:25, 85:105], np.full((20, 20, 3), 5))
