"""The API holds to its own description: schemathesis asks every route what its schema allows, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from retouch.interfaces.web.application import create_api
from retouch.interfaces.web.live.studio import Studio
from retouch.interfaces.web.projects import Projects
from retouch.orchestrator.project import Project

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed: pip install -e '.[test]'")
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
EXAMPLES = 12
"""For each route: all routes take some 30 s then."""


@pytest.fixture(scope="module")
def api_schema(made_project: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The description of the routes on a project, which has no worker behind it."""
    file = tmp_path_factory.mktemp("schema") / "page.retouch"
    file.write_bytes(made_project.read_bytes())
    with Project.open(file) as project:
        projects = Projects([project])
        studio = Studio(projects)
        studio.worker._serve = lambda: None  # type: ignore[method-assign]
        schema = schemathesis.openapi.from_asgi("/api/openapi.json", create_api(projects, studio))
        _name_what_is_there(schema, project)
        # The stream never ends; it has tests of its own.
        yield schema.exclude(path="/api/events")
        studio.close()


def _name_what_is_there(schema: Any, project: Project) -> None:
    """Most requests are about what is there, so that they come as far as the acts."""
    document, run = project.document(), project.runs()[0]
    head = document.head()
    known = {"doc": "1-1", "version": head.id, "a": head.parents[0].id, "b": head.id, "run": run.id, "step": "s1"}

    @schema.hook("map_path_parameters")  # type: ignore[untyped-decorator]
    def real(context: Any, path_parameters: dict[str, Any]) -> dict[str, Any]:
        if len(str(path_parameters)) % 4 == 0:
            return path_parameters
        return {name: known.get(name, value) for name, value in path_parameters.items()}

    @schema.hook("map_body")  # type: ignore[untyped-decorator]
    def named(context: Any, body: Any) -> Any:
        if not isinstance(body, dict) or len(str(body)) % 4 == 0:
            return body
        there = {"at": head.id, "to": head.id, "version": head.id, "branch": "main", "into": "main", "from": "main"}
        return {name: there.get(name, value) for name, value in body.items()}

    @schema.hook("map_case")  # type: ignore[untyped-decorator]
    def seen(context: Any, case: Any) -> Any:
        if case.method == "POST" and len(str(case.body)) % 5:
            case.headers["If-Match"] = f'"{document.branches.get("main", head.id)}"'
        return case


def test_every_route_answers_as_it_says(api_schema: Any, subtests: pytest.Subtests) -> None:
    operations = [found.ok() for found in api_schema.get_all_operations()]
    assert len(operations) >= 40
    for operation in operations:
        with subtests.test(msg=operation.label):
            _probe(operation)


def _probe(operation: Any) -> None:
    @given(operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    def ask(case: Any) -> None:
        case.validate_response(case.call(), checks=CHECKS)

    ask()
