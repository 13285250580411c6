"""Admission: who has no token sees nothing, and the token is told to nobody."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from retouch.interfaces.web.admission import new_token

TOKEN = "t" * 43
EVERY_KIND = ("/", "/d/1-1", "/assets/app.js", "/api/documents", "/api/openapi.json", "/nothing")
WRONG = ("", "x", "t" * 42, "t" * 44, "T" * 43, "ü" * 43, " ".join("t" * 43))


def test_tokens_are_256_random_bits() -> None:
    made = {new_token() for _ in range(100)}
    assert len(made) == 100
    assert all(len(token) == 43 for token in made)  # 32 bytes in base64


@pytest.mark.parametrize("path", EVERY_KIND)
def test_without_a_token_nothing_is_told(open_api: TestClient, stranger: TestClient, path: str) -> None:
    assert open_api.get(path).status_code in (200, 404)
    refused = stranger.get(path)
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert refused.json()["code"] == "token"


def test_a_wrong_token_is_no_token(stranger: TestClient) -> None:
    for wrong in WRONG:
        bearer, cookie = f"Bearer {wrong}".encode(), f"retouch-8471={wrong}".encode()
        assert stranger.get("/", params={"token": wrong}).status_code == 401
        assert stranger.get("/api/documents", headers={b"Authorization": bearer}).status_code == 401
        assert stranger.get("/api/documents", headers={b"Cookie": cookie}).status_code == 401
    assert stranger.get("/api/documents", headers={"Authorization": f"Basic {TOKEN}"}).status_code == 401


def test_the_address_is_exchanged_for_a_cookie(stranger: TestClient) -> None:
    answer = stranger.get("/", params={"token": TOKEN})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.headers["cache-control"] == "no-store"
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"retouch-8471={TOKEN};")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert stranger.get("/").status_code == 200
    assert stranger.get("/api/documents").status_code == 200


def test_who_comes_by_a_link_of_another_site_is_led_on_by_our_own_page(stranger: TestClient) -> None:
    for site in ("cross-site", "same-site"):
        answer = stranger.get("/d/1-1", params={"token": TOKEN}, headers={"Sec-Fetch-Site": site})
        assert (answer.status_code, answer.headers["refresh"]) == (200, "0;url=/d/1-1")
        assert TOKEN not in answer.text
        assert "httponly" in answer.headers["set-cookie"].lower()
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/d/1-1", "/d/1-1/v/" + "0" * 64])
def test_a_page_is_redirected_to_itself_alone(stranger: TestClient, path: str) -> None:
    answer = stranger.get(path, params={"token": TOKEN, "next": "http://evil.example", "mode": "slider"})
    assert (answer.status_code, answer.headers["location"]) == (303, path)


@pytest.mark.parametrize(
    "path", ["//evil.example/", "/%2Fevil.example", "/\\evil.example", "/d/%2e%2e", "/api/documents"]
)
def test_there_is_no_open_redirect(stranger: TestClient, path: str) -> None:
    answer = stranger.get(f"http://127.0.0.1:8471{path}", params={"token": TOKEN})
    assert answer.status_code == 401
    assert "location" not in answer.headers


def test_only_a_page_takes_the_token_from_its_address(stranger: TestClient) -> None:
    assert stranger.get("/api/documents", params={"token": TOKEN}).status_code == 401
    assert stranger.post("/", params={"token": TOKEN}, json={}).status_code == 401


def test_another_cookie_beside_it_does_no_harm(stranger: TestClient) -> None:
    own = f"retouch-8471={TOKEN}"
    for cookie in (
        own,
        f"a=b; {own}; retouch-9=x",
        f'x[1]={{"a": 1}}; {own}',
        f"retouch-8471=old; {own}",
        f";;=; {own}",
    ):
        assert stranger.get("/api/documents", headers={"Cookie": cookie}).status_code == 200
    assert stranger.get("/api/documents", headers={"Cookie": f"retouch-8472={TOKEN}"}).status_code == 401


def test_the_token_stands_nowhere(guarded: TestClient) -> None:
    for path in EVERY_KIND:
        answer = guarded.get(path)
        assert TOKEN not in answer.text
        assert TOKEN not in str(answer.headers)
