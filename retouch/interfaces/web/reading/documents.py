"""Routes that tell which documents there are, and how each stands."""

from __future__ import annotations

from fastapi import APIRouter

from retouch.interfaces.web.addressing import DocumentAt, DocumentKey, Served
from retouch.interfaces.web.facts.documents import document_facts, document_line
from retouch.interfaces.web.problem import responses
from retouch.interfaces.web.records import DocumentFacts, DocumentList

router = APIRouter()


@router.get("/documents")
def list_documents(projects: Served) -> DocumentList:
    """All documents of the projects that are served."""
    return DocumentList(documents=[document_line(key, document) for key, document in projects.documents()])


@router.get("/documents/{doc}", responses=responses(404, 500))
def get_document(doc: DocumentKey, document: DocumentAt) -> DocumentFacts:
    """One document: size, branches, tags, what waits and what runs."""
    return document_facts(doc, document)
