"""The feed of changes: how those who look on hear what anyone, in any process, does to a project."""

from __future__ import annotations

from abc import ABC, abstractmethod

from retouch.store.runs.news import News

PAGE = 500
"""Most events that one look brings."""


class Feed(ABC):
    """Cheap questions that a page can ask several times a second.

    `pulse` says that something was written at all, then `revisions` which documents it concerned, and `news` what the
    runs told.
    """

    @abstractmethod
    def pulse(self) -> int:
        """A number that is another one after anything was written, by whichever store, thread or process."""

    @abstractmethod
    def revisions(self) -> dict[int, str]:
        """By document, a word that is another one after a branch, tag, mark, comment, version, run, step or attempt of
        that document changed. The same state has the same word in every process."""

    @abstractmethod
    def news(self, after: int = 0, limit: int = PAGE) -> tuple[News, ...]:
        """Events of all runs with numbers larger than `after`, the oldest first, at most `limit`."""

    @abstractmethod
    def last_news(self) -> int:
        """The largest number of an event, 0 where there is none."""
