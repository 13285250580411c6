"""The parts that a page may ask for."""

from __future__ import annotations

from starlette.testclient import TestClient

from retouch.interfaces.web.acting.allowance import Allowance
from retouch.interfaces.web.application import create_api
from retouch.interfaces.web.live.studio import Studio
from retouch.interfaces.web.projects import Projects


def test_parts_that_stay_here_are_offered(open_api: TestClient) -> None:
    told = open_api.get("/api/documents/1-1/parts").json()
    names = {kind: [part["name"] for part in told[kind]] for kind in told}
    assert set(names) == {"planners", "editors", "verifiers"}
    assert names["editors"] == ["typeset", "inpaint", "recolour"]
    assert all(part["usable"] and part["why"] == "" for part in told["editors"])


def test_those_of_the_command_line_come_first(projects: Projects) -> None:
    studio = Studio(projects, Allowance(editors=("comfyui:http://127.0.0.1:9?steps=4",)))
    with TestClient(create_api(projects, studio)) as client:
        editors = client.get("/api/documents/1-1/parts").json()["editors"]
    assert [part["name"] for part in editors][:2] == ["comfyui:http://127.0.0.1:9?steps=4", "typeset"]
