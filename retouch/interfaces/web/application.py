"""The application: all routes, behind admission and guard."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.types import ASGIApp

from retouch.interfaces.web import page, problem
from retouch.interfaces.web.admission import Admission
from retouch.interfaces.web.guard import Guard, allowed_hosts
from retouch.interfaces.web.projects import Projects
from retouch.interfaces.web.reading import documents, pictures, tree
from retouch.interfaces.web.reading.shelf import Shelf

DESCRIPTION = "The history of pictures under correction: read it, judge it, change it."


def create_api(projects: Projects) -> FastAPI:
    """All routes on these projects, open to whoever reaches them: `create_app` puts them behind a guard."""
    app = FastAPI(
        title="Retouch",
        description=DESCRIPTION,
        version="1",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.projects = projects
    app.state.shelf = Shelf()
    problem.install(app)
    for router in (documents.router, tree.router, pictures.router):
        app.include_router(router, prefix="/api")
    app.include_router(page.router)
    return app


def create_app(projects: Projects, token: str, *, host: str = "127.0.0.1", port: int) -> ASGIApp:
    """The guarded application of a server at `host` and `port`, which lets in who shows `token`."""
    return Guard(Admission(create_api(projects), token, port), allowed_hosts(host, port))
