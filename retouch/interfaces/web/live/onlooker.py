"""The onlooker: looks at one project while somebody reads, and tells all readers what is new."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterator

from retouch.errors import RetouchError
from retouch.interfaces.web.live.message import Marker, Message, of_event, of_revision
from retouch.interfaces.web.live.reader import Reader
from retouch.store import History, News

SECONDS = 0.1
"""Between two looks; what happens in between is told together, which costs far less than each alone."""
_SHARE = 20
"""A look is followed by a rest of so many times as long, so that looking takes a twentieth of a core at most."""
_LONGEST = 1.0
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
        self._passing: deque[Message | Marker] = deque(maxlen=1000)
        self._task: asyncio.Task[None] | None = None
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

    def tell(self, message: Message | Marker) -> None:
        """Tell what is not written down, in its place among what is."""
        if self._readers:
            self._passing.append(message)

    async def earlier(self, after: int, until: int) -> list[Message]:
        """A page of the events with numbers larger than `after`, up to `until`."""
        page = await asyncio.to_thread(self._store.news, after)
        return [self._of(news) for news in page if news.number <= until]

    def standing(self) -> Iterator[Message]:
        """The revision of every document as it stands."""
        return (self._changed(document, revision) for document, revision in self.revisions.items())

    async def _watch(self) -> None:
        while True:
            begun = time.monotonic()
            try:
                await self._look()
                pause = min(max(self._seconds, _SHARE * (time.monotonic() - begun)), _LONGEST)
            except RetouchError as error:
                _LOG.warning("the project cannot be looked at: %s", error.message)
                pause = _TROUBLED
            await asyncio.sleep(pause)

    async def _look(self) -> None:
        passing = list(self._passing)
        self._passing.clear()
        pulse = await asyncio.to_thread(self._store.pulse)
        changed = pulse != self._pulse
        written = await self._news() if changed else deque[News]()
        for message in passing:
            if isinstance(message, Message):
                self._publish(message)
            elif any((one.event.run, one.event.event) == (message.run, message.event) for one in written):
                self._publish_until(written, message)
        while written:
            self._publish(self._of(written.popleft()))
        if changed:
            await self._told_revisions()
            self._pulse = pulse

    async def _news(self) -> deque[News]:
        """Everything written since the last look; readers who come from now on are told the rest only."""
        found: deque[News] = deque()
        while page := await asyncio.to_thread(self._store.news, found[-1].number if found else self.position):
            found.extend(page)
        self.position = found[-1].number if found else self.position
        return found

    def _publish_until(self, written: deque[News], place: Marker) -> None:
        while True:
            news = written.popleft()
            self._publish(self._of(news))
            if (news.event.run, news.event.event) == (place.run, place.event):
                return

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
