"""Replays: an act that is asked for twice with one `Idempotency-Key` is done once and answered twice."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from blake3 import blake3
from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from retouch.interfaces.web.problem import answer

MOST = 1000
"""Answers that are remembered, the newest ones."""
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What was asked, as a hash, and what was answered."""

    asked: bytes
    status: int
    body: bytes
    media_type: str | None


class Replays:
    """Answers by key, in the memory of one server. Used in the server's loop only."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._locks: dict[str, tuple[asyncio.Lock, list[None]]] = {}

    @asynccontextmanager
    async def alone(self, key: str) -> AsyncIterator[Kept | None]:
        """Nobody else is at work with that key meanwhile; gives the answer there is."""
        lock, users = self._locks.setdefault(key, (asyncio.Lock(), []))
        users.append(None)
        try:
            async with lock:
                yield self._kept.get(key)
        finally:
            users.pop()
            if not users:
                self._locks.pop(key, None)

    def keep(self, key: str, kept: Kept) -> None:
        """Remember an answer; the oldest ones are forgotten."""
        self._kept[key] = kept
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


class ReplayedRoute(APIRoute):
    """A route that honours `Idempotency-Key`. Only what was done is remembered: a refusal changed nothing."""

    def get_route_handler(self) -> _Handler:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            key = request.headers.get("idempotency-key")
            if key is None or request.method != "POST":
                return await handler(request)
            if not _KEY.fullmatch(key):
                return answer(422, "idempotency-key", "the Idempotency-Key must be 1 to 200 visible ASCII characters")
            asked = await _asked(request)
            replays: Replays = request.app.state.studio.replays
            async with replays.alone(key) as kept:
                if kept is None:
                    return await _done(handler, request, replays, key, asked)
            if kept.asked != asked:
                return answer(
                    422, "idempotency-key", "this Idempotency-Key was used for another request", "take a new one"
                )
            return Response(kept.body, kept.status, {"Idempotent-Replayed": "true"}, kept.media_type)

        return handle


async def _done(handler: _Handler, request: Request, replays: Replays, key: str, asked: bytes) -> Response:
    response = await handler(request)
    if response.status_code < 300:
        replays.keep(key, Kept(asked, response.status_code, bytes(response.body), response.media_type))
    return response


async def _asked(request: Request) -> bytes:
    """A hash of all that the request says."""
    hasher = blake3()
    held = request.headers.get("if-match", "")
    for part in (request.url.path, request.url.query, held, request.headers.get("content-type", "")):
        hasher.update(len(part).to_bytes(8, "big") + part.encode("utf-8"))
    hasher.update(await request.body())
    return hasher.digest()
