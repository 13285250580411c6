"""The broadcast: everything that happens in the projects of a server, to everyone who reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from retouch.interfaces.web.live.cursor import Cursor
from retouch.interfaces.web.live.message import Marker, Message
from retouch.interfaces.web.live.onlooker import Onlooker
from retouch.interfaces.web.live.reader import WAITING, Reader
from retouch.store import History

MOST = 64
"""Readers at once."""
HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that proxies and readers know that the stream lives."""
_HELLO = b"retry: 1000\n\n"
_BEAT = b": still here\n\n"


class Broadcast:
    """Readers are served in the server's loop; `tell` and `stop` may be called from any thread.

    `stores` are those of the projects numbered from 1.
    """

    def __init__(
        self, stores: Sequence[History], *, most: int = MOST, heartbeat: float = HEARTBEAT, waiting: int = WAITING
    ) -> None:
        self._onlookers = {number: Onlooker(number, store) for number, store in enumerate(stores, start=1)}
        self._most = most
        self._heartbeat = heartbeat
        self._waiting = waiting
        self._readers: set[Reader] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = False

    def admit(self, cursor: Cursor, documents: frozenset[str] | None = None) -> Reader | None:
        """A reader of these documents (None: of all) from `cursor` on; None if there are too many already."""
        if self._stopped or len(self._readers) >= self._most:
            return None
        self._loop = asyncio.get_running_loop()
        reader = Reader(cursor, documents, self._waiting)
        self._readers.add(reader)
        return reader

    async def join(self, reader: Reader) -> None:
        """From here on nothing is missed: before the client is told that the stream is open."""
        if not reader.joined:
            reader.joined = {number: await onlooker.add(reader) for number, onlooker in self._onlookers.items()}
            for number, until in reader.joined.items():
                if number not in reader.cursor:
                    reader.cursor.move(number, until)

    def dismiss(self, reader: Reader) -> None:
        """The reader's stream has ended."""
        self._readers.discard(reader)
        for onlooker in self._onlookers.values():
            onlooker.remove(reader)

    async def written(self, reader: Reader) -> AsyncIterator[bytes]:
        """What goes to a reader: what it missed, each document's revision, then everything as it happens."""
        yield _HELLO
        await self.join(reader)
        for number, until in reader.joined.items():
            async for message in self._earlier(number, reader.cursor[number], until):
                if reader.wants(message):
                    yield reader.written(message)
        for message in [each for onlooker in self._onlookers.values() for each in onlooker.standing()]:
            if reader.wants(message):
                yield reader.written(message)
        while True:
            yield await reader.next(self._heartbeat) or _BEAT

    async def _earlier(self, number: int, after: int, until: int) -> AsyncIterator[Message]:
        onlooker = self._onlookers[number]
        while after < until:
            page = await onlooker.earlier(after, until)
            if not page:
                return
            for message in page:
                yield message
                after = message.number or until

    def tell(self, message: Message | Marker) -> None:
        """Tell what no project file knows: progress, calls under way, jobs; a marker where it knows more."""
        self._in_loop(self._onlookers[message.project].tell, message)

    def stop(self) -> None:
        """End all streams, and let nobody in any more."""
        self._stopped = True
        self._in_loop(self._end)

    def _end(self) -> None:
        for reader in self._readers:
            reader.gone.set()

    def _in_loop(self, act: object, *values: object) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(act, *values)  # type: ignore[arg-type]
