"""A real HTTP server on loopback for tests: answers by a function, keeps what it was asked, and can misbehave."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Part:
    """One field of a multipart form."""

    name: str
    filename: str | None
    kind: str
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> list[Part]:
        """The parts of a multipart form, in order."""
        return multipart(self.body, self.headers["content-type"])

    def fields(self) -> dict[str, str]:
        """The form's fields that are no files; each must be there once."""
        plain = [part for part in self.form if part.filename is None]
        assert len({part.name for part in plain}) == len(plain)
        return {part.name: part.text for part in plain}

    def files(self, name: str) -> list[bytes]:
        return [part.content for part in self.form if part.filename is not None and part.name == name]


@dataclass(frozen=True)
class Reply:
    """What is answered. `cut` sends only so many bytes of the body and hangs up, `drop` hangs up without a word,
    `chunked` announces no length, `hold` waits for an event before the answer (with `after`, after so many bytes)."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = "application/json"
    announced: int | None = None
    cut: int | None = None
    drop: bool = False
    chunked: bool = False
    hold: threading.Event | None = None
    after: int = 0


def says(value: Any, status: int = 200, **headers: str) -> Reply:
    """A JSON answer."""
    return Reply(status, json.dumps(value).encode(), {k.replace("_", "-"): v for k, v in headers.items()})


Answers = Callable[[Asked], Reply]


class Loopback:
    """The server, for a `with`. `asked` keeps the requests in the order of their coming; `arrived` counts them up."""

    def __init__(self, answers: Answers, secure: ssl.SSLContext | None = None) -> None:
        self.answers = answers
        self.asked: list[Asked] = []
        self.arrived = threading.Semaphore(0)
        self.most_at_once = 0
        self._running = 0
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        if secure is not None:
            self._server.socket = secure.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
        self.arrived.release()
        try:
            return self.answers(asked)
        finally:
            with self._lock:
                self._running -= 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no error of the test."""


def _handler(owner: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = owner.answer(Asked(self.command, parts.path, query, headers, self.rfile.read(length)))
            _send(self, reply)

        do_GET = do_POST = do_DELETE = _serve

    return Handler


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    if reply.hold is not None and not reply.after:
        reply.hold.wait(30)
    if reply.drop:
        _hang_up(handler)
        return
    handler.send_response(reply.status)
    handler.send_header("Content-Type", reply.kind)
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    if reply.chunked:
        handler.send_header("Connection", "close")
        handler.close_connection = True
    else:
        handler.send_header("Content-Length", str(len(reply.body) if reply.announced is None else reply.announced))
    handler.end_headers()
    body = reply.body if reply.cut is None else reply.body[: reply.cut]
    if reply.hold is not None and reply.after:
        handler.wfile.write(body[: reply.after])
        handler.wfile.flush()
        reply.hold.wait(30)
        body = body[reply.after :]
    handler.wfile.write(body)
    if reply.cut is not None:
        _hang_up(handler)


def _hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)


def multipart(body: bytes, content_type: str) -> list[Part]:
    """A multipart form taken apart."""
    assert content_type.startswith("multipart/form-data"), content_type
    boundary = content_type.partition("boundary=")[2].strip('"').encode()
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    assert pieces[-1].startswith(b"--"), "the form does not end"
    return [_part(piece.removeprefix(b"\r\n")) for piece in pieces[1:-1]]


def _part(piece: bytes) -> Part:
    head, _, content = piece.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    lowered = {name.lower(): value for name, value in headers.items()}
    told = dict(item.strip().split("=", 1) for item in lowered["content-disposition"].split(";")[1:])
    filename = told.get("filename")
    return Part(
        told["name"].strip('"'), filename.strip('"') if filename else None, lowered.get("content-type", ""), content
    )
