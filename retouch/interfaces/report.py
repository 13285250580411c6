"""The report of a document: one self-contained page with its history, each step before and after, what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from retouch.attempt import Attempt, StepStatus
from retouch.errors import CollectedError, DamagedError, UsageError
from retouch.geometry import Box
from retouch.interfaces.strip import data_uri, place, reduced, surroundings
from retouch.orchestrator.disclosure import Sending
from retouch.orchestrator.document import Document
from retouch.orchestrator.history_tree import tree_rows
from retouch.orchestrator.tree_drawing import ROW, drawn_rows, width
from retouch.picture import Picture
from retouch.plan import Step
from retouch.store import RunRecord

_OVERVIEW_SIDE = 1400
"""Pixels of the longer side of the two whole pages; places are shown at full size."""
_OVERVIEW_QUALITY = 82
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
    view: str
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
    before: str
    after: str
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


def write_report(document: Document, output: Path, branch: str | None = None) -> int:
    """Write the page of a document; its size in bytes. UsageError if the file cannot be written."""
    page = render(document, branch).encode("utf-8")
    try:
        output.write_bytes(page)
    except OSError as error:
        raise UsageError(f"{output}: the report cannot be written ({error.strerror})") from error
    return len(page)


def render(document: Document, branch: str | None = None) -> str:
    """The page as HTML, with the head of `branch` (default: `main`) as it stands now.

    Everything that comes from a picture, a plan or a model is escaped: it is data.
    """
    versions = [version.record for version in document.log()]
    head = document.head(branch or _branch(document))
    runs = tuple(_ran(document, run) for run in document.project.store.runs(document.record.id))
    first = document.version(versions[0].id).picture
    tree = tree_rows(versions, document.branches, document.tags)
    environment = Environment(
        loader=PackageLoader("retouch.interfaces"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("report.html.j2").render(
        document=document,
        size=first.size,
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        head=head.record,
        first=_overview(first),
        last=_overview(head.picture),
        runs=runs,
        tree=drawn_rows(tree, document.project.store.standing_marks(document.record.id)),
        lanes=width(tree),
        row=ROW,
        kept=len(versions),
        fixed=sum(len(run.steps) - len(run.left) for run in runs),
        left=[(run, step) for run in runs for step in run.left],
    )


def _branch(document: Document) -> str:
    return "main" if "main" in document.branches else sorted(document.branches)[0]


def _overview(picture: Picture) -> str:
    return data_uri(reduced(picture.srgb(), _OVERVIEW_SIDE), _OVERVIEW_QUALITY)


def _ran(document: Document, run: RunRecord) -> Ran:
    steps = [step for plan in run.plans for step in plan.steps]
    attempts = document.project.store.attempts(run.id)
    base = _kept(document, run.base)
    return Ran(
        run.id,
        run.goal.text,
        run.goal.reference_source or "",
        run.branch,
        run.state,
        run.created.replace("T", " ").split(".")[0].removesuffix("Z"),
        run.spent.calls,
        _last_faults(document, run),
        tuple(_stepped(document, run, step, base, [a for a in attempts if a.step == step.id]) for step in steps),
        _sends(document, run),
    )


def _sends(document: Document, run: RunRecord) -> tuple[str, ...]:
    told = [event.data for _, event in document.project.store.events(run.id) if event.event == "disclosure"]
    return tuple(dict.fromkeys(str(Sending.model_validate(each)) for data in told for each in data.get("sends", ())))


def _last_faults(document: Document, run: RunRecord) -> tuple[dict[str, Any], ...] | None:
    told = [event.data for _, event in document.project.store.events(run.id) if event.event == "proofread"]
    return tuple(told[-1].get("faults", ())) if told else None


def _kept(document: Document, version: str) -> Picture | None:
    """The picture of a version; None where `gc` gave it back or it is damaged, which must not keep the rest unread."""
    try:
        return document.version(version).picture
    except (CollectedError, DamagedError):
        return None


def _stepped(
    document: Document, run: RunRecord, step: Step, base: Picture | None, attempts: Sequence[Attempt]
) -> Stepped:
    known = run.steps.get(step.id)
    frame = Box(0, 0, 1, 1) if base is None else surroundings(step.box or base.box, base.size)
    tried = tuple(_tried(document, attempt, frame) for attempt in attempts)
    told = _told_of(document, known.version) if known and known.status in _SHOWN else None
    return Stepped(
        step.id,
        str(step.box or "whole picture"),
        step.instruction,
        _claim(step),
        known.status.value if known else StepStatus.PENDING.value,
        (known.reason if known else None) or "",
        "" if base is None else data_uri(place(base, frame)),
        next((attempt.view for attempt in tried if attempt.version == told), ""),
        tried,
    )


def _told_of(document: Document, version: str | None) -> str | None:
    """The attempt's version, shortened, that a step ended with: its own, or the candidate that a person picked."""
    if version is None:
        return None
    picked = document.project.store.version(version).record.get("picks")
    return str(picked or version)[:8]


def _claim(step: Step) -> str:
    """The expectation in words."""
    if step.expectation is None:
        return "nothing was claimed"
    facts = step.expectation.model_dump(exclude={"kind"})
    return f"{step.expectation.kind.replace('-', ' ')}: {', '.join(str(value) for value in facts.values())}"


def _tried(document: Document, attempt: Attempt, frame: Box) -> Tried:
    return Tried(
        attempt.number,
        attempt.editor,
        attempt.rung,
        (attempt.version or "")[:8],
        attempt.error or "",
        attempt.notes,
        _result(document, attempt, frame),
        tuple(Judged(v.verifier, v.outcome.value, v.score, v.reason, _evidence(v.evidence)) for v in attempt.verdicts),
    )


def _result(document: Document, attempt: Attempt, frame: Box) -> str:
    """The place as the attempt made it; empty where nothing came back, or it is not there any more."""
    try:
        patch = document.project.store.attempt_patch(attempt.id)
        base = None if patch is None else document.version(attempt.base).picture
    except (CollectedError, DamagedError):
        return ""
    return "" if patch is None or base is None else data_uri(place(patch.apply(base), frame))


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
