"""The worker: started when it is needed, replaced when it has died, and nothing is promised that is not kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from retouch import errors
from retouch.errors import RetouchError
from retouch.interfaces.web.live import worker as worker_module
from retouch.interfaces.web.live.job import Job
from retouch.interfaces.web.live.order import LETTER, AgainOrder, ContinueOrder, Leave, Order, Stop
from retouch.interfaces.web.live.worker import Worker
from retouch.orchestrator.project import Project


class Ear:
    """Hears what becomes of jobs, and waits for their ends without asking."""

    def __init__(self) -> None:
        self.told: list[Job] = []
        self._changed = threading.Condition()

    def __call__(self, job: Job) -> None:
        with self._changed:
            self.told.append(job)
            self._changed.notify_all()

    def ended(self, job: Job) -> Job:
        with self._changed:
            assert self._changed.wait_for(lambda: self._last(job).state in ("done", "failed"), 60)
        return self._last(job)

    def _last(self, job: Job) -> Job:
        return next(one for one in reversed(self.told) if one.id == job.id)


@pytest.fixture
def project(project_file: Path) -> Iterator[Project]:
    with Project.open(project_file) as opened:
        yield opened


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def worker(ear: Ear) -> Iterator[Worker]:
    made = Worker(ear, lambda job, event: None, grace=5)
    yield made
    made.close()


def test_no_process_before_the_first_job(worker: Worker) -> None:
    assert worker._process is None and worker._thread is None
    assert (worker.jobs(), worker.job("0" * 16), worker.stop("0" * 16, "cancel")) == ((), None, None)


def test_an_error_is_the_jobs_and_the_process_stays_warm(worker: Worker, ear: Ear, project: Project) -> None:
    first = worker.submit("1-1", project, 1, ContinueOrder(run="0" * 16))
    ear.ended(first)
    process = worker._process
    second = worker.submit("1-9", project, 9, ContinueOrder(run="0" * 16))
    ear.ended(second)
    assert process is not None and worker._process is process
    for job, words in ((first, "no run"), (second, "no document number 9")):
        error = ear.ended(job).error
        assert error is not None and (error.status, error.code) == (404, "unknown-name") and words in error.detail
    assert [job.state for job in ear.told] == ["waiting", "running", "failed"] * 2
    process.kill()
    process.join()
    third = worker.submit("1-1", project, 1, AgainOrder(version="main"))
    ear.ended(third)
    assert "made by no step" in str(ear.ended(third).error)
    assert worker._process is not process


def test_no_more_is_taken_than_can_wait(worker: Worker, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "MOST_WAITING", 2)
    monkeypatch.setattr(worker, "_serve", lambda: None)
    for _ in range(2):
        worker.submit("1-1", project, 1, ContinueOrder(run="0" * 16))
    with pytest.raises(RetouchError, match="no more work"):
        worker.submit("1-1", project, 1, ContinueOrder(run="0" * 16))
    waiting = worker.jobs()
    worker.close()
    assert [worker.job(job.id).result for job in waiting] == [  # type: ignore[union-attr]
        {"run": "0" * 16, "state": "not-begun"}
    ] * 2
    with pytest.raises(RetouchError):
        worker.submit("1-1", project, 1, ContinueOrder(run="0" * 16))


def test_jobs_that_ended_long_ago_are_forgotten(
    worker: Worker, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "KEPT_JOBS", 3)
    monkeypatch.setattr(worker, "_serve", lambda: None)
    jobs = []
    for _ in range(6):
        jobs.append(worker.submit("1-1", project, 1, ContinueOrder(run="0" * 16)))
        worker.stop(jobs[-1].id, "cancel")
    assert [worker.job(job.id) is not None for job in jobs] == [False] * 3 + [True] * 3


@pytest.mark.parametrize(
    "letter",
    [
        Order(job="a", project="/p", document=1, work=ContinueOrder(run="r")),
        Order(job="a", project="/p", document=1, work=AgainOrder(version="v", seed=3)),
        Stop(job="a", how="pause"),
        Leave(),
    ],
)
def test_letters_are_read_as_they_were_written(letter: Any) -> None:
    assert LETTER.validate_json(letter.model_dump_json()) == letter


def test_errors_keep_their_kind_across_processes() -> None:
    for kind in ("ConflictError", "PlanError", "LeaseError", "UnavailableError"):
        error = worker_module._raised({"kind": kind, "message": "m", "hint": "h"})
        assert (type(error), error.message, error.hint) == (getattr(errors, kind), "m", "h")
    assert type(worker_module._raised({"kind": "UnreachableError", "message": "m", "hint": ""})) is errors.ServiceError
    for kind in ("annotations", "Nothing", "ClassVar"):
        assert type(worker_module._raised({"kind": kind, "message": "m", "hint": ""})) is RetouchError
