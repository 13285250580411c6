"""All of one version: what made it, what was tried beside it, where it stands."""

from __future__ import annotations

from starlette.testclient import TestClient

from retouch.orchestrator.document import Document

HOSTILE = "<script>alert('x')</script>"


def test_a_version_is_told_as_the_command_line_shows_it(open_api: TestClient, document: Document) -> None:
    for version in document.log():
        told = open_api.get(f"/api/documents/1-1/versions/{version.id}").json()
        shown = version.show()
        assert {name: told[name] for name in shown} == shown
        assert (told["width"], told["height"]) == (96, 64)
        assert told["children"] == [one.id for one in document.log() if version.id in one.record.parents]


def test_evidence_holds_every_try_of_the_step(open_api: TestClient, document: Document) -> None:
    head = document.head()
    told = open_api.get(f"/api/documents/1-1/versions/{head.id}").json()["evidence"]
    run = document.project.runs()[0]
    assert (told["run"], told["state"], told["status"]) == (run.id, "ended", "fixed")
    assert told["step"]["instruction"] == HOSTILE  # data, as it is
    assert [(one["number"], one["state"], one["rung"]) for one in told["attempts"]] == [
        (1, "judged", "first"),
        (2, "judged", "second"),
    ]
    outcomes = [[verdict["outcome"] for verdict in one["verdicts"]] for one in told["attempts"]]
    assert "fail" in outcomes[0]
    assert set(outcomes[1]) == {"pass"}
    assert told["attempts"][1]["version"] == head.id
    assert told["sends"] == []


def test_where_a_version_stands(open_api: TestClient, document: Document) -> None:
    first, head = document.log()[0], document.head()
    document.create_branch("aside", first)
    candidate = next(version for version in document.log() if version.record.kind == "candidate")
    contained = {
        version.id: open_api.get(f"/api/documents/1-1/versions/{version.id}").json()["contained_in"]
        for version in (first, head, candidate)
    }
    assert contained == {first.id: ["aside", "main"], head.id: ["main"], candidate.id: []}
    assert open_api.get(f"/api/documents/1-1/versions/{first.id}").json()["evidence"] is None


def test_a_picked_version_shows_the_tries_behind_it(open_api: TestClient, document: Document) -> None:
    candidate = [version for version in document.log() if version.record.step == "s2"][0]
    document.pick(candidate)
    told = open_api.get(f"/api/documents/1-1/versions/{document.head().id}").json()
    assert told["evidence"]["step"]["id"] == "s2"
    assert told["evidence"]["status"] == "unfixed"


def test_only_full_ids_are_taken(open_api: TestClient, document: Document) -> None:
    head = document.head().id
    for name in (
        head[:12],
        head.upper(),
        "main",
        "HEAD",
        f"{head}%00",
        f"..%2f{head}",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    ):
        answer = open_api.get(f"/api/documents/1-1/versions/{name}")
        assert answer.status_code == 404, name
