"""Problems: each error has one status and one code, and none tells more than it should."""

from __future__ import annotations

import inspect

import pytest
from starlette.testclient import TestClient

from retouch import errors
from retouch.errors import RetouchError
from retouch.interfaces.web.problem import code_of, problem_of, status_of
from retouch.interfaces.web.projects import Projects

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, RetouchError)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_has_a_status_and_a_code(kind: type[RetouchError]) -> None:
    extra = {"host": "h"} if "host" in inspect.signature(kind).parameters else {}
    problem = problem_of(kind("what was found", hint="what would be right", **extra))
    assert 400 <= problem.status < 600
    assert problem.code == code_of(kind("x", **extra))
    assert problem.code.replace("-", "").isalpha()
    assert (problem.detail, problem.hint) == ("what was found", "what would be right")


def test_errors_of_the_caller_are_told_from_ours() -> None:
    assert status_of(errors.UnknownNameError("x")) == 404
    assert status_of(errors.PictureError("x")) == status_of(errors.SpecError("x")) == 422
    assert status_of(errors.ConflictError("x")) == status_of(errors.LeaseError("x")) == 409
    assert status_of(errors.CollectedError("x")) == 410
    assert status_of(errors.DamagedError("x")) == 500
    assert status_of(errors.UnreachableError("x", host="h")) == 502
    assert (code_of(errors.UnknownNameError("x")), code_of(errors.NewerSchemaError("x"))) == (
        "unknown-name",
        "newer-schema",
    )


def test_what_nobody_foresaw_tells_no_secrets(
    open_api: TestClient, projects: Projects, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("/home/someone/secret")

    monkeypatch.setattr(projects, "documents", fail)
    answer = open_api.get("/api/documents")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert "ZeroDivisionError" in answer.json()["detail"]


def test_methods_that_there_are_not(open_api: TestClient) -> None:
    for method, path in (("DELETE", "/api/documents"), ("PUT", "/api/documents/1-1/tree"), ("POST", "/")):
        answer = open_api.request(method, path, json={})
        assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
        assert answer.headers["allow"]
