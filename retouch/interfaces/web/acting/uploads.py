"""The route that takes a picture. What is kept are its pixels and known metadata, never the file that was sent."""

from __future__ import annotations

import unicodedata
from typing import Annotated

import anyio
from fastapi import APIRouter, Query, Request

from retouch.errors import PictureError, UnknownNameError, UsageError
from retouch.interfaces.web.acting.replay import ReplayedRoute
from retouch.interfaces.web.guard import PICTURE_TYPES
from retouch.interfaces.web.problem import responses
from retouch.orchestrator.project import Project
from retouch.picture_file import decode_bytes
from retouch.record import Record
from retouch.settings import load as load_settings

MOST_PIXELS = 100_000_000
"""Of a picture that is sent; the settings may say less. Twice what the page is made for, and 600 MB at 16 bits."""
_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "TIFF": "image/tiff"}
_BODY = {content: {"schema": {"type": "string", "format": "binary"}} for content in sorted(PICTURE_TYPES)}
_at_once = anyio.CapacityLimiter(1)

router = APIRouter(prefix="/documents", tags=["acting"], route_class=ReplayedRoute)


class Uploaded(Record):
    """The picture's document; `known` where a document with the same pixels was there already."""

    key: str
    name: str
    head: str
    known: bool


@router.post(
    "",
    status_code=201,
    responses=responses(404, 413, 415, 422),
    openapi_extra={"requestBody": {"required": True, "content": _BODY}},
)
async def upload(
    request: Request,
    name: Annotated[str, Query(min_length=1, max_length=255, description="What to call the document.")],
    project: Annotated[int, Query(ge=1, le=999, description="The project's number in the command line.")] = 1,
) -> Uploaded:
    """Import a picture (PNG, JPEG, WebP or TIFF): a new document, or the one that has the same pixels."""
    opened = list(request.app.state.projects)
    if project > len(opened):
        raise UnknownNameError(f"there is no project {project}; there are {len(opened)}")
    content = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    data = await request.body()
    # One after the other: a decoded picture takes far more memory than its file.
    return await anyio.to_thread.run_sync(
        _imported, opened[project - 1], project, _checked(name), data, content, limiter=_at_once
    )


def _imported(project: Project, number: int, name: str, data: bytes, content: str) -> Uploaded:
    picture = decode_bytes(data, "the picture", min(MOST_PIXELS, load_settings().max_pixels))
    found = _TYPES.get(str(picture.metadata.format))
    if found != content:
        raise PictureError(f"the picture is {found or picture.metadata.format}, but was sent as {content}")
    before = {document.record.id for document in project.documents()}
    document = project.import_picture(picture, name)
    return Uploaded(
        key=f"{number}-{document.record.id}",
        name=document.name,
        head=next(iter(document.branches.values())),
        known=document.record.id in before,
    )


def _checked(name: str) -> str:
    """The name, which is shown and never used as a path; UsageError for one that only looks like trouble."""
    name = name.strip()
    if not name or name in (".", "..") or any(sign in "/\\" or unicodedata.category(sign)[0] == "C" for sign in name):
        raise UsageError("a document's name must not be empty, a path or hold control characters")
    return name
