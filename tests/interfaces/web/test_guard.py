"""The guard: each attack is first seen to succeed without it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message

from retouch.interfaces.web.guard import HEADERS, JSON_LIMIT, PICTURE_LIMIT, Guard, allowed_hosts
from retouch.orchestrator.document import Document

HOST = "127.0.0.1:8471"
TOKEN = "t" * 43
EVERY_KIND = ("/", "/d/1-1", "/assets/app.js", "/api/documents", "/api/openapi.json", "/api/documents/1-1/tree")
FOREIGN_HOSTS = (
    "evil.example",
    "evil.example:8471",
    "127.0.0.1",
    "127.0.0.1:8472",
    "127.0.0.1:8471.",
    "127.0.0.1.:8471",
    "127.0.0.1:8471/api?x=",
    "127.0.0.1:8471@evil.example",
    "localhost.evil.example:8471",
    "127.0.0.1:8471, evil.example",
    " ",
    "",
)
FOREIGN_ORIGINS = (
    "null",
    "http://evil.example",
    "https://127.0.0.1:8471",
    "http://127.0.0.1:8472",
    "http://127.0.0.1:99999",
    "http://localhost:8471",
    "http://127.0.0.1:8471.evil.example",
    "http://127.0.0.1:8471/",
    "",
)


@pytest.mark.parametrize("path", EVERY_KIND)
def test_a_foreign_host_is_refused_everywhere(open_api: TestClient, guarded: TestClient, path: str) -> None:
    assert open_api.get(path, headers={"Host": "evil.example"}).status_code == 200
    for host in FOREIGN_HOSTS:
        refused = guarded.get(path, headers={"Host": host})
        assert (refused.status_code, refused.json()["code"]) == (403, "host"), host


def test_its_own_names_are_let_in(guarded: TestClient) -> None:
    for host in (HOST, "localhost:8471", "LOCALHOST:8471", "[::1]:8471"):
        assert guarded.get("/api/documents", headers={"Host": host}).status_code == 200


def answered(app: ASGIApp, headers: Iterable[tuple[bytes, bytes]], **scope: Any) -> list[Message]:
    """What `app` sends to a request with exactly these headers."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    given = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/api/documents",
        "raw_path": b"/api/documents",
        "query_string": b"",
        "root_path": "",
        "server": ("127.0.0.1", 8471),
        "client": ("127.0.0.1", 50000),
        "headers": [*headers],
    }

    async def ask() -> None:
        await app({**given, **scope}, receive, send)

    asyncio.run(ask())
    return sent


BEARER = (b"authorization", f"Bearer {TOKEN}".encode())
OWN = (b"host", HOST.encode())


@pytest.mark.parametrize(
    "hosts", [[], [OWN, OWN], [OWN, (b"host", b"evil.example")], [(b"host", b"evil.example"), OWN]]
)
def test_there_must_be_exactly_one_host(open_api: TestClient, application: ASGIApp, hosts: list[Any]) -> None:
    assert answered(open_api.app, hosts)[0]["status"] == 200
    assert answered(application, [BEARER, *hosts])[0]["status"] == 403
    assert answered(application, [BEARER, OWN])[0]["status"] == 200


@given(
    st.text(st.characters(max_codepoint=255), max_size=40) | st.from_regex(r"\A(127\.0\.0\.1|localhost)[:./@a-z0-9]*\Z")
)
def test_no_other_name_is_ours(host: str) -> None:
    app = Guard(sink([]), allowed_hosts("127.0.0.1", 8471))
    ours = host.lower() in ("127.0.0.1:8471", "localhost:8471", "[::1]:8471")
    status = answered(app, [(b"host", host.encode("latin-1"))], server=None)[0]["status"]
    assert status == (200 if ours else 403)


