"""Routes that tell what runs did and do, what came back in each try, and what waits for a person."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from retouch.attempt import Attempt, StepStatus
from retouch.errors import UnknownNameError
from retouch.geometry import Box, Size
from retouch.interfaces.strip import surroundings
from retouch.interfaces.web.addressing import DocumentAt, RunAt, StepId
from retouch.interfaces.web.live.studio import studio_of
from retouch.interfaces.web.problem import responses
from retouch.interfaces.web.reading import rendering
from retouch.interfaces.web.reading.evidence import planned_step, sends_of
from retouch.interfaces.web.reading.pictures import picture_responses
from retouch.interfaces.web.reading.pyramid import reduced
from retouch.interfaces.web.records import (
    NumberedEvent,
    RunFacts,
    RunLine,
    RunList,
    RunStep,
    WaitingList,
    WaitingStep,
)
from retouch.interfaces.web.tag import fresh, tag_of
from retouch.patch import Patch
from retouch.plan import Step
from retouch.store import History, RunRecord

router = APIRouter(prefix="/documents/{doc}")

_EVENTS = 200
"""The last ones of a run that are told."""
_LONGEST_VIEW = 2048
"""Pixels of a try's place; a larger one is halved until it fits."""
_CACHE = "private, no-cache"
AttemptNumber = Annotated[int, Path(ge=1, le=1_000_000)]


def at_work(request: Request) -> frozenset[str]:
    """The runs that this server itself works on."""
    return studio_of(request).at_work()


AtWork = Annotated[frozenset[str], Depends(at_work)]


@router.get("/runs", responses=responses(404))
def list_runs(document: DocumentAt, mine: AtWork) -> RunList:
    """All runs of the document."""
    return RunList(runs=[_line(run, mine) for run in document.project.store.runs(document.record.id)])


@router.get("/runs/{run}", responses=responses(404))
def get_run(document: DocumentAt, run: RunAt, mine: AtWork) -> RunFacts:
    """One run with its plans, its steps and the last things it told."""
    store = document.project.store
    tries = Counter(attempt.step for attempt in store.attempts(run.id))
    told = store.events(run.id)[-_EVENTS:]
    return RunFacts(
        **_head(run, mine),
        steps=[_step(run, step, tries[step.id]) for step in _steps(run)],
        plans=list(run.plans),
        events=[NumberedEvent(number=number, **event.model_dump()) for number, event in told],
        sends=sends_of(document, run.id),
    )


@router.get("/waiting", responses=responses(404))
def list_waiting(document: DocumentAt) -> WaitingList:
    """The steps that wait for a person."""
    return WaitingList(
        steps=[
            WaitingStep(
                name=one.name,
                run=one.run.id,
                step=one.step,
                reason=one.reason,
                candidates=list(one.candidates),
                best=one.best,
                released=one.released,
            )
            for one in document.waiting()
        ]
    )


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
        rendering.png(_came_back(store, attempt, planned_step(run, step))),
        media_type="image/png",
        headers={"ETag": tag, "Cache-Control": _CACHE},
    )


def _line(run: RunRecord, mine: frozenset[str]) -> RunLine:
    stand = Counter(_status(run, step.id) for step in _steps(run))
    return RunLine(**_head(run, mine), steps=dict(stand))


def _head(run: RunRecord, mine: frozenset[str]) -> dict[str, object]:
    return {
        "id": run.id,
        "goal": run.goal.text,
        "branch": run.branch,
        "state": run.state,
        "alive": run.alive,
        "created": run.created,
        "round": len(run.plans),
        "spent": run.spent,
        "mine": run.id in mine,
    }


def _steps(run: RunRecord) -> list[Step]:
    return [step for plan in run.plans for step in plan.steps]


def _status(run: RunRecord, step: str) -> StepStatus:
    return run.steps[step].status if step in run.steps else StepStatus.PENDING


def _step(run: RunRecord, step: Step, tries: int) -> RunStep:
    known = run.steps.get(step.id)
    return RunStep(
        id=step.id,
        box=step.box,
        instruction=step.instruction,
        expectation=step.expectation,
        status=_status(run, step.id),
        reason=(known.reason if known else None) or "",
        version=known.version if known else None,
        attempts=tries,
    )


def _came_back(store: History, attempt: Attempt, step: Step | None) -> rendering.Shown:
    patch = store.attempt_patch(attempt.id)
    if patch is None or patch.empty:
        raise UnknownNameError(f"nothing came back in attempt {attempt.id}")
    size = rendering.size_of(store, attempt.base)
    frame = _frame(patch, step, size)
    pixels = store.crop(attempt.base, frame)
    Patch(patch.box.relative_to(frame), patch.pixels, patch.mask).apply_to(pixels)
    halvings = next(n for n in range(32) if max(frame.width, frame.height) >> n <= _LONGEST_VIEW)
    return rendering.shown(np.ascontiguousarray(reduced(pixels, halvings)), store.metadata(attempt.base).icc_profile)


def _frame(patch: Patch, step: Step | None, size: Size) -> Box:
    """The place of the step with what lies round it, and all that came back."""
    asked = step.box if step is not None and step.box is not None else patch.box
    return Box.around([surroundings(asked.clamped(size), size), patch.box])
