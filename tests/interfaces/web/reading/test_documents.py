"""The list of documents, and one of them; what is unknown is told as a problem."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from retouch.errors import UnknownNameError, UsageError
from retouch.interfaces.web.application import create_api
from retouch.interfaces.web.projects import Projects
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture


def test_documents_are_told_as_they_stand(open_api: TestClient, document: Document) -> None:
    document.create_branch("other/one", document.log()[0])
    document.create_tag("done", document.head())
    head, first = document.head().id, document.log()[0].id
    (line,) = open_api.get("/api/documents").json()["documents"]
    assert {name: line[name] for name in ("key", "name", "project", "width", "height", "versions", "head")} == {
        "key": "1-1", "name": "page", "project": "page.retouch", "width": 96, "height": 64, "versions": 5, "head": head
    }  # fmt: skip
    assert (line["waiting"], line["running"]) == (0, False)
    facts = open_api.get("/api/documents/1-1").json()
    assert facts["branches"] == [
        {"name": "main", "head": head, "etag": f'"{head}"'},
        {"name": "other/one", "head": first, "etag": f'"{first}"'},
    ]
    assert facts["tags"] == [{"name": "done", "version": head}]
    assert (facts["mode"], facts["depth"], facts["waiting"], facts["running"]) == ("RGB", 8, [], [])


def test_the_revision_changes_with_the_document(open_api: TestClient, document: Document) -> None:
    def told() -> str:
        return str(open_api.get("/api/documents/1-1").json()["revision"])

    seen = [told(), told()]
    assert seen[0] == seen[1]
    document.comment("main", "look")
    seen.append(told())
    document.create_tag("done")
    seen.append(told())
    assert len(set(seen)) == 3


@pytest.mark.parametrize(
    "key",
    ["1-9", "2-1", "0-1", "999-999999999", "1", "1-", "-1", "a-b", "1-1-1", "1-1 ", "01-1x", "1-1%00", "%2e%2e", "٣-١"],
)
def test_what_is_no_document_is_unknown(open_api: TestClient, key: str) -> None:
    for path in ("", "/tree", "/runs", "/waiting", "/parts", "/report", "/animation", f"/versions/{'0' * 64}"):
        answer = open_api.get(f"/api/documents/{key}{path}")
        assert answer.status_code == 404
        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert problem["status"] == 404
        assert problem["code"] in ("unknown-name", "not-found")


def test_several_projects_keep_their_numbers(tmp_path: Path) -> None:
    for name in ("a", "b"):
        with Project.open(tmp_path / f"{name}.retouch", create=True) as made:
            made.import_picture(Picture(np.full((4, 5, 3), ord(name), np.uint8)), f"{name}-one")
            made.import_picture(Picture(np.full((4, 6, 3), ord(name), np.uint8)), f"{name}-two")
    projects = Projects.open([tmp_path / "b.retouch", tmp_path / "a.retouch"])
    with TestClient(create_api(projects)) as client:
        lines = client.get("/api/documents").json()["documents"]
        named = {line["key"]: (line["project"], line["name"]) for line in lines}
        assert named == {
            "1-1": ("b.retouch", "b-one"),
            "1-2": ("b.retouch", "b-two"),
            "2-1": ("a.retouch", "a-one"),
            "2-2": ("a.retouch", "a-two"),
        }
        # a version is only found in its own document
        theirs = lines[1]["head"]
        assert client.get(f"/api/documents/1-2/versions/{theirs}").status_code == 200
        for key in ("1-1", "2-1", "2-2"):
            assert client.get(f"/api/documents/{key}/versions/{theirs}").status_code == 404
            assert client.get(f"/api/documents/{key}/versions/{theirs}/tiles/0/0/0").status_code == 404
    projects.close()


def test_a_damaged_document_hides_no_other(project: Path) -> None:
    with Project.open(project) as opened:
        head = opened.document().head().id
        opened.import_picture(Picture(np.zeros((5, 5, 3), np.uint8)), "other")
    with sqlite3.connect(project) as connection:
        connection.execute("UPDATE version SET pixels = zeroblob(32) WHERE id = ?", (head,))
    connection.close()
    projects = Projects.open([project])
    with TestClient(create_api(projects), raise_server_exceptions=False) as client:
        first, second = client.get("/api/documents").json()["documents"]
        assert "do not match their hash" in first["trouble"]
        assert (first["name"], first["width"], first["head"]) == ("page", 0, "")
        assert (second["name"], second["width"], second["trouble"]) == ("other", 5, "")
        assert client.get("/api/documents/1-2/tree").status_code == 200
        refused = client.get("/api/documents/1-1")
        assert (refused.status_code, refused.json()["code"]) == (500, "damaged")
    projects.close()


def test_projects_open_together_or_not_at_all(tmp_path: Path, project: Path) -> None:
    with pytest.raises(UnknownNameError, match="no project file"):
        Projects.open([project, tmp_path / "none.retouch"])
    with pytest.raises(UsageError, match="twice"):
        Projects.open([project, project.parent / "." / project.name])
