"""Routes that compare two versions: where and by how much they differ, and a map of it in tiles."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from retouch.geometry import Box
from retouch.interfaces.web.addressing import ContrastsAt, DocumentAt, VersionId, version_of
from retouch.interfaces.web.facts.comparison import comparison_facts
from retouch.interfaces.web.problem import responses
from retouch.interfaces.web.reading.contrast import relief_tile
from retouch.interfaces.web.reading.pictures import Level, Place, kept, picture_responses
from retouch.interfaces.web.records import Comparison
from retouch.interfaces.web.tag import FOR_EVER, fresh, tag_of
from retouch.orchestrator.document import Document

router = APIRouter(prefix="/documents/{doc}/compare/{a}/{b}")
_Only = Annotated[Literal["0", "1"], Query(description="1: only what lies beyond the box of the step of `b`.")]


@router.get(
    "",
    response_model=Comparison,
    responses={304: {"description": "It is as the client knows it"}, **responses(404, 410, 422, 500)},
)
def get_comparison(
    request: Request, document: DocumentAt, a: VersionId, b: VersionId, contrasts: ContrastsAt
) -> Response:
    """What changes from version `a` to version `b`, and what of it lies beyond the box of the step of `b`."""
    box = _compared(document, a, b)
    tag = tag_of("compare", a, b)
    known = fresh(request, tag, FOR_EVER)
    if known is not None:
        return known
    facts = comparison_facts(contrasts, document.project.store, a, b, box)
    return Response(
        facts.model_dump_json(), media_type="application/json", headers={"ETag": tag, "Cache-Control": FOR_EVER}
    )


@router.get(
    "/tiles/{level}/{x}/{y}",
    response_class=Response,
    responses=picture_responses("image/png", 404, 410, 422, 500),
)
def get_difference_tile(
    request: Request,
    document: DocumentAt,
    a: VersionId,
    b: VersionId,
    contrasts: ContrastsAt,
    level: Level,
    x: Place,
    y: Place,
    outside: _Only = "0",
) -> Response:
    """A tile of the map of differences: transparent where the versions are equal, else dark red."""
    box, store = _compared(document, a, b), document.project.store
    if outside == "0":
        box = None
    elif box is None:
        box = Box(0, 0, store.grid(b).width, store.grid(b).height)  # a step without a box has nothing beyond it
    return kept(
        request,
        "image/png",
        lambda: relief_tile(contrasts.relief(store, a, b, box), level, x, y),
        *("difference", a, b, outside, level, x, y),
    )


def _compared(document: Document, a: str, b: str) -> Box | None:
    """The box of the step of `b`; UnknownNameError if one of both is none of this document."""
    version_of(document, a)
    return version_of(document, b).record.box
