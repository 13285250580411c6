"""Addressing: from the parts of a path to what they name, always by id and never by a place of the file system."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request

from retouch.errors import UnknownNameError
from retouch.interfaces.web.projects import KEY, Projects
from retouch.interfaces.web.reading.contrasts import Contrasts
from retouch.interfaces.web.reading.shelf import Shelf
from retouch.orchestrator.document import Document
from retouch.orchestrator.history import Version
from retouch.store import RunRecord

HASH = r"^[0-9a-f]{64}$"
"""A version's id."""
RUN = r"^[0-9a-f]{16}$"
"""A run's id."""
STEP = r"^[^/\\\x00-\x1f\x7f]{1,200}$"
"""A step's id within its run's plans: a plan may come from anywhere, and name its steps in any writing. It is looked up
in the run and nowhere else."""

DocumentKey = Annotated[str, Path(pattern=KEY, description="A document's key, as the list of documents has it.")]
VersionId = Annotated[str, Path(pattern=HASH, description="A version's full id.")]
RunId = Annotated[str, Path(pattern=RUN, description="A run's full id.")]
StepId = Annotated[str, Path(pattern=STEP, description="A step's id.")]


def served(request: Request) -> Projects:
    """The projects of this server."""
    found: Projects = request.app.state.projects
    return found


Served = Annotated[Projects, Depends(served)]


def shelf(request: Request) -> Shelf:
    """The small levels that this server keeps at hand."""
    found: Shelf = request.app.state.shelf
    return found


ShelfAt = Annotated[Shelf, Depends(shelf)]


def contrasts(request: Request) -> Contrasts:
    """The comparisons that this server keeps at hand."""
    found: Contrasts = request.app.state.contrasts
    return found


ContrastsAt = Annotated[Contrasts, Depends(contrasts)]


def document_at(doc: DocumentKey, projects: Served) -> Document:
    """The document that a path names."""
    return projects.document(doc)


DocumentAt = Annotated[Document, Depends(document_at)]


def version_of(document: Document, version: str) -> Version:
    """The version of that id, if it is one of this document; else UnknownNameError."""
    record = document.project.store.version(version)
    if record.document != document.name:
        raise UnknownNameError(f"version {version[:12]} is none of document {document.name!r}")
    return Version(document.project.store, record)


def version_at(document: DocumentAt, version: VersionId) -> Version:
    """The version that a path names."""
    return version_of(document, version)


VersionAt = Annotated[Version, Depends(version_at)]


def run_at(document: DocumentAt, run: RunId) -> RunRecord:
    """The run of this document that a path names; UnknownNameError if there is none."""
    found = document.project.store.run(run)
    if found.document_id != document.record.id:
        raise UnknownNameError(f"run {run} is none of document {document.name!r}")
    return found


RunAt = Annotated[RunRecord, Depends(run_at)]
