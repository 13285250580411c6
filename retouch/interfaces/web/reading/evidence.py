"""The route that tells all of one version: how it was made, what was tried beside it, and what was said of each try."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter

from retouch.attempt import Attempt, StepStatus
from retouch.interfaces.web.addressing import DocumentAt, VersionAt
from retouch.interfaces.web.problem import responses
from retouch.interfaces.web.reading.rendering import size_of
from retouch.interfaces.web.records import AttemptFact, Evidence, VersionFacts
from retouch.orchestrator.disclosure import Sending
from retouch.orchestrator.document import Document
from retouch.orchestrator.history import Version
from retouch.plan import Step
from retouch.store import RunRecord
from retouch.version import VersionKind, VersionRecord

router = APIRouter()


@router.get("/documents/{doc}/versions/{version}", responses=responses(404))
def get_version(document: DocumentAt, version: VersionAt) -> VersionFacts:
    """A version with everything that is known of it."""
    versions = document.project.store.versions(document.record.id)
    size = size_of(document.project.store, version.id)
    return VersionFacts(
        **version.show(),
        width=size.width,
        height=size.height,
        contained_in=_containing(version.id, versions, document.branches),
        children=[other.id for other in versions if version.id in other.parents],
        evidence=_evidence(document, version),
    )


def _containing(version: str, versions: Sequence[VersionRecord], branches: Mapping[str, str]) -> list[str]:
    """The branches on whose way the version lies: those that stand at one of its descendants."""
    later = {version}
    for other in versions:  # the oldest first, so parents come before their children
        if later.intersection(other.parents):
            later.add(other.id)
    return sorted(name for name, head in branches.items() if head in later)


def _evidence(document: Document, version: Version) -> Evidence | None:
    """What led to the version: the tries of its step, or of the version that it picked."""
    attempt = version.attempt() or _behind(document, version)
    if attempt is None:
        return None
    store = document.project.store
    run = store.run(attempt.run)
    known = run.steps.get(attempt.step)
    return Evidence(
        run=run.id,
        goal=run.goal.text,
        state=run.state,
        step=planned_step(run, attempt.step),
        status=known.status if known else StepStatus.PENDING,
        reason=(known.reason if known else None) or "",
        attempts=[_told(one) for one in store.attempts(run.id, attempt.step)],
        sends=sends_of(document, run.id),
    )


def _behind(document: Document, version: Version) -> Attempt | None:
    named = version.record.record.get("attempt") if version.record.kind is VersionKind.PICK else None
    return document.project.store.attempt(named) if named else None


def planned_step(run: RunRecord, step: str) -> Step | None:
    """The step of that id as the run's newest plan that has it has it."""
    return next((one for plan in reversed(run.plans) for one in plan.steps if one.id == step), None)


def sends_of(document: Document, run: str) -> list[Sending]:
    """What the run sent to which host, each once."""
    told = [event.data for _, event in document.project.store.events(run) if event.event == "disclosure"]
    found = [Sending.model_validate(each) for data in told for each in data.get("sends", ())]
    return [each for place, each in enumerate(found) if each not in found[:place]]


def _told(attempt: Attempt) -> AttemptFact:
    return AttemptFact(**{name: getattr(attempt, name) for name in AttemptFact.model_fields})
