"""The page: a fixed list of files, the same for every address of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from retouch.interfaces.web import page


def test_every_address_of_the_page_is_the_page(open_api: TestClient) -> None:
    whole = open_api.get("/")
    assert whole.headers["content-type"] == "text/html; charset=utf-8"
    assert "<retouch-app" in whole.text
    for path in ("/d/1-1", "/d/9-9", "/d/1-1/v/" + "a" * 64, "/d/1-1?cmp=x&mode=slider"):
        assert open_api.get(path).content == whole.content
    for path in ("/d/", "/d/x", "/d/1-1/v/main", "/d/1-1/", "/index.html", "/assets", "/assets/", "/assets/index.html"):
        assert open_api.get(path, follow_redirects=False).status_code == 404, path


def test_assets_have_the_type_that_we_say(open_api: TestClient) -> None:
    for name, media_type in page.ASSETS.items():
        answer = open_api.get(f"/assets/{name}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
        assert answer.content == (page.BUNDLE / name).read_bytes()


def test_they_are_sent_once_and_asked_for_each_time(open_api: TestClient) -> None:
    for path in ("/", "/assets/app.js"):
        answer = open_api.get(path)
        assert answer.headers["cache-control"] == "no-cache"
        again = open_api.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert open_api.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_page_that_is_not_built_says_so(
    open_api: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "BUNDLE", tmp_path)
    answer = open_api.get("/")
    assert (answer.status_code, answer.json()["hint"]) == (404, "npm --prefix web run build")


def test_what_else_lies_there_is_not_served(
    open_api: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "planted.js").symlink_to(secret)
    monkeypatch.setattr(page, "BUNDLE", folder)
    for name in ("planted.js", "../secret.txt", "%2e%2e%2fsecret.txt"):
        assert open_api.get(f"/assets/{name}").status_code == 404
