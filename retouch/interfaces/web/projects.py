"""The projects that a server shows: each open once, its documents under keys that a client may name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from retouch.errors import UnknownNameError, UsageError
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project

KEY = r"^[0-9]{1,3}-[0-9]{1,9}$"
"""`PROJECT-DOCUMENT`: the project's number in the command line, counted from 1, and the document's id in it."""


class Projects:
    """Open projects, in the order of the command line. No place of the file system is ever taken from a client."""

    def __init__(self, opened: Sequence[Project]) -> None:
        self._opened = tuple(opened)

    @classmethod
    def open(cls, paths: Sequence[Path]) -> Projects:
        """Open the projects at `paths`; if one cannot be opened those before it are closed and its error is raised."""
        opened: list[Project] = []
        try:
            for path in paths:
                if any(path.resolve() == other.path.resolve() for other in opened):
                    raise UsageError(f"{path} is named twice; each project is served once")
                opened.append(Project.open(path))
        except BaseException:
            for project in opened:
                project.close()
            raise
        return cls(opened)

    def __iter__(self) -> Iterator[Project]:
        return iter(self._opened)

    def documents(self) -> Iterator[tuple[str, Document]]:
        """Every document with its key."""
        for number, project in enumerate(self._opened, start=1):
            for document in project.documents():
                yield f"{number}-{document.record.id}", document

    def document(self, key: str) -> Document:
        """The document of that key (which has the form of `KEY`); UnknownNameError if there is none."""
        number, _, wanted = key.partition("-")
        if 0 < int(number) <= len(self._opened):
            for document in self._opened[int(number) - 1].documents():
                if document.record.id == int(wanted):
                    return document
        raise UnknownNameError(f"there is no document {key}", hint="GET /api/documents lists those there are")

    def close(self) -> None:
        for project in self._opened:
            project.close()
