"""Routes of answers: a person settles a step that waits, or has a step done again."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import Field

from retouch.errors import ConflictError, UsageError
from retouch.interfaces.web.acting.condition import Seen, expected, held, require_branch
from retouch.interfaces.web.acting.moved import Moved, moved
from retouch.interfaces.web.acting.replay import ReplayedRoute
from retouch.interfaces.web.acting.tasks import Task, submitted
from retouch.interfaces.web.acting.wording import Name, Seed, Settle, SpecText, Version, Words, settlements
from retouch.interfaces.web.addressing import DocumentAt, DocumentKey, RunAt, StepId, version_of
from retouch.interfaces.web.live.order import AgainOrder, EditOrder
from retouch.interfaces.web.live.studio import studio_of
from retouch.interfaces.web.problem import responses
from retouch.orchestrator import answer
from retouch.orchestrator.answer import Answer, Waiting
from retouch.orchestrator.document import Document
from retouch.orchestrator.repetition import behind
from retouch.plan import Step
from retouch.record import BoxField, Record
from retouch.store import RunRecord

router = APIRouter(prefix="/documents/{doc}", tags=["acting"], route_class=ReplayedRoute)

_REFUSALS = responses(404, 409, 422)


class Acceptance(Record):
    """Which candidate is taken; null: the one that the run thought most of."""

    version: Version | None = None
    settle: list[Settle] = Field(default=[], max_length=1000)


class Rejection(Record):
    """Why none of a step's candidates will do."""

    reason: Words = ""


class Edit(Record):
    """How the step is to be done instead. `editors` null or empty: those of its run."""

    instruction: Words | None = None
    editors: list[SpecText] = Field(default=[], max_length=20)
    seed: Seed | None = None


class Again(Record):
    """What is to be other than it was when the version was made; `branch` null: on a new branch from the version
    before it."""

    version: Version
    instruction: Words | None = None
    editor: SpecText | None = None
    seed: Seed | None = None
    box: BoxField | None = None
    branch: Name | None = None


class Answered(Record):
    """How the step stands after the answer, and what its branch did."""

    answer: Answer
    move: Moved | None


@router.post("/steps/{run}/{step}/accept", responses={**_REFUSALS, **responses(412, 428)})
def accept(document: DocumentAt, run: RunAt, step: StepId, wish: Acceptance, head: Seen) -> Answered:
    """Bring a candidate to the step's branch. With `conflicts` nothing was changed and the step still waits."""
    asked = _asked(document, run, step)
    seen, chosen = expected(document, asked.branch, head), settlements(wish.settle)
    with held():
        return _answered(answer.accept(document, _name(asked), wish.version, settle=chosen, expected=seen))


@router.post("/steps/{run}/{step}/reject", responses=_REFUSALS)
def reject(document: DocumentAt, run: RunAt, step: StepId, wish: Rejection) -> Answered:
    """None of the candidates will do: they are marked rejected, and the step is `unfixed`."""
    return _answered(document.reject_step(_name(_asked(document, run, step)), wish.reason))


@router.post("/steps/{run}/{step}/edit", status_code=202, responses=_REFUSALS)
def edit(request: Request, document: DocumentAt, doc: DocumentKey, run: RunAt, step: StepId, wish: Edit) -> Task:
    """Do the step again, in a new run from the branch's head, with another instruction."""
    asked, allowance = _asked(document, run, step), studio_of(request).allowance
    allowance.require_run(run)
    allowance.require("editors", wish.editors)
    if wish.instruction is None and not asked.released:
        raise UsageError("the instruction is missing; say what is to be done at the step's place")
    order = EditOrder(step=_name(asked), instruction=wish.instruction, editors=tuple(wish.editors), seed=wish.seed)
    return submitted(request, doc, document, order)


@router.post("/again", status_code=202, responses={**_REFUSALS, **responses(412)})
def again(request: Request, document: DocumentAt, doc: DocumentKey, wish: Again, head: Seen) -> Task:
    """Do the step of a version again, with another instruction, editor, seed or box. On a branch that stands, an
    If-Match that is sent must hold."""
    version, allowance = version_of(document, wish.version), studio_of(request).allowance
    run, _ = behind(document, version)
    allowance.require_run(run)
    allowance.require("editors", [wish.editor] if wish.editor else [])
    if wish.branch is not None:
        require_branch(document, wish.branch)
        if head is not None:
            expected(document, wish.branch, head)
    if wish.box is not None and not version.picture.box.contains(wish.box):
        raise UsageError(f"box {wish.box} does not lie inside the picture, {version.picture.box}")
    return submitted(request, doc, document, AgainOrder(**wish.model_dump()))


def _asked(document: Document, run: RunRecord, step: str) -> Waiting:
    """The step, which waits; UnknownNameError if there is none such, ConflictError if it waits for nobody."""
    found = next((one for one in answer.waiting(document) if (one.run.id, one.step.id) == (run.id, step)), None)
    if found is None and step in {planned.id for planned in _steps(run)}:
        stands = run.steps[step].status if step in run.steps else "pending"
        raise ConflictError(f"step {step!r} of run {run.id} is {stands}, it waits for nobody")
    return found or answer.find(document, f"{run.id}:{step}")


def _steps(run: RunRecord) -> list[Step]:
    return [step for plan in run.plans for step in plan.steps]


def _name(asked: Waiting) -> str:
    """By the full id, which names no other run."""
    return f"{asked.run.id}:{asked.step.id}"


def _answered(told: Answer) -> Answered:
    return Answered(answer=told, move=moved(told.branch, told.origin, told.target))
