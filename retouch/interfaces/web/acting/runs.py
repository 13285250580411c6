"""Routes of runs: begun, paused, gone on with, given up."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import Field

from retouch.errors import ConflictError, LeaseError, UsageError
from retouch.geometry import Box
from retouch.interfaces.web.acting.condition import require_branch, require_free
from retouch.interfaces.web.acting.replay import ReplayedRoute
from retouch.interfaces.web.acting.tasks import Task, submitted
from retouch.interfaces.web.acting.wording import Name, SpecText, Text, Version, Words
from retouch.interfaces.web.addressing import DocumentAt, DocumentKey, RunAt, version_of
from retouch.interfaces.web.live.order import ContinueOrder, RunOrder
from retouch.interfaces.web.live.studio import studio_of
from retouch.interfaces.web.problem import responses
from retouch.orchestrator.document import Document
from retouch.plan import BoxedWish
from retouch.record import Record
from retouch.store import RunRecord, RunState
from retouch.store.tree.naming import check_free

router = APIRouter(prefix="/documents/{doc}/runs", tags=["acting"], route_class=ReplayedRoute)

_REFUSALS = responses(404, 409, 422)


class NewRun(Record):
    """What is wanted: a goal in words, or boxes with an instruction each. `text` is what the picture should read: the
    text itself, the title of a work of the corpus, or `auto`. With `at`, the branch is made there first."""

    goal: Words = ""
    boxes: list[BoxedWish] = Field(default=[], max_length=1000)
    text: Text | None = None
    planner: SpecText | None = None
    editors: list[SpecText] = Field(default=[], max_length=20)
    verifiers: list[SpecText] = Field(default=[], max_length=20)
    branch: Name = "main"
    at: Version | None = None
    review: bool = False
    offline: bool = False
    max_calls: int | None = Field(default=None, ge=0, le=1_000_000)
    max_seconds: float | None = Field(default=None, ge=0, le=1e9, allow_inf_nan=False)
    attempts: int | None = Field(default=None, ge=1, le=1000)


class Stopped(Record):
    """How the run stands, or is about to: `job` is the work that was told to stop."""

    run: str
    state: RunState
    job: str | None = None


@router.post("", status_code=202, responses=_REFUSALS)
def begin(request: Request, document: DocumentAt, doc: DocumentKey, wish: NewRun) -> Task:
    """Plan, edit and verify, in the worker."""
    allowance = studio_of(request).allowance
    allowance.require("planners", [wish.planner] if wish.planner else [])
    allowance.require("editors", wish.editors)
    allowance.require("verifiers", wish.verifiers)
    if not wish.goal.strip() and not wish.boxes:
        raise UsageError("a run needs a goal, or boxes with instructions", hint='e.g. "fix all calligraphy characters"')
    for boxed in wish.boxes:
        _require_inside(document, boxed)
    if wish.at is None:
        require_branch(document, wish.branch)
    else:
        version_of(document, wish.at)
        require_free(document, wish.branch)
        check_free(wish.branch, document.branches, document.tags)
    return submitted(request, doc, document, RunOrder(**wish.model_dump()))


@router.post("/{run}/pause", status_code=202, responses=_REFUSALS)
def pause(request: Request, run: RunAt) -> Stopped:
    """The run stops before its next attempt and stays `interrupted`; a call under way comes to its end first."""
    return _told_to_pause(request, run)


@router.post("/{run}/continue", status_code=202, responses=_REFUSALS)
def resume(request: Request, document: DocumentAt, doc: DocumentKey, run: RunAt) -> Task:
    """Go on with an interrupted run; what came back is not asked for again."""
    studio = studio_of(request)
    if studio.worker.job_of(run.id) is not None or run.alive:
        raise LeaseError(f"run {run.id} is at work already")
    if run.state not in ("interrupted", "running"):
        raise ConflictError(f"run {run.id} has {run.state}; there is nothing to go on with")
    studio.allowance.require_run(run)
    return submitted(request, doc, document, ContinueOrder(run=run.id))


@router.post("/{run}/cancel", status_code=202, responses=_REFUSALS)
def cancel(request: Request, document: DocumentAt, run: RunAt) -> Stopped:
    """Give a run up. A call under way is asked to stop; what was done stays, what was not reached is `skipped`, and the
    run, `failed` with a summary that says so, is never gone on with."""
    worker = studio_of(request).worker
    job = worker.job_of(run.id)
    stopped = worker.stop(job.id, "cancel") if job is not None else None
    if stopped is not None and stopped.state != "done":
        return Stopped(run=run.id, state=run.state, job=stopped.id)  # the worker gives it up
    if run.state not in ("interrupted", "running"):
        raise ConflictError(f"run {run.id} has {run.state}; there is nothing to cancel")
    return Stopped(run=run.id, state=document.project.give_up(run.id).state)


def _told_to_pause(request: Request, run: RunRecord) -> Stopped:
    worker = studio_of(request).worker
    job = worker.job_of(run.id)
    stopped = worker.stop(job.id, "pause") if job is not None else None
    if stopped is None:
        if run.alive:
            raise LeaseError(f"run {run.id} is at work in another process", hint="stop it there, by Ctrl-C")
        raise ConflictError(f"run {run.id} is {run.state}; it is not at work")
    return Stopped(run=run.id, state=run.state, job=stopped.id)


def _require_inside(document: Document, wish: BoxedWish) -> None:
    grid = document.project.store.grid(next(iter(document.branches.values())))
    if not Box(0, 0, grid.width, grid.height).contains(wish.box):
        raise UsageError(f"box {wish.box} does not lie inside the picture, {grid.width}x{grid.height}")
