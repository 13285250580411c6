"""The route that tells all of one version: how it was made, what was tried beside it, and what was said of each try."""

from __future__ import annotations

from fastapi import APIRouter

from retouch.interfaces.web.addressing import DocumentAt, VersionAt
from retouch.interfaces.web.facts.versions import version_facts
from retouch.interfaces.web.problem import responses
from retouch.interfaces.web.records import VersionFacts

router = APIRouter()


@router.get("/documents/{doc}/versions/{version}", responses=responses(404, 500))
def get_version(document: DocumentAt, version: VersionAt) -> VersionFacts:
    """A version with everything that is known of it."""
    return version_facts(document, version)
