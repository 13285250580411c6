"""Admission: who has the token of this server may come in."""

from __future__ import annotations

import hmac
import re
import secrets
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from retouch.interfaces.web.problem import answer

_PAGE = re.compile(r"/(?:d/[0-9]{1,3}-[0-9]{1,9}(?:/v/[0-9a-f]{64})?)?")
"""Only addresses of pages take the token: they can be redirected to themselves and lead nowhere else."""


def new_token() -> str:
    """256 random bits, as they stand in an address."""
    return secrets.token_urlsafe(32)


class Admission:
    """Lets a request through that shows the token: as `?token=` of a page, which is exchanged for a cookie and
    redirected to the same page without it; by that cookie; or as `Authorization: Bearer`.

    The cookie is out of reach for scripts and is not sent from other sites. Its name holds the port, as a browser
    keeps the cookies of all ports of a host together.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app = app
        self._token = token.encode("ascii")
        self.cookie = f"retouch-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = _query_token(scope)
        if given is not None and self._right(given):
            await self._exchange(scope, given)(scope, receive, send)
        elif given is None and (self._by_cookie(scope) or self._by_bearer(scope)):
            await self._app(scope, receive, send)
        else:
            await _refusal()(scope, receive, send)

    def _exchange(self, scope: Scope, token: str) -> Response:
        """To the same page with the cookie. Who came by a link of another site (a terminal or a chat in the browser) is
        led on by a page of ours: in a redirect of theirs the browser would keep the cookie back."""
        path, headers = scope["path"], {"Cache-Control": "no-store"}
        if Headers(scope=scope).get("sec-fetch-site", "none") in ("none", "same-origin"):
            moved = Response(status_code=303, headers={**headers, "Location": path})
        else:
            headers["Refresh"] = f"0;url={path}"
            moved = Response(f'<a href="{path}">Retouch</a>', media_type="text/html; charset=utf-8", headers=headers)
        moved.set_cookie(self.cookie, token, path="/", httponly=True, samesite="strict")
        return moved

    def _by_cookie(self, scope: Scope) -> bool:
        """Split by hand: a browser sends the cookies of all ports of a host, and the standard library's parser gives up
        at the first that is not to its liking."""
        pairs = (part.partition("=") for header in Headers(scope=scope).getlist("cookie") for part in header.split(";"))
        return any(name.strip() == self.cookie and self._right(value.strip()) for name, _, value in pairs)

    def _by_bearer(self, scope: Scope) -> bool:
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._right(given)

    def _right(self, given: str) -> bool:
        """In a time that does not tell how much of it was right."""
        return hmac.compare_digest(given.encode("utf-8"), self._token)


def _query_token(scope: Scope) -> str | None:
    """The token in a page's address; None where there is none."""
    if scope["method"] != "GET" or not _PAGE.fullmatch(scope["path"]):
        return None
    found = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=100).get("token")
    return found[0] if found else None


def _refusal() -> Response:
    return answer(
        401,
        "token",
        "this address needs the token of the server",
        "open the address that `retouch serve` printed, or send `Authorization: Bearer TOKEN`",
        {"WWW-Authenticate": "Bearer"},
    )