def test_text_of_pictures_and_models_is_data(guarded: TestClient, document: Document) -> None:
    """What was said in a step is markup in `project`; no answer that holds it can be taken for a page."""
    document.comment("main", "<svg onload=alert(1)>")
    run, head = document.project.runs()[0].id, document.head().id
    for path in ("", "/tree", f"/versions/{head}", f"/runs/{run}", "/runs"):
        answer = guarded.get(f"/api/documents/1-1{path}")
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert "<script>" in guarded.get(f"/api/documents/1-1/runs/{run}").text
    refused = guarded.get("/api/documents/1-1/report", params={"branch": "<script>alert(1)</script>"})
    assert refused.headers["content-type"] == "application/problem+json"


def test_the_address_of_the_connection_is_its_own(application: ASGIApp) -> None:
    """A machine on several networks, `--host 0.0.0.0`: whoever came to an address may call it by that."""
    came = {"server": ("192.0.2.7", 8471)}
    assert answered(application, [BEARER, (b"host", b"192.0.2.7:8471")], **came)[0]["status"] == 200
    for host in (b"192.0.2.8:8471", b"192.0.2.7", b"192.0.2.7:8472", b"evil.example:8471"):
        assert answered(application, [BEARER, (b"host", host)], **came)[0]["status"] == 403
    assert (
        answered(application, [BEARER, (b"host", b"[2001:db8::7]:8471")], server=("2001:db8::7", 8471))[0]["status"]
        == 200
    )
    assert answered(application, [BEARER, (b"host", b"evil:8471")], server=("evil", 8471))[0]["status"] == 403
    assert answered(application, [BEARER, OWN], server=None)[0]["status"] == 200


def test_no_socket_is_opened(application: ASGIApp) -> None:
    sent = answered(application, [OWN, BEARER], type="websocket")
    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("path", EVERY_KIND)
def test_a_foreign_origin_is_refused(open_api: TestClient, guarded: TestClient, path: str) -> None:
    assert open_api.get(path, headers={"Origin": "null"}).status_code == 200
    for origin in FOREIGN_ORIGINS:
        refused = guarded.get(path, headers={"Origin": origin})
        assert (refused.status_code, refused.json()["code"]) == (403, "origin"), origin


def test_its_own_origin_is_let_in(guarded: TestClient) -> None:
    assert guarded.get("/api/documents", headers={"Origin": f"http://{HOST}"}).status_code == 200
    local = {"Host": "localhost:8471", "Origin": "http://localhost:8471"}
    assert guarded.get("/api/documents", headers=local).status_code == 200


def test_another_site_reads_nothing(open_api: TestClient, guarded: TestClient) -> None:
    """Another port of this machine is the same site for a browser, which sends our cookie there and back."""
    for site in ("cross-site", "same-site", "nonsense"):
        headers = {"Sec-Fetch-Site": site}
        assert open_api.get("/api/documents", headers=headers).status_code == 200
        refused = guarded.get("/api/documents", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "site")
        assert guarded.get("/d/1-1", headers=headers).status_code == 200  # a link to the page may stand anywhere


def branch(client: TestClient, body: str, content_type: str, **headers: str) -> int:
    headers = {"Content-Type": content_type, **headers}
    return client.post("/api/documents/1-1/branches", content=body, headers=headers).status_code


def test_another_site_does_nothing(guarded: TestClient) -> None:
    body = '{"name": "theirs", "at": "main"}'
    for site in ("cross-site", "same-site"):
        assert branch(guarded, body, "application/json", **{"Sec-Fetch-Site": site}) == 403
    assert branch(guarded, body, "application/json", Origin="null") == 403
    names = [one["name"] for one in guarded.get("/api/documents/1-1").json()["branches"]]
    assert "theirs" not in names


def test_what_a_form_can_send_is_refused(open_api: TestClient, guarded: TestClient) -> None:
    body = '{"name": "theirs", "at": "main"}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "a/jsonx"):
        assert branch(open_api, body, kind) != 415
        assert branch(guarded, body, kind) == 415


