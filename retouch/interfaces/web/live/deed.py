"""Deeds: each kind of order, done through the document as the command line does it."""

from __future__ import annotations

from typing import Any

from retouch.errors import UnknownNameError
from retouch.event import Listener
from retouch.interfaces.web.live.order import AgainOrder, ContinueOrder, EditOrder, Order, RunOrder
from retouch.orchestrator.budget import Budget
from retouch.orchestrator.cancel import Cancel
from retouch.orchestrator.document import Document
from retouch.orchestrator.outcome import RunReport
from retouch.orchestrator.project import Project
from retouch.orchestrator.reference import AUTO, load_reference
from retouch.orchestrator.repetition import Otherwise, again
from retouch.plan import Goal
from retouch.settings import load as load_settings
from retouch.writing import corpus


def carry_out(project: Project, order: Order, listen: Listener, cancel: Cancel) -> dict[str, Any]:
    """Do it; the result as JSON. Errors of Retouch are raised; CancelledError if `cancel` was thrown."""
    document = _document(project, order.document)
    news: dict[str, Any] = {"listen": listen, "cancel": cancel}
    cancel.raise_if_stopping()
    match order.work:
        case RunOrder() as work:
            return _told(_run(document, work, news))
        case EditOrder() as work:
            return _edited(document, work, news)
        case AgainOrder() as work:
            given = {name: getattr(work, name) for name in ("instruction", "editor", "seed", "box", "branch")}
            return _told(again(document, document.version(work.version), Otherwise(**given), **news))
        case ContinueOrder() as work:
            return _told(project.resume_run(work.run, **news))


def _document(project: Project, number: int) -> Document:
    for document in project.documents():
        if document.record.id == number:
            return document
    raise UnknownNameError(f"there is no document number {number} in {project.path.name}")


def _run(document: Document, order: RunOrder, news: dict[str, Any]) -> RunReport:
    start = document.head(order.branch) if order.at is None else document.version(order.at)
    goal = _goal(document, order)
    options: dict[str, Any] = {"planner": order.planner, "review": order.review, "offline": order.offline}
    options["budget"] = Budget(order.max_calls, order.max_seconds, order.attempts)
    options |= {name: given for name in ("editors", "verifiers") if (given := getattr(order, name))}
    if order.at is None:
        return document.run(goal, branch=order.branch, **options, **news)
    document.create_branch(order.branch, start)
    try:
        return document.run(goal, branch=order.branch, **options, **news)
    finally:
        _tidy(document, order.branch)


def _tidy(document: Document, branch: str) -> None:
    """A branch that was made for a run which was never begun is taken away again."""
    if all(run.branch != branch for run in document.project.store.runs(document.record.id)):
        document.delete_branch(branch)


def _goal(document: Document, order: RunOrder) -> Goal:
    goal = Goal(text=order.goal, boxes=order.boxes)
    if order.text is None:
        return goal
    reference, source = _reference(document, order)
    return goal.model_copy(update={"reference": reference, "reference_source": source})


def _reference(document: Document, order: RunOrder) -> tuple[str | None, str | None]:
    """A work of the corpus by its title, else the text itself; a page names no file."""
    text = (order.text or "").strip()
    if text == AUTO:
        return load_reference(AUTO, document.head(order.branch if order.at is None else "main").picture)
    for work in corpus.works(load_settings().corpus):
        if text == work.title:
            return work.text, f"{work.title} ({work.edition})"
    return load_reference(f"literal:{text}")


def _edited(document: Document, order: EditOrder, news: dict[str, Any]) -> dict[str, Any]:
    options = {"editors": order.editors} if order.editors else {}
    answer = document.edit_step(order.step, order.instruction, seed=order.seed, **options, **news)
    told = answer.model_dump(mode="json", exclude={"report"})
    return {**(_told(answer.report) if answer.report else {}), "answer": told}


def _told(report: RunReport) -> dict[str, Any]:
    move = {"branch": report.branch, "origin": report.base, "target": report.head}
    moved = {"move": move} if report.base != report.head else {}
    return {"run": report.run, "state": "ended", "report": report.model_dump(mode="json"), **moved}
