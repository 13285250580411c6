"""Repetition: the step of a version is done again in another way, from the version that it was done on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from retouch.attempt import Attempt
from retouch.errors import RetouchError, UsageError
from retouch.geometry import Box
from retouch.orchestrator.answer import ALONE, instructed
from retouch.orchestrator.history import Version
from retouch.orchestrator.options import Options
from retouch.orchestrator.outcome import RunReport
from retouch.plan import Plan, Step
from retouch.store import RunRecord

if TYPE_CHECKING:
    from retouch.orchestrator.document import Document


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What is to be other than it was; None leaves it. `branch` is where it is done, None a new branch."""

    instruction: str | None = None
    editor: str | None = None
    seed: int | None = None
    box: Box | None = None
    branch: str | None = None


def behind(document: Document, version: Version) -> tuple[RunRecord, Step]:
    """The run and the planned step that a version (or the one it picked) came from; UsageError if none made it."""
    attempt = _attempt(document, version)
    if attempt is None:
        raise UsageError(
            f"version {version.id[:12]} ({version.record.kind.value}) was made by no step, so none can be done again",
            hint="start a new run from it instead",
        )
    run = document.project.store.run(attempt.run)
    return run, next(step for plan in run.plans for step in plan.steps if step.id == attempt.step)


def again(document: Document, version: Version, otherwise: Otherwise, **news: Any) -> RunReport:
    """Do the version's step again as `otherwise` says, in a new run with the parts of the old one.

    On a new branch from the version before it (`again-1`, `again-2` …), or on the branch named, from its head. `news`
    are `listen` and `cancel` of `Document.run`. A new branch on which nothing was begun is taken away again.
    """
    run, step = behind(document, version)
    given = {"editors": (otherwise.editor,) if otherwise.editor else None}
    kept = Options.restored(run.options, otherwise.branch or "", given)
    planned = _changed(step, otherwise, kept)
    words = planned.instruction or planned.operation
    goal = run.goal.model_copy(update={"text": words, "boxes": ()})
    branch = otherwise.branch or _new_branch(document, version)
    options: dict[str, Any] = {
        "editors": kept.editors,
        "verifiers": kept.verifiers,
        "review": kept.review,
        "offline": kept.offline,
    }
    try:
        return document.run(goal, plan=Plan(goal=words, steps=(planned,)), branch=branch, **options, **news)
    except RetouchError:
        if otherwise.branch is None and all(other.branch != branch for other in _runs(document)):
            document.delete_branch(branch)
        raise


def _attempt(document: Document, version: Version) -> Attempt | None:
    picked = version.record.record.get("attempt")
    return version.attempt() or (document.project.store.attempt(str(picked)) if picked else None)


def _changed(step: Step, otherwise: Otherwise, kept: Options) -> Step:
    alone = step.model_copy(update=ALONE)
    if otherwise.instruction is not None:
        alone = instructed(step, otherwise.instruction, kept.editors)
    changes: dict[str, Any] = {"seed": otherwise.seed, "editor": None if otherwise.editor else step.editor}
    if otherwise.box is not None:
        changes |= {"box": otherwise.box, "mask": None}
    return alone.model_copy(update=changes)


def _new_branch(document: Document, version: Version) -> str:
    """Make a branch with a free name at the version before."""
    taken = {*document.branches, *document.tags, *(move.branch for move in document.moves())}
    name = next(name for number in count(1) if (name := f"again-{number}") not in taken)
    document.create_branch(name, version.record.parents[0])
    return name


def _runs(document: Document) -> tuple[RunRecord, ...]:
    return document.project.store.runs(document.record.id)
