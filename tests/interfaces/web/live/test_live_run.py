"""Runs of the worker, watched, paused, cancelled and killed, each call held at a gate until the test lets it go."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any

import numpy as np

from retouch.geometry import Box
from retouch.orchestrator.project import Project
from retouch.plan import ColourIs, Plan, Step

PLAN = Plan(
    goal="paint", steps=(Step(id="s1", operation="other", box=Box(5, 5, 9, 9), expectation=ColourIs(colour="red")),)
)


def kinds(events: list[Any]) -> list[str]:
    return [told.data["event"] for told in events if told.kind == "event"]


def test_a_run_appears_step_by_step_and_a_reader_that_was_cut_misses_nothing(served: Any) -> None:
    journal: list[Any] = []
    with served.stream() as watching:
        with served.stream() as cut:
            job = served.run("one", "two")
            first = served.gate.call()
            for told in cut:
                if told.kind == "event" and told.id and told.data["event"] == "planned":
                    break
        cursor = told.id
        first.go()
        served.gate.call().go()
        for told in watching:
            journal.append(told)
            if told.kind == "job" and told.data["state"] == "done":
                break
    assert kinds(journal)[0] == "run-started"
    assert {"run-ended", "step-started", "attempt-started", "attempt-returned", "committed", "step-ended"} <= set(
        kinds(journal)
    )
    # What the journal keeps is told to the one that was cut exactly where it was cut.
    kept = [told.data["event"] for told in journal if told.kind == "event" and told.data["event"] in KEPT]
    place = kept.index("planned") + 1
    with served.stream(Last_Event_ID=cursor) as again:
        later = []
        for told in again:
            if told.kind == "changed":
                break
            later.append(told.data["event"])
    assert later == kept[place:]
    run = served.get(f"/jobs/{job}")["run"]
    assert {told.data["run"] for told in journal if told.kind == "event"} == {run}
    head = served.document().head().picture.pixels
    assert (head[Box(5, 5, 20, 20).slices] == [255, 0, 0]).all()


KEPT = {"run-started", "disclosure", "planned", "proofread", "warning", "run-ended"}


def test_the_same_events_are_told_once_to_everybody(served: Any) -> None:
    with served.stream() as one, served.stream() as two:
        job = served.run("one")
        served.gate.call().go()
        served.ended(job)
        told = [[], []]  # type: ignore[var-annotated]
        for reader, seen in ((one, told[0]), (two, told[1])):
            for message in reader:
                if message.kind == "event" and message.data["event"] in KEPT:
                    seen.append((message.id, message.data["event"]))
                    if message.data["event"] == "run-ended":
                        break
    assert told[0] == told[1]
    assert len({cursor for cursor, _ in told[0]}) == len(told[0])


def test_a_pause_lets_the_call_come_to_its_end_and_pays_for_nothing_twice(served: Any) -> None:
    key, job = served.key(), served.run("one", "two")
    call = served.gate.call()
    run = served.get(f"/jobs/{job}")["run"]
    assert served.get(f"/documents/{key}")["running"] == [run]
    assert next(line for line in served.get(f"/documents/{key}/runs")["runs"] if line["id"] == run)["mine"]
    stopped = served.post(f"/documents/{key}/runs/{run}/pause", {}, 202)
    assert stopped == {"run": run, "state": "running", "job": job}
    call.go()
    ended = served.ended(job)
    assert (ended["state"], ended["result"]) == ("done", {"run": run, "state": "interrupted"})
    task = served.post(f"/documents/{key}/runs/{run}/continue", {}, 202)
    second = served.gate.call()
    assert second.instruction == "two"
    second.go()
    assert served.ended(task["job"])["result"]["state"] == "ended"
    record = served.project.store.run(run)
    assert (record.state, record.spent.calls) == ("ended", 2)
    assert [step.status.value for step in record.steps.values()] == ["fixed", "fixed"]


def test_a_cancel_is_heard_in_the_middle_of_a_call(served: Any) -> None:
    key, job = served.key(), served.run("one", "two", "three")
    served.gate.call().go()
    served.gate.call()  # it is never let go
    run = served.get(f"/jobs/{job}")["run"]
    served.post(f"/documents/{key}/runs/{run}/cancel", {}, 202)
    ended = served.ended(job)
    assert ended["result"] == {"run": run, "state": "failed", "cancelled": True}
    record = served.project.store.run(run)
    assert record.summary["reason"] == "the run was cancelled by agent"
    assert [step.status.value for step in record.steps.values()] == ["fixed", "unfixed", "skipped"]
    assert served.document().head().record.kind.value == "edit"
    for act, status in (("continue", 409), ("cancel", 409), ("pause", 409)):
        served.post(f"/documents/{key}/runs/{run}/{act}", {}, status)


def test_an_interrupted_run_is_given_up_at_once(served: Any) -> None:
    key, job = served.key(), served.run("one", "two")
    call = served.gate.call()
    run = served.get(f"/jobs/{job}")["run"]
    served.post(f"/documents/{key}/runs/{run}/pause", {}, 202)
    call.go()
    served.ended(job)
    assert served.post(f"/documents/{key}/runs/{run}/cancel", {}, 202) == {"run": run, "state": "failed", "job": None}


def test_a_run_that_was_gone_on_with_can_still_be_given_up(served: Any) -> None:
    key, job = served.key(), served.run("one", "two")
    call = served.gate.call()
    run = served.get(f"/jobs/{job}")["run"]
    served.post(f"/documents/{key}/runs/{run}/pause", {}, 202)
    call.go()
    served.ended(job)
    task = served.post(f"/documents/{key}/runs/{run}/continue", {}, 202)
    served.gate.call()  # it is never let go
    served.post(f"/documents/{key}/runs/{run}/cancel", {}, 202)
    assert served.ended(task["job"])["result"] == {"run": run, "state": "failed", "cancelled": True}
    assert served.project.store.run(run).state == "failed"


def test_a_run_that_waits_to_be_gone_on_with_can_be_given_up(served: Any) -> None:
    key, job = served.key(), served.run("one", "two")
    call = served.gate.call()
    run = served.get(f"/jobs/{job}")["run"]
    served.post(f"/documents/{key}/runs/{run}/pause", {}, 202)
    call.go()
    served.ended(job)
    other = served.run("three", name="other")
    call = served.gate.call()
    task = served.post(f"/documents/{key}/runs/{run}/continue", {}, 202)
    assert served.post(f"/documents/{key}/runs/{run}/cancel", {}, 202)["state"] == "failed"
    assert served.ended(task["job"])["result"]["state"] == "not-begun"
    assert served.project.store.run(run).state == "failed"
    call.go()
    served.ended(other)


def test_a_worker_that_is_killed_leaves_a_run_that_goes_on(served: Any) -> None:
    key, job = served.key(), served.run("one", "two")
    served.gate.call().go()
    call = served.gate.call()
    assert call.process != os.getpid()
    os.kill(call.process, signal.SIGKILL)
    ended = served.ended(job)
    run = ended["run"]
    assert ended["state"] == "failed"
    assert "signal 9" in ended["error"]["detail"]
    assert served.project.store.run(run).state == "interrupted"
    task = served.post(f"/documents/{key}/runs/{run}/continue", {}, 202)
    again = served.gate.call()
    assert (again.instruction, again.process != call.process) == ("two", True)
    again.go()
    assert served.ended(task["job"])["result"]["state"] == "ended"
    assert served.project.store.run(run).spent.calls == 2


def test_documents_are_worked_on_one_after_the_other(served: Any) -> None:
    first, second = served.run("one"), served.run("two", name="other")
    call = served.gate.call()
    assert call.instruction == "one"
    assert [job["state"] for job in served.get("/jobs")["jobs"]] == ["running", "waiting"]
    dropped = served.run("three", name="other")
    assert served.post(f"/jobs/{dropped}/cancel", {}, 202)["result"] == {"run": None, "state": "not-begun"}
    call.go()
    served.gate.call().go()
    assert served.ended(first)["state"] == served.ended(second)["state"] == "done"
    assert served.get("/jobs")["jobs"] == []
    assert len(served.project.runs()) == 2
    served.post(f"/jobs/{first}/cancel", {}, 409)


def test_a_run_of_another_process_is_seen(served: Any, project_file: Path) -> None:
    with served.stream(f"?documents={served.key()}") as events, Project.open(project_file) as other:
        assert next(events).kind == "changed"
        document = other.document("page")
        document.comment("HEAD", "from elsewhere")
        changed = next(events)
        assert (changed.kind, changed.data["doc"]) == ("changed", served.key())
        assert changed.data["revision"] == served.get(f"/documents/{served.key()}")["revision"]
        report = document.run(plan=PLAN, editors=["scripted?colour=red"], verifiers=["scripted"])
        seen = []
        for told in events:
            if told.kind == "event":
                seen.append((told.data["run"], told.data["event"]))
                if told.data["event"] == "run-ended":
                    break
    assert {run for run, _ in seen} == {report.run}
    assert next(kind for _, kind in seen) == "run-started"


def test_a_run_alive_in_another_process_is_left_alone(served: Any, project_file: Path) -> None:
    key, job = served.key(), served.run("one", "two")
    call = served.gate.call()
    run = served.get(f"/jobs/{job}")["run"]
    served.post(f"/documents/{key}/runs/{run}/pause", {}, 202)
    call.go()
    served.ended(job)
    with Project.open(project_file) as other:
        other.store.claim(run)
        for act in ("pause", "cancel", "continue"):
            told = served.post(f"/documents/{key}/runs/{run}/{act}", {}, 409)
            assert told["code"] == "lease"


def test_a_server_that_ends_pauses_its_run_and_keeps_the_reply(project_file: Path, part: Any, serve: Any) -> None:
    with serve(project_file, part) as made:
        job = made.run("one", "two")
        call = made.gate.call()
        run = made.get(f"/jobs/{job}")["run"]
        paused = told_to_stop(made.server._server._studio.worker)
        with made.stream() as events:
            made.server._server.should_exit = True
            assert all(told.kind in ("changed", "event", "job") for told in events)  # it ends, so that the server can
        assert paused.wait(60)
        call.go()
        made.thread.join(60)
    with Project.open(project_file) as project:
        record = project.store.run(run)
        assert (record.state, record.spent.calls) == ("interrupted", 1)
        assert [attempt.state.value for attempt in project.store.attempts(run)] == ["judged"]


def test_a_step_is_done_again_in_the_worker(served: Any) -> None:
    key, job = served.key(), served.run("one")
    served.gate.call().go()
    assert served.ended(job)["state"] == "done"
    made = served.document().head()
    wish = {"version": made.id, "editor": "gated?colour=lime", "box": [40, 30, 10, 10], "seed": 5}
    task = served.post(f"/documents/{key}/again", wish, 202)
    served.gate.call().go()
    ended = served.ended(task["job"])
    assert ended["result"]["move"]["branch"] == "again-1"
    pixels = served.document().head("again-1").picture.pixels
    assert (pixels[Box(40, 30, 10, 10).slices] == [0, 255, 0]).all()
    before = made.parents[0].picture.pixels.copy()
    before[Box(40, 30, 10, 10).slices] = [0, 255, 0]
    assert np.array_equal(pixels, before)


def test_a_person_answers_a_run_that_asks(served: Any) -> None:
    key, job = served.key(), served.run("one", review=True)
    served.gate.call().go()
    assert served.ended(job)["state"] == "done"
    waiting = served.get(f"/documents/{key}/waiting")["steps"][0]
    place = f"/documents/{key}/steps/{waiting['run']}/{waiting['step']['id']}"
    task = served.post(f"{place}/edit", {"instruction": "two", "editors": ["gated?colour=lime"]}, 202)
    call = served.gate.call()
    assert call.instruction == "two"
    call.go()
    result = served.ended(task["job"])["result"]
    assert result["answer"]["step"] == waiting["step"]["id"]
    waiting = served.get(f"/documents/{key}/waiting")["steps"][0]
    head = served.document().head().id
    accepted = served.post(
        f"/documents/{key}/steps/{waiting['run']}/{waiting['step']['id']}/accept", {}, If_Match=f'"{head}"'
    )
    assert accepted["answer"]["status"] == "fixed"
    assert accepted["move"] == {"branch": "main", "origin": head, "target": served.document().head().id}


def told_to_stop(worker: Any) -> threading.Event:
    """Set once the worker's process was told to stop something."""
    told, send = threading.Event(), worker._send

    def sending(letter: object, **how: bool) -> None:
        send(letter, **how)
        if type(letter).__name__ == "Stop":
            told.set()

    worker._send = sending
    return told
