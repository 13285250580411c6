"""Entity tags: what a client has already is not sent again."""

from __future__ import annotations

from blake3 import blake3
from starlette.requests import Request
from starlette.responses import Response

FOR_EVER = "private, max-age=31536000, immutable"
"""Of what is named by a hash: it never changes."""


def tag_of(*parts: bytes | str) -> str:
    """The tag, with its quotes, of what consists of these parts."""
    hasher = blake3()
    for part in parts:
        data = part.encode("utf-8") if isinstance(part, str) else part
        hasher.update(len(data).to_bytes(8, "big") + data)
    return f'"{hasher.hexdigest(16)}"'


def fresh(request: Request, tag: str, cache: str) -> Response | None:
    """304 if the client has what `tag` stands for, else None."""
    given = request.headers.get("if-none-match", "")
    known = {each.strip().removeprefix("W/") for each in given.split(",")}
    if tag not in known and given.strip() != "*":
        return None
    return Response(status_code=304, headers={"ETag": tag, "Cache-Control": cache})
