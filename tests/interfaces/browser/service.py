"""A server at work in this process, as `retouch serve` has it, and the project behind it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from retouch.interfaces.web.acting.allowance import Allowance
from retouch.interfaces.web.projects import Projects
from retouch.interfaces.web.server import Server
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project

PATIENCE = 60.0


@dataclass
class Service:
    """Where the server answers, its token, and its projects."""

    server: Server
    projects: Projects

    @property
    def token(self) -> str:
        return self.server.token

    @property
    def origin(self) -> str:
        return self.server.address.partition("/?")[0]

    @property
    def project(self) -> Project:
        return next(iter(self.projects))

    def document(self, name: str | None = None) -> Document:
        return self.project.document(name)

    def key(self, name: str | None = None) -> str:
        return f"1-{self.document(name).record.id}"


@contextmanager
def serving(file: Path, allowance: Allowance | None = None) -> Iterator[Service]:
    """The server of a project file, until the block ends."""
    projects = Projects.open([file])
    server = Server(projects, "127.0.0.1", 0, allowance)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield Service(server, projects)
    finally:
        server.stop()
        thread.join(PATIENCE)
        projects.close()
    assert not thread.is_alive()
