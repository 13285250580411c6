"""The history of one project, as the rest of Retouch sees it."""

from __future__ import annotations

from abc import abstractmethod
from types import TracebackType
from typing import Self

from retouch.protocols import Watch
from retouch.store.care.care import KEEP_DAYS, FsckReport, GcReport
from retouch.store.feed import Feed
from retouch.store.journal import Journal
from retouch.store.operations.operations import Operations


class History(Operations, Journal, Feed):
    """Versions, operations on them, the journal of runs and the feed of changes. Safe to use from several threads."""

    @property
    @abstractmethod
    def place(self) -> str:
        """Where it is kept, as reports and errors say it: the project file's path, or `memory`."""

    @abstractmethod
    def stats(self) -> dict[str, int]:
        """Counts of documents, versions, tiles, runs and attempts, and the bytes they take."""

    @abstractmethod
    def gc(self, keep_days: float = KEEP_DAYS, watch: Watch | None = None) -> GcReport:
        """Give back the pixels that nothing reaches any more; facts stay, what needs them is a CollectedError.

        Kept is what a branch, a tag, an unfinished run or a step that waits for a person reaches, with all that it came
        from, and what is younger than `keep_days`. The very same version made again has its pixels back. UsageError for
        days below 0."""

    @abstractmethod
    def fsck(self, watch: Watch | None = None) -> FsckReport:
        """Compare everything that is stored with its hash, and name the versions that damage touches."""

    @abstractmethod
    def close(self) -> None:
        """Give back the runs that are held; the history can't be used afterwards."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
