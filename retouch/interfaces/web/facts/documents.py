"""What is told of a document: its picture's form, its branches and tags, and what is going on."""

from __future__ import annotations

from retouch.errors import CollectedError, DamagedError
from retouch.interfaces.web.reading.revision import revision
from retouch.interfaces.web.records import BranchFact, DocumentFacts, DocumentLine, TagFact
from retouch.orchestrator.document import Document
from retouch.picture import MODES


def document_facts(key: str, document: Document) -> DocumentFacts:
    """One document under its key: size, branches, tags, what waits and what runs."""
    store, branches = document.project.store, document.branches
    grid = store.grid(main_head(document))
    return DocumentFacts(
        key=key,
        name=document.name,
        project=document.project.path.name,
        width=grid.width,
        height=grid.height,
        mode=MODES[grid.channels],
        depth=grid.depth,
        branches=[BranchFact(name=name, head=head, etag=branch_tag(head)) for name, head in sorted(branches.items())],
        tags=[TagFact(name=name, version=version) for name, version in sorted(document.tags.items())],
        waiting=[waiting.name for waiting in document.waiting()],
        running=_alive(document),
        revision=revision(document),
    )


def document_line(key: str, document: Document) -> DocumentLine:
    """The document's line in the list of all; a damaged one does not keep the others from being listed."""
    named = {"key": key, "name": document.name, "project": document.project.path.name}
    try:
        stands = _standing(document)
    except (DamagedError, CollectedError) as error:
        nothing = dict.fromkeys(("width", "height", "versions", "waiting"), 0)
        stands = {**nothing, "running": False, "head": "", "trouble": error.message}
    return DocumentLine.model_validate({**named, "created": document.record.created, **stands})


def _standing(document: Document) -> dict[str, object]:
    head = main_head(document)
    grid = document.project.store.grid(head)
    return {
        "width": grid.width,
        "height": grid.height,
        "versions": len(document.log()),
        "waiting": len(document.waiting()),
        "running": bool(_alive(document)),
        "head": head,
    }


def branch_tag(head: str) -> str:
    """The entity tag of a branch that stands at `head`: the head's id in quotes."""
    return f'"{head}"'


def main_head(document: Document) -> str:
    """The head of `main`, or of the first branch where there is no `main`."""
    branches = document.branches
    return branches.get("main") or branches[min(branches)]


def _alive(document: Document) -> list[str]:
    runs = document.project.store.runs(document.record.id, "running")
    return [run.id for run in runs if run.alive]
