"""The application on a small project: open to everybody, to see what the routes do, and behind its guard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from retouch.interfaces.web.application import create_api, create_app
from retouch.interfaces.web.projects import Projects
from retouch.orchestrator.document import Document

PORT = 8471
HOST = f"127.0.0.1:{PORT}"
TOKEN = "t" * 43


@pytest.fixture
def projects(project: Path) -> Iterator[Projects]:
    """The project of `two_steps`, opened."""
    opened = Projects.open([project])
    yield opened
    opened.close()


@pytest.fixture
def document(projects: Projects) -> Document:
    """Its only document, `1-1`."""
    return projects.document("1-1")


@pytest.fixture
def open_api(projects: Projects) -> Iterator[TestClient]:
    """The routes without any guard; what goes wrong in them is a response, not an error of the test."""
    with TestClient(create_api(projects), base_url=f"http://{HOST}", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def application(projects: Projects) -> ASGIApp:
    """The guarded application."""
    return create_app(projects, TOKEN, port=PORT)


@pytest.fixture
def stranger(application: ASGIApp) -> Iterator[TestClient]:
    """Somebody before the guard who has no token."""
    with TestClient(application, base_url=f"http://{HOST}", follow_redirects=False) as client:
        yield client


@pytest.fixture
def guarded(stranger: TestClient) -> TestClient:
    """A program that has the token."""
    stranger.headers["Authorization"] = f"Bearer {TOKEN}"
    return stranger
