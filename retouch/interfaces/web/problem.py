"""Problems: every refusal and every error as `application/problem+json` (RFC 9457), never a traceback."""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from retouch.errors import (
    BudgetError,
    CancelledError,
    CollectedError,
    ConflictError,
    DamagedError,
    LeaseError,
    PersonNeededError,
    RemoteError,
    RetouchError,
    StoreError,
    TooLargeError,
    UnavailableError,
    UnknownNameError,
    UsageError,
)
from retouch.record import Record

MEDIA_TYPE = "application/problem+json"
_STATUS: tuple[tuple[type[RetouchError], int], ...] = (
    (UnknownNameError, 404),
    (TooLargeError, 413),
    (UsageError, 422),
    (ConflictError, 409),
    (LeaseError, 409),
    (PersonNeededError, 409),
    (BudgetError, 409),
    (CancelledError, 409),
    (CollectedError, 410),
    (DamagedError, 500),
    (StoreError, 503),
    (RemoteError, 502),
    (UnavailableError, 503),
)
"""The first that fits; any other error is 500."""


class Problem(Record):
    """Why a request was not done. `code` is the kind of error, `hint` what to do next."""

    type: str = Field(default="about:blank", examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no document 1-7"])
    code: str = Field(examples=["unknown-name"])
    hint: str | None = Field(default=None, examples=["GET /api/documents lists those there are"])


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route tells of its problems in the schema."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: schema}} for status in statuses}


def code_of(error: RetouchError) -> str:
    """`UnknownNameError` is `unknown-name`."""
    words = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__.removesuffix("Error"))
    return words.lower()


def status_of(error: RetouchError) -> int:
    """The HTTP status of an error of ours."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def problem_of(error: RetouchError) -> Problem:
    """An error of ours as it is told."""
    status = status_of(error)
    title = HTTPStatus(status).phrase
    return Problem(title=title, status=status, detail=error.message, code=code_of(error), hint=error.hint or None)


def answer(
    status: int, code: str, detail: str, hint: str | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    """The response that tells a problem."""
    told = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, hint=hint or None)
    return JSONResponse(told.model_dump(exclude_none=True), status, headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let every error of the routes of `app` be told as a problem."""
    app.add_exception_handler(RetouchError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RetouchError)
    return answer(status_of(error), code_of(error), error.message, error.hint)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    """A part of the path that has not its form names nothing, so it is unknown; anything else is bad input."""
    assert isinstance(error, RequestValidationError)
    found: Sequence[Any] = error.errors()
    wrong = next((one for one in found if one["loc"][:1] == ("path",)), None)
    if wrong is not None:
        return answer(404, "unknown-name", f"{wrong['loc'][-1]}: {wrong['msg']}")
    where = ".".join(str(part) for part in found[0]["loc"])
    return answer(422, "usage", f"{where}: {found[0]['msg']}")


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return answer(error.status_code, code, str(error.detail), headers=dict(error.headers or {}))


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    return answer(500, "retouch", f"unexpected {type(error).__name__}; the server's own output tells more")
