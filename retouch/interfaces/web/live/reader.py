"""A reader of the stream: what waits for one connection, bounded, so that a slow one harms nobody but itself."""

from __future__ import annotations

import asyncio

from retouch.interfaces.web.live.cursor import Cursor
from retouch.interfaces.web.live.message import Message

WAITING = 2000
"""Messages that may wait for one reader; a long run tells fewer in minutes. Who falls behind is cut off and comes
back by its cursor."""


class Reader:
    """Used in the server's loop only. `gone` is set when the stream is to end, by whoever ends it."""

    def __init__(self, cursor: Cursor, documents: frozenset[str] | None = None, waiting: int = WAITING) -> None:
        self.cursor = cursor
        self.gone = asyncio.Event()
        self.slow = False
        self.joined: dict[int, int] = {}
        """By project, the last event before those that are told as they happen."""
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

    async def next(self, patience: float) -> bytes:
        """All messages that wait, as this reader gets them: one write to the connection, however many they are.
        Nothing if there was none for `patience` seconds."""
        try:
            parts = [self.written(await asyncio.wait_for(self._queue.get(), patience))]
        except TimeoutError:
            return b""
        while not self._queue.empty():
            parts.append(self.written(self._queue.get_nowait()))
        return b"".join(parts)

    def written(self, message: Message) -> bytes:
        """The message as this reader gets it, with the cursor by which it can come back to this very place."""
        if message.number is not None:
            self.cursor.move(message.project, message.number)
        return f"id: {self.cursor}\n".encode() + message.body
