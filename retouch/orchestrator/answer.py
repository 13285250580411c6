"""Answers: a person settles a step that ended `needs-review`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retouch.attempt import StepStatus
from retouch.errors import PlanError, UnknownNameError, UsageError
from retouch.orchestrator.goal import understand_box
from retouch.orchestrator.options import Options
from retouch.orchestrator.outcome import RunReport, StepReport
from retouch.orchestrator.plan_work import COMES_AFTER
from retouch.orchestrator.roster import DEFAULT
from retouch.plan import Plan, Step
from retouch.record import BoxField, Record
from retouch.settings import load as load_settings
from retouch.store import RunRecord
from retouch.store.operations.merging import Settlement

if TYPE_CHECKING:
    from retouch.orchestrator.document import Document

_SHORTEST_RUN, _SHOWN_RUN = 4, 8
"""Digits of a run's id that name it, and that are shown."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step that waits for a person; `candidates` are the versions that its tries left, the oldest first, and `best`
    the one that the run thought most of.

    `released`: it was skipped, because a step before it was not fixed, and that one is fixed now; `edit` works on it.
    """

    run: RunRecord
    step: Step
    reason: str
    candidates: tuple[str, ...]
    best: str | None
    released: bool = False

    @property
    def name(self) -> str:
        """`RUN:STEP`, which names it whatever other runs there are."""
        return f"{self.run.id[:_SHOWN_RUN]}:{self.step.id}"

    @property
    def branch(self) -> str:
        """The branch that the step is for: the run's, or its own one of a series."""
        return self.step.branch or self.run.branch


class Answer(Record):
    """How the step stands after the answer. With `conflicts` nothing was changed and it still waits."""

    run: str
    step: str
    status: StepStatus
    reason: str | None = None
    version: str | None = None
    branch: str
    origin: str
    target: str
    conflicts: tuple[BoxField, ...] = ()
    report: RunReport | None = None
    """The run that an instruction led to."""


def waiting(document: Document) -> tuple[Waiting, ...]:
    """Every step of the document that waits for a person, those of the newest run first."""
    runs = reversed(document.project.store.runs(document.record.id))
    return tuple(
        _waiting(document, run, step)
        for run in runs
        for step in _steps(run)
        if _is(run, step.id, StepStatus.NEEDS_REVIEW) or _released(run, step)
    )


def find(document: Document, name: str, branch: str | None = None) -> Waiting:
    """The step of that name that waits, in the newest run (on `branch`, if one is given) that has one; `RUN:STEP`
    names one of a certain run.

    UsageError if it does not wait, UnknownNameError if there is no such step.
    """
    run, _, step = name.rpartition(":")
    if run and len(run) < _SHORTEST_RUN:
        raise UnknownNameError(f"{name!r}: give {_SHORTEST_RUN} or more digits of the run's id before the colon")
    open_steps = tuple(one for one in waiting(document) if branch in (None, one.branch))
    found = [one for one in open_steps if one.step.id == step and one.run.id.startswith(run)]
    if found:
        return found[0]
    known = ", ".join(one.name for one in open_steps) or "none"
    for other in reversed(document.project.store.runs(document.record.id)):
        if other.id.startswith(run) and step in {planned.id for planned in _steps(other)}:
            ended = other.steps[step].status if step in other.steps else StepStatus.PENDING
            raise UsageError(f"step {step!r} of run {other.id} is {ended}, it waits for nobody; waiting steps: {known}")
    raise UnknownNameError(f"there is no step {name!r} in {document.name!r}; waiting steps: {known}")


def accept(
    document: Document,
    name: str,
    version: str | None = None,
    *,
    settle: Sequence[Settlement] = (),
    expected: str | None = None,
) -> Answer:
    """Bring a candidate of the step (default: the one the run thought most of) to the run's branch.

    It is marked accepted, and the step is `fixed`. Where the branch changed the same pixels meanwhile the answer has
    `conflicts`, which can be settled as those of a merge. UsageError if `version` is none of the step's candidates,
    ConflictError if the branch does not stand at `expected`, where one is given.
    """
    store, asked = document.project.store, find(document, name)
    chosen = _candidate(document, asked, version)
    author = load_settings().author
    message = f"{asked.step.instruction or asked.step.operation} (accepted by {author})"
    facts: dict[str, Any] = {"author": author, "message": message, "settle": settle, "expected": expected}
    picked = store.pick(document.record.id, chosen, branch=asked.branch, **facts)
    moved: dict[str, Any] = {"branch": picked.branch, "origin": picked.origin, "target": picked.target}
    if picked.conflicts:
        why = "the branch has changed the same pixels meanwhile"
        return _answer(asked, StepStatus.NEEDS_REVIEW, why, asked.best, **moved, conflicts=picked.conflicts)
    store.mark(chosen, "accepted", author=author)
    reason = f"version {chosen[:8]} was accepted by {author}"
    store.save_step(asked.run.id, asked.step.id, StepStatus.FIXED, reason, picked.target)
    return _answer(asked, StepStatus.FIXED, reason, picked.target, **moved)


