"""What is told of runs: what they did and do, and which of their steps wait for a person."""

from __future__ import annotations

from collections import Counter

from retouch.attempt import StepStatus
from retouch.interfaces.web.records import NumberedEvent, RunFacts, RunLine, RunStep, WaitingStep
from retouch.orchestrator.answer import Waiting
from retouch.orchestrator.disclosure import Sending
from retouch.orchestrator.document import Document
from retouch.plan import Step
from retouch.store import RunRecord

_EVENTS = 200
"""The last ones of a run that are told."""


def run_line(run: RunRecord, mine: frozenset[str] = frozenset()) -> RunLine:
    """A run in the list of all; `mine` are those that the server works on itself."""
    stand = Counter(_status(run, step.id) for step in _steps(run))
    return RunLine(**_head(run, mine), steps=dict(stand))


def run_facts(document: Document, run: RunRecord, mine: frozenset[str] = frozenset()) -> RunFacts:
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


def waiting_fact(waiting: Waiting) -> WaitingStep:
    """A step that waits for a person."""
    return WaitingStep(
        name=waiting.name,
        run=waiting.run.id,
        step=waiting.step,
        reason=waiting.reason,
        candidates=list(waiting.candidates),
        best=waiting.best,
        released=waiting.released,
    )


def planned_step(run: RunRecord, step: str) -> Step | None:
    """The step of that id as the run's newest plan that has it has it."""
    return next((one for plan in reversed(run.plans) for one in plan.steps if one.id == step), None)


def sends_of(document: Document, run: str) -> list[Sending]:
    """What the run sent to which host, each once."""
    told = [event.data for _, event in document.project.store.events(run) if event.event == "disclosure"]
    found = [Sending.model_validate(each) for data in told for each in data.get("sends", ())]
    return [each for place, each in enumerate(found) if each not in found[:place]]


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
