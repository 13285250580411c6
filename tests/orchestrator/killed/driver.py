"""Kills a run between every two things that it writes, resumes it, and tells how that went, a line of JSON each.

`driver.py FOLDER all|stages`: kills before every write of the run, progress and heartbeats included, or only round the
stages of the journal. Each run is a process of its own, forked from this one, so that modules are read once. The calls
of the editor are counted in a file, which a killed process leaves behind.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from retouch import Box, Picture, Plan, Project, Step, TextReads
from retouch.attempt import AttemptState
from retouch.edit import EditRequest
from retouch.editors.scripted import ScriptedEditor
from retouch.errors import EditorError
from retouch.store import Store
from retouch.verdict import Outcome, Verdict

STAGES: tuple[str, ...] = (
    "begin_run",
    "save_plan",
    "save_step",
    "attempt_started",
    "attempt_returned",
    "attempts_returned",
    "attempt_failed",
    "attempt_judged",
    "commit",
    "finish_run",
)
QUIET = ("record_event", "heartbeat")
KILLED = 9
BOXES = {"a": Box(5, 5, 20, 20), "b": Box(45, 5, 20, 20), "c": Box(85, 5, 20, 20)}
"""Steps: `a` is fixed at once, `b` at the second try, `c` never."""
GOOD, BAD = 5, 9


class ByValue:
    """Passes what is painted in the good value."""

    def verify(self, before: Picture, after: Picture, step: Step) -> Verdict:
        assert step.box is not None
        good = bool((after.pixels[step.box.slices] == GOOD).all())
        return Verdict(verifier="value", outcome=Outcome.PASS if good else Outcome.FAIL, score=float(good))


def editor(calls: Path) -> ScriptedEditor:
    def paint(request: EditRequest) -> Any:
        with calls.open("a", encoding="utf-8") as file:
            file.write(f"{request.instruction} {request.rung}\n")
        if request.instruction == "c" and request.rung == "two":
            return EditorError("no reply")
        out = request.canvas.copy()
        out[request.mask] = GOOD if (request.instruction, request.rung) in (("a", "one"), ("b", "two")) else BAD
        return out

    return ScriptedEditor(paint, rungs=("one", "two", "three"), parallel=2)


def page() -> Picture:
    y, x = np.mgrid[0:60, 0:120]
    return Picture(np.stack([x, y, x + y], axis=2).astype(np.uint8))


def start(path: Path, calls: Path, fuse: Callable[[Store], None]) -> None:
    steps = tuple(
        Step(id=name, operation="other", box=box, instruction=name, expectation=TextReads(text="x"))
        for name, box in BOXES.items()
    )
    with Project.open(path, create=True) as project:
        document = project.import_picture(page(), "page")
        assert isinstance(project.store, Store)
        fuse(project.store)
        document.run(plan=Plan(goal="g", steps=steps), editors=[editor(calls)], verifiers=[ByValue()])


def resume(path: Path, calls: Path) -> None:
    with Project.open(path) as project:
        project.resume(editors=[editor(calls)], verifiers=[ByValue()])


def burning(writes: tuple[str, ...], at: int | None, told: Path | None = None) -> Callable[[Store], None]:
    """Lets the process die before its write number `at`; without, writes are told in a file."""

    def fuse(store: Store) -> None:
        done = [0]

        def wrap(name: str) -> None:
            original = getattr(store, name)

            def write(*args: Any, **options: Any) -> Any:
                done[0] += 1
                if done[0] == at:
                    os._exit(KILLED)
                if told is not None:
                    with told.open("a", encoding="utf-8") as file:
                        file.write(f"{name}\n")
                return original(*args, **options)

            setattr(store, name, write)

        for name in writes:
            if hasattr(store, name):
                wrap(name)

    return fuse


def forked(work: Callable[[], None]) -> int:
    """The exit status of `work`, done in a process of its own."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def look(path: Path, calls: Path) -> dict[str, Any]:
    """What is there: calls that were begun, replies that are kept, and how the page looks."""
    told: dict[str, Any] = {"calls": len(calls.read_text().split("\n")) - 1 if calls.exists() else 0}
    with Project.open(path) as project:
        document = project.document()
        runs = project.runs()
        attempts = [attempt for run in runs for attempt in project.store.attempts(run.id)]
        told["replies"] = sum(attempt.state is not AttemptState.STARTED for attempt in attempts)
        told["states"] = [run.state for run in runs]
        told["steps"] = {step: record.status for run in runs for step, record in sorted(run.steps.items())}
        told["pixels"] = zlib.crc32(document.head().picture.pixels.tobytes())
        line = project.store.lineage(document.head().id)
        told["line"] = [project.store.version(ancestor.id).step for ancestor in line]
        told["tries"] = len(attempts)
        told["waiting"] = len(project.interrupted())
    return told


def main(folder: Path, which: str) -> None:
    writes = STAGES + QUIET if which == "all" else STAGES
    names = folder / "names"
    calm = folder / "calm.retouch", folder / "calm.calls"
    assert forked(partial(start, *calm, burning(writes, None, names))) == 0
    print(json.dumps({"at": 0, "after": look(*calm)}), flush=True)
    for at, name in enumerate(names.read_text().split(), 1):
        place = folder / f"{at}.retouch", folder / f"{at}.calls"
        killed = forked(partial(start, *place, burning(writes, at)))
        between = look(*place)
        resumed = forked(partial(resume, *place))
        told = {"at": at, "name": name, "killed": killed, "resumed": resumed}
        print(json.dumps(told | {"between": between, "after": look(*place)}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
