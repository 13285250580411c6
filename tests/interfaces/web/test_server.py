"""The real server on loopback: what only shows on the wire."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from retouch.errors import UsageError
from retouch.interfaces.web.projects import Projects
from retouch.interfaces.web.server import Server
from retouch.orchestrator.project import Project
from retouch.picture import Picture


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of one large picture, at work in a thread."""
    file = tmp_path_factory.mktemp("served") / "page.retouch"
    with Project.open(file, create=True) as project:
        pixels = np.random.default_rng(0).integers(0, 256, (1500, 1500, 3), dtype=np.uint8)
        project.import_picture(Picture(pixels), "page")
    projects = Projects.open([file])
    made = Server(projects, "127.0.0.1", 0)
    thread = threading.Thread(target=made.serve)
    thread.start()
    yield made
    made.stop()
    thread.join()
    projects.close()


def connected(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def answer(server: Server, request: bytes) -> tuple[int, bytes]:
    """Status and the whole answer to a request as it is; 0 where the connection was closed without a word."""
    with connected(server) as line:
        try:
            line.sendall(request)
            got = b""
            while chunk := line.recv(65536):
                got += chunk
        except ConnectionError:
            return 0, b""
    return (int(got.split(b" ", 2)[1]), got) if got else (0, b"")


def asked(server: Server, target: str, *headers: str, method: str = "GET") -> bytes:
    """A request with the right Host and token, and these headers."""
    own = (f"Host: 127.0.0.1:{server.port}", f"Authorization: Bearer {server.token}", "Connection: close")
    return "\r\n".join([f"{method} {target} HTTP/1.1", *own, *headers, "", ""]).encode("latin-1")


def test_it_answers(server: Server) -> None:
    status, got = answer(server, asked(server, "/api/documents"))
    assert status == 200
    assert b'"name":"page"' in got
    assert b"\r\nserver:" not in got.lower()


def test_two_hosts_are_refused(server: Server) -> None:
    for second in (f"Host: 127.0.0.1:{server.port}", "Host: evil.example", "hOST:evil.example"):
        assert answer(server, asked(server, "/api/documents", second))[0] in (400, 403)
    without = f"GET /api/documents HTTP/1.1\r\nAuthorization: Bearer {server.token}\r\nConnection: close\r\n\r\n"
    assert answer(server, without.encode())[0] in (400, 403)
    old = f"GET /api/documents HTTP/1.0\r\nAuthorization: Bearer {server.token}\r\n\r\n"  # 1.0 needs none
    assert answer(server, old.encode())[0] == 403


def test_huge_headers_end_the_connection_and_nothing_else(server: Server) -> None:
    assert answer(server, asked(server, "/api/documents", "X: " + "a" * 1_000_000))[0] in (0, 400, 431)
    assert answer(server, asked(server, "/" + "a" * 1_000_000))[0] in (0, 400, 414)
    assert answer(server, asked(server, "/api/documents", *[f"X-{n}: a" for n in range(50_000)]))[0] in (0, 400, 431)
    assert answer(server, asked(server, "/api/documents"))[0] == 200


def test_ranges_are_no_burden(server: Server) -> None:
    ranges = ",".join(f"{n}-" for n in range(5000))
    status, part = answer(server, asked(server, "/assets/app.js", f"Range: bytes={ranges}"))
    _, whole = answer(server, asked(server, "/assets/app.js"))
    assert status == 200
    assert part.partition(b"\r\n\r\n")[2] == whole.partition(b"\r\n\r\n")[2]


def test_a_slow_reader_keeps_nobody_waiting(server: Server) -> None:
    head = answer(server, asked(server, "/api/documents"))[1].partition(b'"head":"')[2][:64].decode()
    large = asked(server, f"/api/documents/1-1/versions/{head}/export?format=tiff")
    slow = [connected(server) for _ in range(20)]
    try:
        for line in slow:
            line.sendall(large)  # and never reads: 7 MB each
        beginner = connected(server)
        beginner.sendall(large[:40])  # and never ends its request
        slow.append(beginner)
        assert answer(server, asked(server, "/api/documents"))[0] == 200
        assert answer(server, asked(server, f"/api/documents/1-1/versions/{head}/tiles/11/0/0"))[0] == 200
    finally:
        for line in slow:
            line.close()


@pytest.mark.parametrize("told", [(), ("Content-Length: 5", "Transfer-Encoding: chunked")])
def test_a_body_that_never_ends_is_cut(server: Server, told: tuple[str, ...]) -> None:
    length = told or ("Transfer-Encoding: chunked",)
    target = "/api/documents/1-1/branches"
    start = asked(server, target, "Content-Type: application/json", *length, method="POST")
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    assert answer(server, start + chunk * 64)[0] in (0, 400, 413)
    assert answer(server, asked(server, "/api/documents"))[0] == 200


TARGETS = (
    "/assets/../../../../etc/passwd",
    "/assets/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/assets/%252e%252e%252fetc%252fpasswd",
    "/assets/..\\..\\etc\\passwd",
    "/assets//etc/passwd",
    "//etc/passwd",
    "/assets/C:\\Windows\\win.ini",
    "/assets/app.js%00.txt",
    "/assets/.",
    "/assets/%2e%2e/guard.py",
    "/assets/index.html",
    "/d/..%2f..%2fetc",
    "/api/documents/..%2f..%2fetc/tree",
    "/api/documents/1-1/versions/..%2f..%2f..%2fetc%2fpasswd",
    "/api/documents/1-1/versions/%2fetc%2fpasswd/tiles/0/0/0",
    "/api/documents/1-1/runs/..%2f..",
    "/api/documents/1-1/runs/0000000000000000/steps/..%2f..%2fetc/attempts/1/crop",
    "/api/documents/1-1/compare/..%2f../%2e%2e",
    "/api/jobs/..%2f..%2fetc",
    "http://evil.example/api/documents",
)


@pytest.mark.parametrize("target", TARGETS)
def test_no_path_leads_to_a_file(server: Server, target: str) -> None:
    status, got = answer(server, asked(server, target))
    assert status in (400, 404)
    assert b"root:" not in got
    assert b"from __future__" not in got


def test_a_link_planted_in_the_bundle_is_not_followed(server: Server, tmp_path: Path) -> None:
    """Only names of the list are served, whatever lies in the folder."""
    status, got = answer(server, asked(server, "/assets/__init__.py"))
    assert (status, b"problem+json" in got) == (404, True)


def test_the_token_is_not_logged(server: Server, capfd: pytest.CaptureFixture[str]) -> None:
    for target in (f"/?token={server.token}", "/?token=wrong", "/api/nothing"):
        answer(server, asked(server, target))
    answer(server, b"nonsense\r\n\r\n")
    told = capfd.readouterr()
    assert server.token not in told.out + told.err
    assert server.token in server.address


def test_a_port_that_is_taken_is_told(server: Server) -> None:
    with pytest.raises(UsageError, match=f"port {server.port} cannot be listened on"):
        Server(Projects([]), "127.0.0.1", server.port)
    with pytest.raises(UsageError, match=r"--host nowhere\.invalid"):
        Server(Projects([]), "nowhere.invalid", 0)
