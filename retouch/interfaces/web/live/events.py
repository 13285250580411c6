"""The route of the stream."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response

from retouch.errors import UsageError
from retouch.interfaces.web.live.cursor import Cursor
from retouch.interfaces.web.live.stream import MEDIA_TYPE, EventStream
from retouch.interfaces.web.live.studio import studio_of
from retouch.interfaces.web.problem import answer, responses
from retouch.interfaces.web.projects import KEY

router = APIRouter(tags=["live"])

_EXAMPLE = 'id: 1:57\nevent: changed\ndata: {"doc":"1-1","revision":"8c1f2a90b3d4e5f6"}\n\n'
_STREAM = {"content": {MEDIA_TYPE: {"schema": {"type": "string"}, "example": _EXAMPLE}}}
_LONGEST = 2000
"""Characters of a cursor: more than a hundred projects take."""


@router.get("/events", response_class=Response, responses={200: _STREAM, **responses(422, 503)})
async def events(
    request: Request,
    documents: Annotated[str | None, Query(max_length=4000, description="Keys of documents, by commas.")] = None,
    after: Annotated[
        str | None, Query(max_length=_LONGEST, description="A cursor; `Last-Event-ID` goes first.")
    ] = None,
    last_event_id: Annotated[str | None, Header(max_length=_LONGEST)] = None,
) -> Response:
    """Everything that happens, as server-sent events: `event` (a run tells something), `changed` (a document has
    another revision), `job` (work of this server). From the cursor on without gap or double, else from now on."""
    cursor = Cursor.parse(last_event_id or after or "")
    wanted = None if documents is None else _keys(documents)
    broadcast = studio_of(request).broadcast
    reader = broadcast.admit(cursor, wanted)
    if reader is None:
        return answer(503, "too-many-readers", "as many pages as may are reading already", headers={"Retry-After": "5"})
    try:
        await broadcast.join(reader)
    except BaseException:
        broadcast.dismiss(reader)
        raise
    return EventStream(reader, broadcast.written(reader), lambda: broadcast.dismiss(reader))


def _keys(text: str) -> frozenset[str]:
    keys = [key.strip() for key in text.split(",") if key.strip()]
    for key in keys:
        if not re.fullmatch(KEY, key, re.ASCII):
            raise UsageError(f"documents: {key[:40]!r} is no document's key")
    return frozenset(keys)
