"""The revision of a document: a word that changes whenever anything that the page shows of it does."""

from __future__ import annotations

from retouch.orchestrator.document import Document


def revision(document: Document) -> str:
    """The word; see `Feed.revisions`."""
    return document.project.store.revisions()[document.record.id]
