"""The guard: stands in front of every route and lets through what a browser's own page, or a program, may send."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from retouch.interfaces.web.problem import answer

UPLOAD = "/api/documents"
"""The one route that takes a picture."""
PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/tiff"})
JSON_LIMIT = 1 << 20
"""Bytes of a JSON body: a thousand boxes with long instructions are a tenth of it."""
PICTURE_LIMIT = 256 << 20
"""Bytes of a picture: 50 megapixels of 16-bit RGB, not compressed at all, are 300 MB; as files they are below this."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_WILDCARDS = ("0.0.0.0", "::")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


def allowed_hosts(host: str, port: int) -> frozenset[str]:
    """The values of `Host` that mean this server. Where it listens on every address, the names and addresses that
    this machine knows of itself; a name that someone else's DNS points here is never among them."""
    names = {host, "127.0.0.1", "localhost", "::1"}
    if host in _WILDCARDS:
        names = (names | {socket.gethostname(), *_addresses()}) - set(_WILDCARDS)
    shown = {f"[{name}]" if ":" in name else name.lower() for name in names}
    return frozenset({f"{name}:{port}" for name in shown} | (shown if port == 80 else set()))


def _addresses() -> Iterable[str]:
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(socket.gethostname(), None)}
    except OSError:
        return ()


class Guard:
    """Refuses what comes by a foreign name (DNS rebinding), from a foreign page (forged requests), or is too large.

    No decision reads the user agent, and no answer allows another origin. Ranges are not served, so their header is
    left out. Every answer, those of the guard itself too, carries `HEADERS`.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            refusal = self._refusal(scope)
            if refusal is not None:
                await refusal(scope, receive, _dressed(send))
                return
            kept = [(name, value) for name, value in scope["headers"] if name not in (b"range", b"if-range")]
            await self._app({**scope, "headers": kept}, _counted(receive, _limit(scope)), _dressed(send))
        else:
            await send({"type": "websocket.close", "code": 1008})

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        return (
            self._foreign_host(scope, headers)
            or _foreign_origin(headers)
            or _foreign_site(scope, headers)
            or _wrong_type(scope, headers)
            or _too_long(scope, headers)
        )

    def _foreign_host(self, scope: Scope, headers: Headers) -> Response | None:
        """Its names, or the address that this very connection was made to: no name of somebody else's is either."""
        given = headers.getlist("host")
        if len(given) == 1 and given[0].lower() in {*self._hosts, *_own_address(scope)}:
            return None
        return answer(403, "host", "the Host header must name this server, once")


def _own_address(scope: Scope) -> Iterable[str]:
    """Where this connection ends, as a number; a machine does not always know all of its own."""
    host, port = scope.get("server") or (None, None)
    try:
        address = ip_address(str(host))
    except ValueError:
        return ()
    return (f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}",)


def _foreign_origin(headers: Headers) -> Response | None:
    """An origin that is sent must be the page of this very address; `null` is none."""
    given = headers.getlist("origin")
    if not given or given == [f"http://{headers['host'].lower()}"]:
        return None
    return answer(403, "origin", "the request comes from another page")


def _foreign_site(scope: Scope, headers: Headers) -> Response | None:
    """What acts or tells something must come from our own page; a link to a page may stand anywhere."""
    site = headers.get("sec-fetch-site", "none")
    page = scope["method"] in SAFE and not scope["path"].startswith("/api")
    if page or site in ("same-origin", "none"):
        return None
    return answer(403, "site", f"the request comes from another site ({site!r})")


def _wrong_type(scope: Scope, headers: Headers) -> Response | None:
    """JSON alone, pictures where one is taken: a form of a foreign page cannot send these without asking first."""
    if scope["method"] in SAFE:
        return None
    given = headers.get("content-type", "").partition(";")[0].strip().lower()
    wanted = PICTURE_TYPES if scope["path"] == UPLOAD else {"application/json"}
    if given in wanted:
        return None
    return answer(415, "content-type", f"the body is {given or 'untyped'}; expected {', '.join(sorted(wanted))}")


def _limit(scope: Scope) -> int:
    return PICTURE_LIMIT if scope["path"] == UPLOAD else JSON_LIMIT


def _too_long(scope: Scope, headers: Headers) -> Response | None:
    told = headers.get("content-length", "0")
    if told.isdecimal() and len(told) < 20 and int(told) <= _limit(scope):
        return None
    return answer(413, "too-large", f"the body is larger than {_limit(scope)} bytes")


def _counted(receive: Receive, limit: int) -> Receive:
    """`receive`, which ends the request where the body turns out to be longer than it may be, whatever was told."""
    got = 0

    async def counting() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > limit:
            raise HTTPException(413, f"the body is larger than {limit} bytes")
        return message

    return counting


def _dressed(send: Send) -> Send:
    """`send`, with our headers on every answer."""

    async def dressing(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return dressing
