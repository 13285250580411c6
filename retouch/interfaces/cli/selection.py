"""What a command acts on: the project, one of its documents, a branch, a version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from retouch.errors import RetouchError, UnknownNameError, UsageError
from retouch.interfaces.cli.output import say

if TYPE_CHECKING:
    from retouch.orchestrator.project import Document, Project, Version
    from retouch.store import Store


@contextmanager
def stored(project: Path, *, create: bool = False) -> Iterator[Store]:
    """The file itself, for its care."""
    from retouch.store import Store

    with Store.open(project, create=create) as found:
        for warning in found.warnings:
            say(f"warning: {warning}")
        yield found


@contextmanager
def opened(project: Path, *, create: bool = False) -> Iterator[Project]:
    """The project file, closed at the end."""
    from retouch.orchestrator.project import Project

    with Project.open(project, create=create) as found:
        warn(found)
        yield found


@contextmanager
def nothing_left(project: Project | None) -> Iterator[None]:
    """Where the command fails before it has begun any work, the project file that it made goes again."""
    try:
        yield
    except RetouchError:
        if project is not None:
            project.forsake()
        raise


def warn(project: Project) -> None:
    """Say on standard error what a person should know of how the file was opened."""
    from retouch.store import Store

    if isinstance(project.store, Store):
        for warning in project.store.warnings:
            say(f"warning: {warning}")


@contextmanager
def chosen(project: Path, document: str | None) -> Iterator[Document]:
    """The document of that name; without a name the only one, UsageError where there are several."""
    with opened(project) as found:
        yield found.document(document)


def branch_of(document: Document, branch: str | None) -> str:
    """The branch of that name; without a name the only one, UsageError where there are several."""
    known = sorted(document.branches)
    if branch is not None and branch not in known:
        raise UnknownNameError(f"there is no branch {branch!r}; branches: {', '.join(known)}")
    if branch is None and len(known) > 1:
        raise UsageError(f"which branch? There are {', '.join(known)}", hint="add --branch")
    return branch or known[0]


def version_of(document: Document, name: str | None, branch: str | None) -> Version:
    """The version of that name; without a name the head of the branch."""
    if name is None:
        return document.head(branch_of(document, branch))
    return document.version(name, branch)


def branches_with(document: Document, version: str) -> list[str]:
    """The branches on whose way a version lies, by its full id."""
    lineage = document.project.store.lineage
    return [name for name, head in document.branches.items() if any(one.id == version for one in lineage(head))]
