"""The application: all routes, behind admission and guard."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp

from retouch.interfaces.web import page, problem
from retouch.interfaces.web.acting.acts import ACTS
from retouch.interfaces.web.admission import Admission
from retouch.interfaces.web.description import DESCRIPTION, describe
from retouch.interfaces.web.guard import Guard, allowed_hosts
from retouch.interfaces.web.live import events, jobs
from retouch.interfaces.web.live.studio import Studio
from retouch.interfaces.web.projects import Projects
from retouch.interfaces.web.reading import (
    comparison,
    documents,
    downloads,
    evidence,
    parts,
    pictures,
    runs,
    tree,
)
from retouch.interfaces.web.reading.contrasts import Contrasts
from retouch.interfaces.web.reading.preparation import preparing
from retouch.interfaces.web.reading.shelf import Shelf

_READING = (documents, tree, evidence, pictures, comparison, runs, parts, downloads)


def create_api(projects: Projects, studio: Studio | None = None) -> FastAPI:
    """All routes on these projects, open to whoever reaches them: `create_app` puts them behind a guard."""
    studio, shelf = studio or Studio(projects), Shelf()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with preparing(projects, shelf), studio.lifespan(app):
            yield

    app = FastAPI(
        lifespan=lifespan,
        title="Retouch",
        description=DESCRIPTION,
        version="1",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.projects, app.state.studio = projects, studio
    app.state.shelf, app.state.contrasts = shelf, Contrasts()
    problem.install(app)
    describe(app)
    for room in _READING:
        app.include_router(room.router, prefix="/api")
    for router in (*ACTS, events.router, jobs.router):
        app.include_router(router, prefix="/api")
    app.include_router(page.router)
    return app


def create_app(
    projects: Projects, token: str, *, host: str = "127.0.0.1", port: int, studio: Studio | None = None
) -> ASGIApp:
    """The guarded application of a server at `host` and `port`, which lets in who shows `token`."""
    return Guard(Admission(create_api(projects, studio), token, port), allowed_hosts(host, port))
