"""The API's own description: complete, and of the version that it says."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient


@pytest.fixture
def described(open_api: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = open_api.get("/api/openapi.json").json()
    return found


def operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, one) for path, of in described["paths"].items() for method, one in of.items()]


def test_it_is_openapi_3_1(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    assert {scheme["type"] for scheme in described["components"]["securitySchemes"].values()} == {"http", "apiKey"}


def test_every_route_says_what_it_is_for(described: dict[str, Any]) -> None:
    assert len(operations(described)) > 20
    assert all(one.get("description") for _, _, one in operations(described))
    ids = [one["operationId"] for _, _, one in operations(described)]
    assert len(set(ids)) == len(ids)


def test_every_problem_is_one(described: dict[str, Any]) -> None:
    assert "HTTPValidationError" not in str(described)
    for path, method, one in operations(described):
        assert {"401", "403"} <= set(one["responses"]), (path, method)
        assert "404" in one["responses"] or "{" not in path, (path, method)
        for status, answer in one["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], (path, method, status)


def test_there_is_no_page_of_documentation(open_api: TestClient) -> None:
    """Such pages load scripts of strangers."""
    for path in ("/docs", "/redoc", "/api/docs", "/api/redoc", "/openapi.json"):
        assert open_api.get(path).status_code == 404
