"""The description of the API as OpenAPI 3.1: what FastAPI knows of the routes, and what the guard adds to each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from retouch.interfaces.web.problem import Problem, responses

DESCRIPTION = "The history of pictures under correction: read it, judge it, change it."
_EVERYWHERE = (401, 403)
_WITH_BODY = (413, 415)
_ADMISSION = {
    "token": {"type": "http", "scheme": "bearer", "description": "The token that `retouch serve` printed."},
    "page": {"type": "apiKey", "in": "cookie", "name": "retouch-PORT", "description": "Set by the page's first visit."},
}
_METHODS = ("get", "put", "post", "delete", "patch")


def describe(app: FastAPI) -> None:
    """Let `app` describe itself by `described`."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def described(app: FastAPI) -> dict[str, Any]:
    """The whole description. A 422 that FastAPI names on its own is left out: what is wrong in a path is unknown (404),
    and routes that can answer 422 say so themselves."""
    told = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    for operation in _operations(told):
        _complete(operation)
    components = told.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    components["securitySchemes"] = _ADMISSION
    told["security"] = [{name: []} for name in _ADMISSION]
    return told


def _operations(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in told["paths"].values():
        yield from (path[method] for method in _METHODS if method in path)


def _complete(operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]
    statuses = _EVERYWHERE + (_WITH_BODY if "requestBody" in operation else ())
    for status, answer in responses(*statuses).items():
        answers.setdefault(str(status), answer)
