"""The feed of changes of a history in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zlib import crc32

from retouch.store.feed import PAGE, Feed
from retouch.store.feed_rows import revision
from retouch.store.memory.content import MemoryContent, locked
from retouch.store.runs.news import News


class MemoryFeed(Feed):
    """Worked out anew at each question, which is enough for what tests hold."""

    _content: MemoryContent

    def pulse(self) -> int:
        return crc32(repr((self.revisions(), self.last_news())).encode())

    @locked
    def revisions(self) -> dict[int, str]:
        return {document: revision(self._said_of(document)) for document in self._content.documents}

    @locked
    def news(self, after: int = 0, limit: int = PAGE) -> tuple[News, ...]:
        held = self._content.runs.values()
        found = (News(number, run.document_id, event) for run in held for number, event in run.events)
        return tuple(sorted((one for one in found if one.number > after), key=lambda one: one.number)[:limit])

    @locked
    def last_news(self) -> int:
        return sum(len(run.events) for run in self._content.runs.values())

    def _said_of(self, document: int) -> Iterator[Any]:
        held = self._content
        mine = {version for version, facts in held.versions.items() if facts["document_id"] == document}
        yield sorted(mine)
        yield held.branches.get(document, {}), held.tags.get(document, {}), len(held.moves.get(document, ()))
        yield [one for one in held.comments if one.version in mine], [one for one in held.marks if one.version in mine]
        runs = {number: run for number, run in held.runs.items() if run.document_id == document}
        yield [(number, run.state, run.summary, sorted(run.steps.items())) for number, run in runs.items()]
        tried = [kept.attempt for kept in held.attempts.values() if kept.attempt.run in runs]
        yield [(attempt.id, attempt.state) for attempt in tried]