def reject(document: Document, name: str, reason: str = "") -> Answer:
    """None of the step's candidates will do: they are marked rejected, and the step is `unfixed` for that reason."""
    store, asked = document.project.store, find(document, name)
    author = load_settings().author
    why = f"rejected by {author}" + (f": {reason}" if reason else "")
    for version in asked.candidates:
        store.mark(version, "rejected", author=author, reason=reason)
    store.save_step(asked.run.id, asked.step.id, StepStatus.UNFIXED, why, asked.best)
    return _answer(asked, StepStatus.UNFIXED, why, asked.best, **_unmoved(document, asked))


def edit(
    document: Document, name: str, instruction: str | None = None, *, seed: int | None = None, **options: Any
) -> Answer:
    """Do the step again, in a new run from the branch's head, with another instruction (a step that was released can
    keep its own), its first attempt with `seed` where one is given.

    The new run takes the parts of the old one; `options` (of `Document.run`) replace them. The old step ends as the
    new one does, and is `skipped` where a person has to look at that as well. PlanError if no editor could do
    anything with the instruction's words.
    """
    store, asked = document.project.store, find(document, name)
    editors = options.get("editors") or asked.run.options["editors"]
    own = instruction is None and asked.released
    step = asked.step.model_copy(update=ALONE) if own else instructed(asked.step, instruction, editors)
    kept = Options.restored(asked.run.options, asked.branch, {k: v for k, v in options.items() if k in _PARTS})
    step = step.model_copy(update={"seed": seed})
    words = step.instruction or step.operation
    goal = asked.run.goal.model_copy(update={"text": words, "boxes": ()})
    before = document.head(asked.branch).id
    parts = {"editors": kept.editors, "verifiers": kept.verifiers, "branch": kept.branch, "review": kept.review}
    report = document.run(goal, plan=Plan(goal=words, steps=(step,)), **{**parts, **options})
    done = report.steps[0]
    status = StepStatus.SKIPPED if done.status is StepStatus.NEEDS_REVIEW else done.status
    reason = f"superseded by run {report.run}, as {load_settings().author} wished: {words}"
    store.save_step(asked.run.id, asked.step.id, status, reason, _version(done))
    moved = {"branch": report.branch, "origin": before, "target": report.head}
    return _answer(asked, status, reason, _version(done), **moved, report=report)


_PARTS = ("editors", "verifiers")
ALONE: dict[str, Any] = {"after": (), "supersedes": None, "branch": None}
"""What a step loses that is the only one of its plan."""


def _steps(run: RunRecord) -> list[Step]:
    return [step for plan in run.plans for step in plan.steps]


def _is(run: RunRecord, step: str, status: StepStatus) -> bool:
    return step in run.steps and run.steps[step].status is status


def _released(run: RunRecord, step: Step) -> bool:
    """True if the step was skipped for one before it, and all before it are fixed now."""
    waited = _is(run, step.id, StepStatus.SKIPPED) and (run.steps[step.id].reason or "").startswith(COMES_AFTER)
    return waited and all(_is(run, other, StepStatus.FIXED) for other in step.after)


def _waiting(document: Document, run: RunRecord, step: Step) -> Waiting:
    known, released = run.steps[step.id], _released(run, step)
    reason = f"{', '.join(step.after)} is fixed now; `edit` works on it" if released else known.reason or ""
    made = [attempt.version for attempt in document.project.store.attempts(run.id, step.id)]
    return Waiting(run, step, reason, tuple(version for version in made if version), known.version, released)


def _candidate(document: Document, asked: Waiting, version: str | None) -> str:
    """The full id of the candidate that is meant."""
    known = ", ".join(candidate[:12] for candidate in asked.candidates) or "none"
    if not asked.candidates:
        raise UsageError(f"step {asked.name} has no candidate to accept: {asked.reason}", hint="edit it, or reject it")
    if version is None and asked.best is None:
        raise UsageError(f"step {asked.name} has no best candidate; name the version to accept: {known}")
    meant = asked.best if version is None else document.version(version, asked.branch).id
    if meant not in asked.candidates:
        raise UsageError(
            f"version {str(meant)[:12]} was not made by step {asked.name}; its candidates: {known}",
            hint="`retouch pick` brings any version to a branch",
        )
    return str(meant)


def instructed(step: Step, instruction: str | None, editors: Sequence[Any]) -> Step:
    """The step alone, with the person's words, and with the operation they mean where they can be understood.

    UsageError for no words, PlanError where the built-in `editors` could do nothing with them."""
    if instruction is None or not instruction.strip():
        raise UsageError("the instruction is empty; say what is to be done at the step's place")
    alone = {**ALONE, "instruction": instruction}
    try:
        wish = understand_box(instruction)
    except PlanError:
        if all(editor in DEFAULT for editor in editors):  # they go by the operation, words would change nothing
            raise
        return step.model_copy(update=alone)
    if wish.kind == "proofread":
        return step.model_copy(update=alone)
    meant = wish.step(step.id)
    said = {name: getattr(meant, name) for name in ("operation", "source", "target", "expectation")}
    if said["source"] is None:
        said["source"] = step.source
    return step.model_copy(update={**alone, **said})


def _version(step: StepReport) -> str | None:
    return step.version


def _unmoved(document: Document, asked: Waiting) -> dict[str, Any]:
    head = document.branches.get(asked.branch, asked.run.base)
    return {"branch": asked.branch, "origin": head, "target": head}


def _answer(asked: Waiting, status: StepStatus, reason: str, version: str | None, **facts: Any) -> Answer:
    return Answer(run=asked.run.id, step=asked.step.id, status=status, reason=reason, version=version, **facts)