def sink(got: list[int]) -> ASGIApp:
    """An application that takes whatever comes and says how much it was."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        count, more = 0, True
        while more:
            message = await receive()
            count, more = count + len(message.get("body", b"")), message.get("more_body", False)
        got.append(count)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return app


def test_a_body_that_is_too_long_is_refused_by_its_word() -> None:
    for path, limit, kind in (
        ("/api/x", JSON_LIMIT, b"application/json"),
        ("/api/documents", PICTURE_LIMIT, b"image/png"),
    ):
        got: list[int] = []
        headers = [OWN, (b"content-type", kind), (b"content-length", str(limit + 1).encode())]
        assert answered(sink(got), headers, method="POST", path=path)[0]["status"] == 200
        sent = answered(Guard(sink(got), frozenset({HOST})), headers, method="POST", path=path)
        assert (sent[0]["status"], got) == (413, [0])


@pytest.mark.parametrize("told", ["-1", "x", "1e3", "9" * 30, "٣"])
def test_a_length_that_is_none_is_refused(told: str) -> None:
    headers = [OWN, (b"content-type", b"application/json"), (b"content-length", told.encode())]
    sent = answered(Guard(sink([]), frozenset({HOST})), headers, method="POST", path="/api/x")
    assert sent[0]["status"] == 413


def test_a_body_that_told_no_length_is_counted(open_api: TestClient, guarded: TestClient) -> None:
    def pieces() -> Iterable[bytes]:
        yield b'{"name": "'
        for _ in range(20):
            yield b"x" * (JSON_LIMIT // 16)
        yield b'", "at": "main"}'

    headers = {"Content-Type": "application/json"}
    path = "/api/documents/1-1/branches"
    assert open_api.post(path, content=pieces(), headers=headers).status_code != 413
    refused = guarded.post(path, content=pieces(), headers=headers)
    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json"


def test_ranges_are_not_served(guarded: TestClient) -> None:
    """The header is left out, whatever it says, so no route and no library ever looks at it."""
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.extend(name for name, _ in scope["headers"])

    many = b"bytes=" + b",".join(b"%d-%d" % (n, n + 1) for n in range(2000))
    answered(Guard(app, frozenset({HOST})), [OWN, (b"range", many), (b"if-range", b'"x"')])
    assert seen == [b"host"]
    whole = guarded.get("/assets/app.js")
    part = guarded.get("/assets/app.js", headers={"Range": many.decode()})
    assert (part.status_code, part.content) == (200, whole.content)


@pytest.mark.parametrize("path", [*EVERY_KIND, "/nothing", "/api/nothing", "/api/documents/9-9"])
def test_every_answer_carries_the_policy(open_api: TestClient, guarded: TestClient, path: str) -> None:
    assert "content-security-policy" not in open_api.get(path).headers
    headers = guarded.get(path).headers
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert not [name for name in headers if name.startswith("access-control-")]


def test_refusals_carry_the_policy_too(stranger: TestClient) -> None:
    for headers in ({}, {"Host": "evil.example"}, {"Origin": "null"}):
        refused = stranger.get("/api/documents", headers=headers)
        assert refused.status_code in (401, 403)
        assert refused.headers["content-security-policy"].startswith("default-src 'none'")


def test_scripts_come_from_files_alone(guarded: TestClient) -> None:
    policy = guarded.get("/").headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["script-src"] == "'self'"
    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in policy
    assert "<script>" not in guarded.get("/").text


def test_the_user_agent_decides_nothing(guarded: TestClient) -> None:
    for agent in ("Mozilla/5.0", "curl/8", ""):
        headers = {"User-Agent": agent, "Host": "evil.example"}
        assert guarded.get("/api/documents", headers=headers).status_code == 403
        assert guarded.get("/api/documents", headers={"User-Agent": agent}).status_code == 200


def test_a_preflight_gives_no_leave(guarded: TestClient) -> None:
    headers = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    refused = guarded.options("/api/documents", headers=headers)
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers


def test_the_names_of_a_server() -> None:
    assert "127.0.0.1:80" in allowed_hosts("127.0.0.1", 80)
    assert "127.0.0.1" in allowed_hosts("127.0.0.1", 80)
    assert "127.0.0.1" not in allowed_hosts("127.0.0.1", 8471)
    assert "192.0.2.7:8471" in allowed_hosts("192.0.2.7", 8471)
    assert not [name for name in allowed_hosts("0.0.0.0", 8471) if name.startswith("0.0.0.0")]
