"""Tasks: what is answered to an act that takes its time."""

from __future__ import annotations

from fastapi import Request

from retouch.interfaces.web.live.order import Work
from retouch.interfaces.web.live.studio import studio_of
from retouch.orchestrator.document import Document
from retouch.record import Record


class Task(Record):
    """The job taken; `GET /api/jobs/{job}` and the stream tell how it goes. `run` is known once it is begun."""

    job: str
    run: str | None = None


def submitted(request: Request, doc: str, document: Document, work: Work) -> Task:
    """Hand work on a document to the worker."""
    job = studio_of(request).worker.submit(doc, document.project, document.record.id, work)
    return Task(job=job.id, run=job.run)
