"""The stream: one connection of server-sent events, from its first byte to its end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from retouch.interfaces.web.live.reader import Reader

MEDIA_TYPE = "text/event-stream"
_FAREWELL = 0.5
"""Seconds given to the last byte; a connection that takes nothing is then cut."""


class EventStream(Response):
    """Sends `content` until the client leaves or the reader is `gone`, also where the client takes nothing."""

    media_type = MEDIA_TYPE

    def __init__(self, reader: Reader, content: AsyncIterator[bytes], ended: Callable[[], None]) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self.raw_headers = [pair for pair in self.raw_headers if pair[0] != b"content-length"]
        self._reader = reader
        self._content = content
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async with anyio.create_task_group() as group:
                group.start_soon(self._left, receive, group.cancel_scope)
                group.start_soon(self._told_to_end, group.cancel_scope)
                await self._sent(send)
        finally:
            self._ended()
        with anyio.move_on_after(_FAREWELL):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _sent(self, send: Send) -> None:
        async for part in self._content:
            await send({"type": "http.response.body", "body": part, "more_body": True})

    async def _left(self, receive: Receive, scope: anyio.CancelScope) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        scope.cancel()

    async def _told_to_end(self, scope: anyio.CancelScope) -> None:
        await self._reader.gone.wait()
        scope.cancel()
