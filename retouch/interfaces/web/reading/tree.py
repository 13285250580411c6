"""The route that tells the tree of versions, laid out in lanes."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from retouch.interfaces.web.addressing import DocumentAt
from retouch.interfaces.web.facts.tree import tree_facts
from retouch.interfaces.web.problem import responses
from retouch.interfaces.web.reading.revision import revision
from retouch.interfaces.web.records import TreeFacts
from retouch.interfaces.web.tag import fresh, tag_of

router = APIRouter()
_CACHE = "private, no-cache"


@router.get(
    "/documents/{doc}/tree",
    response_model=TreeFacts,
    responses={304: {"description": "It is as the client knows it"}, **responses(404, 500)},
)
def get_tree(request: Request, document: DocumentAt) -> Response:
    """Every version in a row of the tree, the oldest first; tries of one step that led nowhere share a row."""
    told = revision(document)
    tag = tag_of("tree", told)
    known = fresh(request, tag, _CACHE)
    if known is not None:
        return known
    facts = tree_facts(document, told)
    return Response(
        facts.model_dump_json(), media_type="application/json", headers={"ETag": tag, "Cache-Control": _CACHE}
    )
