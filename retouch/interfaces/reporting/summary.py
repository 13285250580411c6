"""What a report says without a script: each run, each step before and after, every try with its verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retouch.attempt import Attempt, StepStatus
from retouch.errors import CollectedError, DamagedError
from retouch.geometry import Box
from retouch.interfaces.reporting.album import Album, Use, on_white
from retouch.interfaces.reporting.embedding import tried_view
from retouch.interfaces.web.facts.runs import sends_of
from retouch.interfaces.web.reading.rendering import part_of, size_of
from retouch.orchestrator.document import Document
from retouch.orchestrator.thumbnail import surroundings
from retouch.plan import Step
from retouch.store import History, RunRecord

_SHOWN = (StepStatus.FIXED, StepStatus.NEEDS_REVIEW)
_EVIDENCE_LENGTH = 300
"""Characters of one piece of evidence; the project file holds all of it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One verdict, ready to be shown."""

    verifier: str
    outcome: str
    score: float
    reason: str
    evidence: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt of a step with its result."""

    number: int
    editor: str
    rung: str
    version: str
    error: str
    notes: tuple[str, ...]
    view: int | None
    """The number of its picture in the album."""
    verdicts: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class Stepped:
    """One step of a run: what it was to do, how it ended, its place before and after."""

    id: str
    box: str
    instruction: str
    expectation: str
    status: str
    reason: str
    before: int | None
    after: int | None
    """The place as the step left it; of one that waits, as the candidate that it asks about would."""
    attempts: tuple[Tried, ...]


@dataclass(frozen=True, slots=True)
class Ran:
    """One run with its steps."""

    id: str
    goal: str
    reference: str
    branch: str
    state: str
    created: str
    calls: int
    faults: tuple[dict[str, Any], ...] | None
    """What the last proofreading still found, variants left out; None if there was none."""
    steps: tuple[Stepped, ...]
    sends: tuple[str, ...] = ()
    """What went to which host, in words."""

    @property
    def left(self) -> tuple[Stepped, ...]:
        """Steps that did not end fixed."""
        return tuple(step for step in self.steps if step.status != StepStatus.FIXED)


def ran(document: Document, run: RunRecord, album: Album) -> Ran:
    """A run with its steps, their pictures put into the album."""
    store = document.project.store
    steps = [step for plan in run.plans for step in plan.steps]
    attempts = store.attempts(run.id)
    return Ran(
        run.id,
        run.goal.text,
        Path(run.goal.reference_source or "").name,  # a report is passed on, and a folder's name tells who made it
        run.branch,
        run.state,
        run.created.replace("T", " ").split(".")[0].removesuffix("Z"),
        run.spent.calls,
        _last_faults(store, run),
        tuple(_stepped(store, run, step, album, [a for a in attempts if a.step == step.id]) for step in steps),
        tuple(str(sending) for sending in sends_of(document, run.id)),
    )


def _last_faults(store: History, run: RunRecord) -> tuple[dict[str, Any], ...] | None:
    told = [event.data for _, event in store.events(run.id) if event.event == "proofread"]
    return tuple(told[-1].get("faults", ())) if told else None


def _before(store: History, run: RunRecord, step: Step, album: Album) -> int | None:
    """The step's place before the run; None where its pixels are gone, which must not keep the rest unread."""
    try:
        size = size_of(store, run.base)
        frame = surroundings((step.box or Box(0, 0, size.width, size.height)).clamped(size), size)
        return album.add(Use.PLACE, lambda: on_white(part_of(store, run.base, frame)))
    except (CollectedError, DamagedError):
        return None


def _stepped(store: History, run: RunRecord, step: Step, album: Album, attempts: Sequence[Attempt]) -> Stepped:
    known = run.steps.get(step.id)
    tried = tuple(_tried(store, run, attempt, album) for attempt in attempts)
    told = _told_of(store, known.version) if known and known.status in _SHOWN else None
    return Stepped(
        step.id,
        str(step.box or "whole picture"),
        step.instruction,
        _claim(step),
        known.status.value if known else StepStatus.PENDING.value,
        (known.reason if known else None) or "",
        _before(store, run, step, album),
        next((attempt.view for attempt in tried if attempt.version == told), None),
        tried,
    )


def _told_of(store: History, version: str | None) -> str | None:
    """The attempt's version, shortened, that a step ended with: its own, or the candidate that a person picked."""
    if version is None:
        return None
    picked = store.version(version).record.get("picks")
    return str(picked or version)[:8]


def _claim(step: Step) -> str:
    """The expectation in words."""
    if step.expectation is None:
        return "nothing was claimed"
    facts = step.expectation.model_dump(exclude={"kind"})
    return f"{step.expectation.kind.replace('-', ' ')}: {', '.join(str(value) for value in facts.values())}"


def _tried(store: History, run: RunRecord, attempt: Attempt, album: Album) -> Tried:
    return Tried(
        attempt.number,
        attempt.editor,
        attempt.rung,
        (attempt.version or "")[:8],
        attempt.error or "",
        attempt.notes,
        tried_view(store, run, attempt, album),
        tuple(Judged(v.verifier, v.outcome.value, v.score, v.reason, _evidence(v.evidence)) for v in attempt.verdicts),
    )


def _evidence(evidence: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(key), _shown(value)) for key, value in evidence.items())


def _shown(value: Any) -> str:
    """A value in words: numbers rounded, nested ones in a row, long ones cut."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, dict):
        text = ", ".join(f"{key} {_shown(part)}" for key, part in value.items())
    elif isinstance(value, list | tuple):
        text = "; ".join(_shown(part) for part in value)
    else:
        text = str(value)
    return text if len(text) <= _EVIDENCE_LENGTH else text[:_EVIDENCE_LENGTH] + "…"
