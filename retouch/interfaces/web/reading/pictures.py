"""Routes of pixels: tiles for deep zoom, thumbnails, parts at full size. All are named by hashes, so they are kept for
ever by whoever got them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from retouch.errors import UsageError
from retouch.geometry import Box, Size
from retouch.interfaces.web.addressing import DocumentAt, ShelfAt, VersionAt
from retouch.interfaces.web.problem import responses
from retouch.interfaces.web.reading import rendering
from retouch.interfaces.web.reading.pyramid import LARGEST_LEVEL
from retouch.interfaces.web.tag import FOR_EVER, fresh, tag_of

router = APIRouter(prefix="/documents/{doc}/versions/{version}")

Level = Annotated[int, Path(ge=0, le=LARGEST_LEVEL, description="The largest is full size, each smaller one half.")]
Place = Annotated[int, Path(ge=0, le=1 << 24)]
BoxQuery = Annotated[str, Query(pattern=r"^[0-9]{1,9}(,[0-9]{1,9}){3}$", examples=["10,20,64,64"])]
Margin = Annotated[int, Query(ge=0, le=1 << 24, description="Pixels shown beyond the box on each side.")]


def picture_responses(media_type: str, *problems: int) -> dict[int | str, dict[str, Any]]:
    """What a route of pixels tells of its answers."""
    found: dict[str, Any] = {
        "description": "The picture",
        "content": {media_type: {"schema": {"type": "string", "format": "binary"}}},
    }
    return {200: found, 304: {"description": "It is as the client knows it"}, **responses(*problems)}


def kept(request: Request, media_type: str, made: Callable[[], bytes], *named: object) -> Response:
    """What `made` gives, or 304 where the client has it; `named` is all that it depends on."""
    tag = tag_of(media_type, *map(str, named))
    return fresh(request, tag, FOR_EVER) or Response(
        made(), media_type=media_type, headers={"ETag": tag, "Cache-Control": FOR_EVER}
    )


@router.get(
    "/tiles/{level}/{x}/{y}",
    response_class=Response,
    responses=picture_responses("image/webp", 404, 410, 500),
)
def get_tile(
    request: Request, document: DocumentAt, version: VersionAt, shelf: ShelfAt, level: Level, x: Place, y: Place
) -> Response:
    """A tile of 256 × 256 pixels (fewer at the right and lower edge), lossless, 8-bit sRGB."""
    store = document.project.store
    return kept(
        request,
        "image/webp",
        lambda: rendering.exact_webp(rendering.tile(shelf, store, version.id, level, x, y)),
        *("tile", version.id, level, x, y),
    )


@router.get(
    "/thumbnail",
    response_class=Response,
    responses=picture_responses("image/webp", 404, 410, 422, 500),
)
def get_thumbnail(
    request: Request,
    document: DocumentAt,
    version: VersionAt,
    shelf: ShelfAt,
    side: Literal["64", "128", "256"] = "128",
) -> Response:
    """The version in a square of `side` pixels."""
    store = document.project.store
    return kept(
        request,
        "image/webp",
        lambda: rendering.small_webp(rendering.thumbnail(shelf, store, version.id, int(side))),
        *("thumbnail", version.id, side),
    )


@router.get("/crop", response_class=Response, responses=picture_responses("image/png", 404, 410, 422, 500))
def get_crop(request: Request, document: DocumentAt, version: VersionAt, box: BoxQuery, margin: Margin = 0) -> Response:
    """A part at full size, lossless; what reaches beyond the picture is left out, and one with a side of more than 2048
    pixels is halved until it has no more."""
    store = document.project.store
    part = held(Box.parse(box).grown(margin), rendering.size_of(store, version.id))
    return kept(
        request,
        "image/png",
        lambda: rendering.png(rendering.part_of(store, version.id, part)),
        *("crop", version.id, part),
    )


def held(box: Box, size: Size) -> Box:
    """What of the box lies in the picture; UsageError if that is nothing."""
    part = box.clamped(size)
    if part.empty:
        raise UsageError(f"box {box} lies outside the picture of {size.width}x{size.height}")
    return part
