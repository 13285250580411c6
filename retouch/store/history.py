"""The history of one project, as the rest of Retouch sees it."""

from __future__ import annotations

from abc import abstractmethod
from types import TracebackType
from typing import Self

from retouch.store.journal import Journal
from retouch.store.operations import Operations


class History(Operations, Journal):
    """Versions, operations on them and the journal of runs. Safe to use from several threads."""

    @property
    @abstractmethod
    def place(self) -> str:
        """Where it is kept, as reports and errors say it: the project file's path, or `memory`."""

    @abstractmethod
    def stats(self) -> dict[str, int]:
        """Counts of documents, versions, tiles, runs and attempts, and the bytes they take."""

    @abstractmethod
    def close(self) -> None:
        """Give back the runs that are held; the history can't be used afterwards."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
