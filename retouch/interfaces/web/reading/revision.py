"""The revision of a document: a word that changes whenever anything that the page shows of it does."""

from __future__ import annotations

import json

from retouch.interfaces.web.tag import tag_of
from retouch.orchestrator.document import Document


def revision(document: Document) -> str:
    """32 hex digits over versions, branches, tags, marks and runs with their steps, whoever changed them."""
    store, number = document.project.store, document.record.id
    marks = {version: mark.model_dump(mode="json") for version, mark in store.standing_marks(number).items()}
    runs = [(run.id, run.state, run.alive, len(run.plans), repr(run.steps)) for run in store.runs(number)]
    versions = [version.id for version in store.versions(number)]
    told = json.dumps([document.branches, document.tags, marks, runs], sort_keys=True, default=str)
    return tag_of(told, *versions).strip('"')
