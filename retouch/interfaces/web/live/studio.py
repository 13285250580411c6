"""The studio: what a server has beside its projects: the broadcast, the worker, and what a page may name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request

from retouch.event import Event
from retouch.interfaces.web.acting.allowance import Allowance
from retouch.interfaces.web.acting.replay import Replays
from retouch.interfaces.web.live.broadcast import Broadcast
from retouch.interfaces.web.live.job import Job
from retouch.interfaces.web.live.message import Marker, Message, of_event
from retouch.interfaces.web.live.worker import Worker
from retouch.interfaces.web.projects import Projects
from retouch.orchestrator.narrator import KEPT


class Studio:
    """One for each server."""

    def __init__(self, projects: Projects, allowance: Allowance | None = None) -> None:
        self.allowance = allowance or Allowance()
        self.broadcast = Broadcast([project.store for project in projects])
        self.worker = Worker(self._told, self._heard)
        self.replays = Replays()

    def at_work(self) -> frozenset[str]:
        """The runs that this server's worker is at work on."""
        return frozenset(job.run for job in self.worker.jobs() if job.run and job.state == "running")

    def end_streams(self) -> None:
        """End all streams of events: a server waits for open connections before it ends."""
        self.broadcast.stop()

    def close(self) -> None:
        """End the streams, pause the run under way, end the worker. May be called more than once."""
        self.end_streams()
        self.worker.close()

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """With the server it ends."""
        yield
        await asyncio.to_thread(self.close)

    def _told(self, job: Job) -> None:
        data = job.model_dump(mode="json", exclude={"result": {"report"}})
        self.broadcast.tell(Message("job", _project(job), job.doc, data))

    def _heard(self, job: Job, event: Event) -> None:
        project = _project(job)
        written = event.event in KEPT
        self.broadcast.tell(Marker(project, event.run, event.event) if written else of_event(project, job.doc, event))


def _project(job: Job) -> int:
    return int(job.doc.partition("-")[0])


def studio_of(request: Request) -> Studio:
    """The studio of the server that a request came to."""
    found: Studio = request.app.state.studio
    return found
