"""The worker: one process per server, in which one job after the other is worked on, so that no page ever waits."""

from __future__ import annotations

import atexit
import json
import multiprocessing
import secrets
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, Literal

from retouch import errors
from retouch.errors import RetouchError
from retouch.event import Event
from retouch.interfaces.web.live import workshop
from retouch.interfaces.web.live.job import Job
from retouch.interfaces.web.live.order import Leave, Letter, Order, Stop, Work
from retouch.interfaces.web.problem import problem_of
from retouch.orchestrator.project import Project

KEPT_JOBS = 500
"""Jobs that are remembered after their end, the newest ones."""
MOST_WAITING = 100
"""Jobs that may wait."""
_GRACE = 10.0
"""Seconds that a call under way has to come back when the server ends; a short one is never paid for twice."""
_PATIENCE = 5.0
"""Seconds until a worker that was told to stop at once is killed; what it had written down is safe."""

Told = Callable[[Job], None]
Heard = Callable[[Job, Event], None]
How = Literal["pause", "halt", "cancel"]


class Worker:
    """Started with the first job and warm from then on. Safe to use from several threads.

    `told` hears of each change of a job, `heard` of what runs tell; both are called in the worker's
    own thread. If the process dies, its run is `interrupted` and can be gone on with, and the next job has a new one.
    """

    def __init__(self, told: Told, heard: Heard, *, grace: float = _GRACE) -> None:
        self._told = told
        self._heard = heard
        self._grace = grace
        self._lock = threading.Condition()
        self._sending = threading.Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._waiting: deque[tuple[Job, Project, Order]] = deque()
        self._at_work: tuple[str, Project] | None = None
        self._thread: threading.Thread | None = None
        self._process: SpawnProcess | None = None
        self._channel: Connection | None = None
        self._closing = False

    # asking

    def submit(self, doc: str, project: Project, document: int, work: Work) -> Job:
        """Take an order for the document of key `doc`; RetouchError if too many wait, or the server is ending."""
        order = Order(job=secrets.token_hex(8), project=str(project.path.resolve()), document=document, work=work)
        job = Job(id=order.job, doc=doc, kind=work.kind, state="waiting", run=order.run)
        with self._lock:
            if self._closing or len(self._waiting) >= MOST_WAITING:
                raise RetouchError("no more work can be taken now", hint="wait until some of it is done")
            self._waiting.append((job, project, order))
            self._keep(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="retouch-worker", daemon=True)
                self._thread.start()
                atexit.register(self.close)
            self._lock.notify_all()
        self._told(job)
        return job

    def job(self, job_id: str) -> Job | None:
        """The job as it stands, None if it is unknown or long forgotten."""
        with self._lock:
            return self._jobs.get(job_id)

    def jobs(self) -> tuple[Job, ...]:
        """Jobs that wait or are worked on, the oldest first."""
        with self._lock:
            return tuple(job for job in self._jobs.values() if job.state in ("waiting", "running"))

    def job_of(self, run: str) -> Job | None:
        """The job that works on a run, or waits to."""
        return next((job for job in self.jobs() if job.run == run), None)

    def stop(self, job_id: str, how: How) -> Job | None:
        """Stop a job: one that waits is not begun, one under way hears of it at once. None if it is neither."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is None or job.state not in ("waiting", "running"):
                return None
            left = [entry for entry in self._waiting if entry[0].id != job_id]
            begun = len(left) == len(self._waiting)
            self._waiting = deque(left)
        if begun:
            self._send(Stop(job=job_id, how=how))
            return job
        return self._change(job_id, state="done", result={"run": job.run, "state": "not-begun"})

    def close(self) -> None:
        """Pause what is under way and end the process. What does not come back in time is stopped, then killed."""
        with self._lock:
            self._closing = True
            dropped, self._waiting = list(self._waiting), deque()
            current = self._at_work
            self._lock.notify_all()
        for job, _, _ in dropped:
            self._change(job.id, state="done", result={"run": job.run, "state": "not-begun"})
        if self._thread is not None and self._thread is not threading.current_thread():
            for how, seconds in (("pause", self._grace), ("halt", _PATIENCE)):
                if current is not None and self._thread.is_alive():
                    self._send(Stop(job=current[0], how=how))
                self._thread.join(seconds)
            if self._thread.is_alive() and self._process is not None:
                self._process.kill()
                self._thread.join()
        atexit.unregister(self.close)

    # the worker's own thread

    def _serve(self) -> None:
        while (entry := self._next()) is not None:
            job, project, order = entry
            self._change(job.id, state="running")
            try:
                self._carry_out(order)
            except (EOFError, OSError) as error:
                self._bury(job.id, project, error)
            with self._lock:
                self._at_work = None
        self._dismiss()

    def _next(self) -> tuple[Job, Project, Order] | None:
        with self._lock:
            while not self._waiting and not self._closing:
                self._lock.wait()
            if self._closing:
                return None
            entry = self._waiting.popleft()
            self._at_work = (entry[0].id, entry[1])
            return entry

    def _carry_out(self, order: Order) -> None:
        channel = self._manned()
        self._send(order, strict=True)
        with self._lock:
            late = self._closing
        if late:  # `close` may have spoken before there was anybody to hear it
            self._send(Stop(job=order.job, how="pause"))
        while True:
            told: dict[str, Any] = json.loads(channel.recv_bytes())
            if "event" in told:
                self._heard(self._jobs[order.job], Event.model_validate(told["event"]))
            elif "error" in told:
                self._change(order.job, state="failed", error=problem_of(_raised(told["error"])))
                return
            elif "result" in told:
                run = told["result"]["run"] or self._jobs[order.job].run
                self._change(order.job, state="done", result=told["result"], run=run)
                return
            else:
                self._change(order.job, run=told["run"])

    def _manned(self) -> Connection:
        """The channel to a living process, which is started where there is none."""
        if self._process is not None and self._channel is not None and self._process.is_alive():
            return self._channel
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=workshop.main, args=(theirs,), name="retouch-worker", daemon=True)
        process.start()
        theirs.close()
        self._process, self._channel = process, ours
        return ours

    def _bury(self, job_id: str, project: Project, error: Exception) -> None:
        """The process died: its run is given back, so that anyone can go on with it at once."""
        code = self._ended()
        run = self._jobs[job_id].run
        if run is not None:
            _interrupt(project, run)
        why = RetouchError(
            f"the worker process ended unexpectedly ({code or type(error).__name__})",
            hint="what it had finished is kept; continue the run" if run else "nothing was begun; ask again",
        )
        self._change(job_id, state="failed", error=problem_of(why))

    def _ended(self) -> str:
        """Wait for the process to be gone, and tell how it went."""
        process, self._process = self._process, None
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if process is None:
            return ""
        process.join(_PATIENCE)
        if process.is_alive():
            process.kill()
            process.join()
        code = process.exitcode or 0
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def _dismiss(self) -> None:
        if self._process is not None:
            self._send(Leave())
            self._ended()

    def _send(self, letter: Letter, *, strict: bool = False) -> None:
        data = letter.model_dump_json().encode()
        with self._sending:
            if self._channel is None:
                return
            try:
                self._channel.send_bytes(data)
            except OSError:  # it is dead, which its own thread is about to find
                if strict:
                    raise

    def _change(self, job_id: str, **facts: Any) -> Job:
        with self._lock:
            job = self._jobs[job_id].model_copy(update=facts)
            self._keep(job)
        self._told(job)
        return job

    def _keep(self, job: Job) -> None:
        self._jobs[job.id] = job
        over = [known.id for known in self._jobs.values() if known.state in ("done", "failed")]
        for old in over[: max(0, len(self._jobs) - KEPT_JOBS)]:
            del self._jobs[old]


def _interrupt(project: Project, run: str) -> None:
    """Give a run back whose process is gone; one that had ended in time stays ended."""
    try:
        record = project.store.claim(run)
        project.store.finish_run(run, "interrupted", record.summary)
    except RetouchError:
        return


def _raised(told: dict[str, str]) -> RetouchError:
    """The error that the worker told of; a kind that cannot be made from its words alone is told as the next above."""
    kind = getattr(errors, told["kind"], None)
    if not isinstance(kind, type) or not issubclass(kind, RetouchError):
        kind = RetouchError
    elif issubclass(kind, errors.RemoteError):
        kind = errors.ServiceError
    return kind(told["message"], hint=told["hint"])
