"""Routes that hand out files: a version's picture, the report of a document, the way to a version as an animation."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import Response

from retouch.errors import UnknownNameError
from retouch.interfaces.animation import animated, chain
from retouch.interfaces.report import render
from retouch.interfaces.web.addressing import DocumentAt, VersionAt
from retouch.interfaces.web.facts.documents import main_head
from retouch.interfaces.web.problem import responses
from retouch.interfaces.web.reading.pictures import picture_responses
from retouch.orchestrator.document import Document
from retouch.picture_encoding import encode

router = APIRouter(prefix="/documents/{doc}")

_KINDS = {"png": "PNG", "webp": "WebP", "jpeg": "JPEG", "tiff": "TIFF"}
_SHOWN_ID = 8
BranchName = Annotated[str | None, Query(max_length=200, description="Default: `main`, or the first one.")]
_PICTURES = {f"image/{kind}": {"schema": {"type": "string", "format": "binary"}} for kind in _KINDS}


@router.get(
    "/versions/{version}/export",
    response_class=Response,
    responses={200: {"description": "The picture as a file", "content": _PICTURES}, **responses(404, 410, 422, 500)},
)
def get_export(
    document: DocumentAt, version: VersionAt, format: Literal["png", "webp", "jpeg", "tiff"] = "png"
) -> Response:
    """The version's picture as a file: all formats but JPEG are lossless, in its own depth and profile."""
    name = f"{document.name}-{version.id[:_SHOWN_ID]}.{format}"
    data = encode(version.picture, _KINDS[format], name)
    return Response(data, media_type=f"image/{format}", headers=_attached(name))


@router.get(
    "/report",
    response_class=Response,
    responses={
        200: {"description": "One page of HTML", "content": {"text/html": {"schema": {"type": "string"}}}},
        **responses(404, 410, 422, 500),
    },
)
def get_report(document: DocumentAt, branch: BranchName = None) -> Response:
    """The report of the document, one page that opens without a network."""
    page = render(document, _line(document, branch))
    return Response(page, media_type="text/html; charset=utf-8", headers=_attached(f"{document.name}.html"))


@router.get("/animation", response_class=Response, responses=picture_responses("image/webp", 404, 410, 422, 500))
def get_animation(document: DocumentAt, branch: BranchName = None) -> Response:
    """All versions on the way to a branch's head, as an animated WebP."""
    line = _line(document, branch)
    head = document.version(main_head(document)) if line is None else document.head(line)
    return Response(animated(chain(head)), media_type="image/webp", headers=_attached(f"{document.name}.webp"))


def _line(document: Document, branch: str | None) -> str | None:
    """The branch, which must be one by name: here no id, tag or `HEAD~1` is taken for one."""
    if branch is not None and branch not in document.branches:
        raise UnknownNameError(f"there is no branch {branch!r}; branches: {', '.join(sorted(document.branches))}")
    return branch


def _attached(name: str) -> dict[str, str]:
    """Headers that make it a download under that name, whatever stands in it, and that let it do nothing if it is
    opened here."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", name).lstrip("._-") or "download"
    shown = re.sub(r"[\x00-\x1f\x7f/\\]+", "_", name)
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(shown, safe='')}"}
