"""All that is told of one version: how it was made, what was tried beside it, and what was said of each try."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from retouch.attempt import Attempt, StepStatus
from retouch.errors import CollectedError, DamagedError
from retouch.geometry import Size
from retouch.interfaces.web.facts.runs import planned_step, sends_of
from retouch.interfaces.web.reading.rendering import size_of
from retouch.interfaces.web.records import AttemptFact, Evidence, VersionFacts
from retouch.orchestrator.document import Document
from retouch.orchestrator.history import Version
from retouch.store import History
from retouch.version import VersionKind, VersionRecord


def version_facts(
    document: Document,
    version: Version,
    versions: Sequence[VersionRecord] | None = None,
    evidence: Callable[[Document, str, str], Evidence] | None = None,
) -> VersionFacts:
    """A version with everything that is known of it. For many of a document's versions: `versions` are all of them, and
    `evidence` is `evidence_of` with a memory."""
    versions = document.project.store.versions(document.record.id) if versions is None else versions
    size = _size(document.project.store, version.id)
    attempt = version.attempt() or _behind(document, version)
    return VersionFacts(
        **version.show(),
        width=size and size.width,
        height=size and size.height,
        contained_in=_containing(version.id, versions, document.branches),
        children=[other.id for other in versions if version.id in other.parents],
        evidence=attempt and (evidence or evidence_of)(document, attempt.run, attempt.step),
    )


def _size(store: History, version: str) -> Size | None:
    """None where the pixels were given back or are damaged: what is known beside them is told all the same."""
    try:
        return size_of(store, version)
    except (CollectedError, DamagedError):
        return None


def _containing(version: str, versions: Sequence[VersionRecord], branches: Mapping[str, str]) -> list[str]:
    """The branches on whose way the version lies: those that stand at one of its descendants."""
    later = {version}
    for other in versions:  # the oldest first, so parents come before their children
        if later.intersection(other.parents):
            later.add(other.id)
    return sorted(name for name, head in branches.items() if head in later)


def evidence_of(document: Document, run_id: str, step: str) -> Evidence:
    """What a step wanted, and all its tries."""
    store = document.project.store
    run = store.run(run_id)
    known = run.steps.get(step)
    return Evidence(
        run=run.id,
        goal=run.goal.text,
        state=run.state,
        step=planned_step(run, step),
        status=known.status if known else StepStatus.PENDING,
        reason=(known.reason if known else None) or "",
        attempts=[_told(one) for one in store.attempts(run.id, step)],
        sends=sends_of(document, run.id),
    )


def _behind(document: Document, version: Version) -> Attempt | None:
    """The try whose result the version picked."""
    named = version.record.record.get("attempt") if version.record.kind is VersionKind.PICK else None
    return document.project.store.attempt(named) if named else None


def _told(attempt: Attempt) -> AttemptFact:
    return AttemptFact(**{name: getattr(attempt, name) for name in AttemptFact.model_fields})
