"""The page itself: the built bundle, a fixed list of files."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from retouch.errors import UnknownNameError
from retouch.interfaces.web.projects import KEY
from retouch.interfaces.web.tag import fresh, tag_of

BUNDLE = FilePath(__file__).parent / "bundle"
ASSETS = {
    "app.js": "text/javascript; charset=utf-8",
    "app.css": "text/css; charset=utf-8",
    "report.js": "text/javascript; charset=utf-8",
    "licences.txt": "text/plain; charset=utf-8",
}
"""Everything below `/assets`, with its type."""

router = APIRouter(include_in_schema=False)
_Key = Annotated[str, Path(pattern=KEY)]
_Version = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


@router.get("/")
def overview(request: Request) -> Response:
    """The page; what it shows stands in its address, and it asks for that itself."""
    return _served(request, "index.html", "text/html; charset=utf-8")


@router.get("/d/{doc}")
def document(request: Request, doc: _Key) -> Response:
    """The page of a document."""
    return overview(request)


@router.get("/d/{doc}/v/{version}")
def version(request: Request, doc: _Key, version: _Version) -> Response:
    """The page of a version."""
    return overview(request)


@router.get("/assets/{name}")
def asset(request: Request, name: str) -> Response:
    """A file of the bundle."""
    if name not in ASSETS:
        raise UnknownNameError(f"there is no asset {name[:80]!r}")
    return _served(request, name, ASSETS[name])


def _served(request: Request, name: str, media_type: str) -> Response:
    """A file, or 304 where the browser has it: asked for each time, as a newer Retouch has the same names."""
    try:
        content = (BUNDLE / name).read_bytes()
    except FileNotFoundError:
        raise UnknownNameError(f"the page's {name} is not built", hint="npm --prefix web run build") from None
    return fresh(request, tag_of(content), "no-cache") or Response(
        content, media_type=media_type, headers={"ETag": tag_of(content), "Cache-Control": "no-cache"}
    )
