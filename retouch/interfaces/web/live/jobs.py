"""Routes of jobs: how work goes on that was asked for."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from retouch.errors import ConflictError, UnknownNameError
from retouch.interfaces.web.acting.replay import ReplayedRoute
from retouch.interfaces.web.live.job import Job
from retouch.interfaces.web.live.studio import studio_of
from retouch.interfaces.web.problem import responses
from retouch.record import Record

router = APIRouter(tags=["live"], route_class=ReplayedRoute)

JobId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="A job's id.")]


class JobList(Record):
    """Jobs that wait or are worked on, the oldest first."""

    jobs: list[Job]


def job_at(request: Request, job: JobId) -> Job:
    """The job that a path names."""
    found = studio_of(request).worker.job(job)
    if found is None:
        raise UnknownNameError(f"there is no job {job}", hint="a server forgets its jobs when it ends")
    return found


JobAt = Annotated[Job, Depends(job_at)]


@router.get("/jobs")
def jobs(request: Request) -> JobList:
    """What waits or is worked on."""
    return JobList(jobs=list(studio_of(request).worker.jobs()))


@router.get("/jobs/{job}", responses=responses(404))
def job(found: JobAt) -> Job:
    """How a job stands."""
    return found


@router.post("/jobs/{job}/cancel", status_code=202, responses=responses(404, 409))
def cancel(request: Request, found: JobAt) -> Job:
    """Take back what was asked for: a job that waits is not begun, a run that was begun is given up."""
    stopped = studio_of(request).worker.stop(found.id, "cancel")
    if stopped is None:
        raise ConflictError(f"job {found.id} is {found.state}; there is nothing to stop")
    return stopped
