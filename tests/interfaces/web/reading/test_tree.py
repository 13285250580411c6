"""The tree as JSON: the same rows as the terminal's and the report's, with what stands beside each version."""

from __future__ import annotations

from starlette.testclient import TestClient

from retouch.orchestrator.document import Document
from retouch.orchestrator.history_tree import tree_rows


def test_rows_are_those_of_the_history(open_api: TestClient, document: Document) -> None:
    store = document.project.store
    rows = tree_rows(store.versions(document.record.id), document.branches, document.tags)
    told = open_api.get("/api/documents/1-1/tree").json()
    assert len(told["rows"]) == len(rows)
    for fact, row in zip(told["rows"], rows, strict=True):
        assert fact["version"]["id"] == row.version.id
        assert [version["id"] for version in fact["folded"]] == [version.id for version in row.folded]
        for name in ("lane", "above", "below", "sprouts"):
            assert fact[name] == getattr(row, name)
        for name in ("joins", "forks", "passing"):
            assert fact[name] == list(getattr(row, name))
    assert told["lanes"] == 1 + max(lane for row in rows for lane in (row.lane, *row.forks, *row.passing))


def test_versions_are_the_lines_of_the_log_and_more(open_api: TestClient, document: Document) -> None:
    head, first = document.head(), document.log()[0]
    document.create_tag("done", head)
    document.create_branch("aside", head)
    document.mark(head, "rejected", "pale")
    document.mark(head, "accepted")
    document.comment(head, "甲")
    document.comment(head, "乙")
    document.revert(head)
    told = open_api.get("/api/documents/1-1/tree").json()
    found = {one["id"]: one for row in told["rows"] for one in (row["folded"] or [row["version"]])}
    assert {version.id: version.entry() for version in document.log()} == {
        version: {name: one[name] for name in first.entry()} for version, one in found.items()
    }
    one = found[head.id]
    assert (one["branches"], one["tags"], one["opinion"], one["comments"]) == (["aside"], ["done"], "accepted", 2)
    assert one["run"] == document.project.runs()[0].id
    assert found[first.id]["run"] is None
    assert found[document.head().id]["relation"] == {"kind": "reverts", "version": head.id}
    assert one["relation"] is None


def test_it_is_sent_once(open_api: TestClient, document: Document) -> None:
    answer = open_api.get("/api/documents/1-1/tree")
    tag = answer.headers["etag"]
    again = open_api.get("/api/documents/1-1/tree", headers={"If-None-Match": f'"x", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    document.comment("main", "look")
    changed = open_api.get("/api/documents/1-1/tree", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag
