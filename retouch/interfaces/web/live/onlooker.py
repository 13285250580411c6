"""The onlooker: looks at one project while somebody reads, and tells all readers what is new."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterator
from contextlib import suppress

from retouch.errors import RetouchError
from retouch.interfaces.web.live.message import Message, of_event, of_revision
from retouch.interfaces.web.live.reader import Reader
from retouch.store import History, News

SECONDS = 0.1
"""Between two looks. A look that finds nothing new costs some 50 µs (one pragma)."""
_TROUBLED = 2.0
"""Seconds until it looks again where the project file cannot be read."""
_LOG = logging.getLogger("retouch.web")


class Onlooker:
    """One for each project, however many readers there are; without readers it rests. Used in one loop only."""

    def __init__(self, number: int, store: History, seconds: float = SECONDS) -> None:
        self.number = number
        self.position = 0
        """The largest number of an event that readers were told, or that was there before them."""
        self.revisions: dict[int, str] = {}
        self._store = store
        self._seconds = seconds
        self._readers: set[Reader] = set()
        self._passing: deque[Message] = deque(maxlen=1000)
        self._task: asyncio.Task[None] | None = None
        self._nudge = asyncio.Event()
        self._starting = asyncio.Lock()
        self._pulse: int | None = None

    async def add(self, reader: Reader) -> int:
        """Tell the reader everything from now on; returns the number of the last event before that."""
        async with self._starting:
            if self._task is None or self._task.done():
                self._pulse = await asyncio.to_thread(self._store.pulse)
                self.position = await asyncio.to_thread(self._store.last_news)
                self.revisions = await asyncio.to_thread(self._store.revisions)
                self._passing.clear()
                self._readers.add(reader)
                self._task = asyncio.create_task(self._watch())
        self._readers.add(reader)
        return self.position

    def remove(self, reader: Reader) -> None:
        """The reader has gone; with the last one the onlooker rests."""
        self._readers.discard(reader)
        if not self._readers and self._task is not None:
            self._task.cancel()
            self._task = None

    def tell(self, message: Message) -> None:
        """Tell what is not written down, after everything that is written down by now."""
        if self._readers:
            self._passing.append(message)
            self._nudge.set()

    async def earlier(self, after: int, until: int) -> list[Message]:
        """A page of the events with numbers larger than `after`, up to `until`."""
        page = await asyncio.to_thread(self._store.news, after)
        return [self._of(news) for news in page if news.number <= until]

    def standing(self) -> Iterator[Message]:
        """The revision of every document as it stands."""
        return (self._changed(document, revision) for document, revision in self.revisions.items())

    async def _watch(self) -> None:
        while True:
            pause = self._seconds
            try:
                await self._look()
            except RetouchError as error:
                _LOG.warning("the project cannot be looked at: %s", error.message)
                pause = _TROUBLED
            with suppress(TimeoutError):
                await asyncio.wait_for(self._nudge.wait(), pause)
            self._nudge.clear()

    async def _look(self) -> None:
        passing = list(self._passing)
        self._passing.clear()
        pulse = await asyncio.to_thread(self._store.pulse)
        if pulse != self._pulse:
            while await self._told_page():
                pass
            await self._told_revisions()
            self._pulse = pulse
        for message in passing:
            self._publish(message)

    async def _told_page(self) -> bool:
        """Tell one page of news; False when there is none left."""
        page = await asyncio.to_thread(self._store.news, self.position)
        for news in page:
            self.position = news.number
            self._publish(self._of(news))
        return bool(page)

    async def _told_revisions(self) -> None:
        found = await asyncio.to_thread(self._store.revisions)
        before, self.revisions = self.revisions, found
        for document, revision in found.items():
            if before.get(document) != revision:
                self._publish(self._changed(document, revision))

    def _publish(self, message: Message) -> None:
        for reader in self._readers:
            reader.offer(message)

    def _of(self, news: News) -> Message:
        return of_event(self.number, self._key(news.document), news.event, news.number)

    def _changed(self, document: int, revision: str) -> Message:
        return of_revision(self.number, self._key(document), revision)

    def _key(self, document: int) -> str:
        return f"{self.number}-{document}"
