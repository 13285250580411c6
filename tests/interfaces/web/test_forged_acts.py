"""Acts that another page forges in a browser that has the cookie: none of them comes as far as the project."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from retouch.orchestrator.document import Document

HOST = "127.0.0.1:8471"
ACT = "/api/documents/1-1"


def comment_path(document: Document) -> str:
    return f"{ACT}/versions/{document.head().id}/comments"


def test_the_page_itself_may_act(guarded: TestClient, document: Document) -> None:
    headers = {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin"}
    answer = guarded.post(comment_path(document), json={"text": "mine"}, headers=headers)
    assert answer.status_code == 201
    assert [comment.text for comment in document.head().comments()] == ["mine"]


FORGED = {
    "origin": {"Origin": "http://evil.example"},
    "null origin": {"Origin": "null"},
    "other port": {"Origin": "http://127.0.0.1:1"},
    "odd port": {"Origin": "http://127.0.0.1:99999"},
    "cross-site": {"Sec-Fetch-Site": "cross-site"},
    "same-site": {"Sec-Fetch-Site": "same-site"},
    "host": {"Host": "evil.example"},
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=list(FORGED))
@pytest.mark.parametrize("key", [None, "k"])
def test_another_page_may_not(
    guarded: TestClient, document: Document, headers: dict[str, str], key: str | None
) -> None:
    sent = headers | ({"Idempotency-Key": key} if key else {})
    assert guarded.post(comment_path(document), json={"text": "x"}, headers=sent).status_code == 403
    assert guarded.get("/api/events", headers=headers).status_code == 403
    assert document.head().comments() == ()


@pytest.mark.parametrize(
    "content", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "image/png"]
)
def test_a_form_is_no_act(guarded: TestClient, document: Document, content: str) -> None:
    headers = {"Content-Type": content} if content else {}
    answer = guarded.post(comment_path(document), content=b'{"text": "x"}', headers=headers)
    assert answer.status_code == 415
    picture = guarded.post("/api/documents?name=x", content=b"<svg/>", headers={"Content-Type": "image/svg+xml"})
    assert picture.status_code == 415
    assert document.head().comments() == ()


def test_without_the_token_nothing_is_done_or_told(stranger: TestClient, document: Document) -> None:
    for path in (comment_path(document), f"{ACT}/runs", f"{ACT}/undo"):
        assert stranger.post(path, json={"text": "x"}).status_code == 401
    assert stranger.get("/api/events").status_code == 401
    assert stranger.get("/api/jobs").status_code == 401
    assert document.head().comments() == ()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"text": 1}', b'{"text": "x", "more": 1}', b'{"text": NaN}']
)
def test_a_body_that_is_not_what_was_asked_for(guarded: TestClient, document: Document, body: bytes) -> None:
    answer: Any = guarded.post(comment_path(document), content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert document.head().comments() == ()


def test_a_body_that_is_too_long(guarded: TestClient, document: Document) -> None:
    body = b'{"text": "' + b"x" * (2 << 20) + b'"}'
    headers = {"Content-Type": "application/json"}
    assert guarded.post(comment_path(document), content=body, headers=headers).status_code == 413
    assert guarded.post(comment_path(document), content=iter([body]), headers=headers).status_code == 413
    assert document.head().comments() == ()
