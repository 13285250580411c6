"""Routes that tell what runs did and do, what came back in each try, and what waits for a person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from retouch.errors import UnknownNameError
from retouch.interfaces.web.addressing import DocumentAt, RunAt, StepId
from retouch.interfaces.web.facts.attempts import came_back
from retouch.interfaces.web.facts.runs import planned_step, run_facts, run_line, waiting_fact
from retouch.interfaces.web.live.studio import studio_of
from retouch.interfaces.web.problem import responses
from retouch.interfaces.web.reading import rendering
from retouch.interfaces.web.reading.pictures import picture_responses
from retouch.interfaces.web.records import RunFacts, RunList, WaitingList
from retouch.interfaces.web.tag import fresh, tag_of

router = APIRouter(prefix="/documents/{doc}")

_CACHE = "private, no-cache"
AttemptNumber = Annotated[int, Path(ge=1, le=1_000_000)]


def at_work(request: Request) -> frozenset[str]:
    """The runs that this server itself works on."""
    return studio_of(request).at_work()


AtWork = Annotated[frozenset[str], Depends(at_work)]


@router.get("/runs", responses=responses(404, 500))
def list_runs(document: DocumentAt, mine: AtWork) -> RunList:
    """All runs of the document."""
    return RunList(runs=[run_line(run, mine) for run in document.project.store.runs(document.record.id)])


@router.get("/runs/{run}", responses=responses(404, 500))
def get_run(document: DocumentAt, run: RunAt, mine: AtWork) -> RunFacts:
    """One run with its plans, its steps and the last things it told."""
    return run_facts(document, run, mine)


@router.get("/waiting", responses=responses(404, 500))
def list_waiting(document: DocumentAt) -> WaitingList:
    """The steps that wait for a person."""
    return WaitingList(steps=[waiting_fact(one) for one in document.waiting()])


@router.get(
    "/runs/{run}/steps/{step}/attempts/{number}/crop",
    response_class=Response,
    responses=picture_responses("image/png", 404, 410, 500),
)
def get_attempt_crop(
    request: Request, document: DocumentAt, run: RunAt, step: StepId, number: AttemptNumber
) -> Response:
    """What came back in a try, in its surroundings, also where nobody took it over."""
    store = document.project.store
    attempt = next((one for one in store.attempts(run.id, step) if one.number == number), None)
    if attempt is None:
        raise UnknownNameError(f"run {run.id} has no try {number} of step {step!r}")
    tag = tag_of("attempt", attempt.id, attempt.state)
    return fresh(request, tag, _CACHE) or Response(
        rendering.png(came_back(store, attempt, planned_step(run, step))),
        media_type="image/png",
        headers={"ETag": tag, "Cache-Control": _CACHE},
    )
