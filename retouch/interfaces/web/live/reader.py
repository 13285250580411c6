"""A reader of the stream: what waits for one connection, bounded, so that a slow one harms nobody but itself."""

from __future__ import annotations

import asyncio

from retouch.interfaces.web.live.cursor import Cursor
from retouch.interfaces.web.live.message import Message

WAITING = 512
"""Messages that may wait for one reader; a long run tells fewer in a minute. Who falls behind is cut off and comes
back by its cursor."""


class Reader:
    """Used in the server's loop only. `gone` is set when the stream is to end, by whoever ends it."""

    def __init__(self, cursor: Cursor, documents: frozenset[str] | None = None, waiting: int = WAITING) -> None:
        self.cursor = cursor
        self.gone = asyncio.Event()
        self.slow = False
        self._documents = documents
        self._queue: asyncio.Queue[Message] = asyncio.Queue(waiting)

    def wants(self, message: Message) -> bool:
        """Whether the message is about one of the reader's documents."""
        return self._documents is None or message.document is None or message.document in self._documents

    def offer(self, message: Message) -> None:
        """Let it wait for the connection, or end the stream if too much does already."""
        if not self.wants(message):
            return
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self.slow = True
            self.gone.set()

    async def next(self, patience: float) -> Message | None:
        """The next message, None if there is none for `patience` seconds."""
        try:
            return await asyncio.wait_for(self._queue.get(), patience)
        except TimeoutError:
            return None

    def written(self, message: Message) -> bytes:
        """The message as this reader gets it, with the cursor by which it can come back to this very place."""
        if message.number is not None:
            self.cursor.move(message.project, message.number)
        return f"id: {self.cursor}\n".encode() + message.body
