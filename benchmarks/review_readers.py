"""Readers of the stream of events, in a process of their own: they take what comes and count it.

python -m benchmarks.review_readers HOST PORT COUNT, the token on standard input; says `ready` once all of them read,
and at the end of its input the number of events that each got.
"""

from __future__ import annotations

import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.review_server import Served


class Readers:
    """How many events each reader got, known when all have ended."""

    def __init__(self) -> None:
        self.events: list[int] = []


@contextmanager
def reading(server: Served, count: int) -> Iterator[Readers]:
    """`count` readers as long as the block lasts; none where `count` is 0."""
    readers = Readers()
    if not count:
        yield readers
        return
    command = [sys.executable, "-m", "benchmarks.review_readers", server.host, str(server.port), str(count)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    print(server.token, file=process.stdin, flush=True)
    try:
        if process.stdout.readline() != "ready\n":
            raise SystemExit("the readers of events could not begin")
        yield readers
    finally:
        told, _ = process.communicate()
        readers.events = [int(word) for word in told.split()]


def main(host: str, port: str, count: str) -> None:
    """Read until standard input ends."""
    token = sys.stdin.readline().strip()
    selector = selectors.DefaultSelector()
    got = {_opened(host, int(port), token): 0 for _ in range(int(count))}
    for one in got:
        got[one] = one.recv(1 << 16).count(b"event: ")
        one.setblocking(False)
        selector.register(one, selectors.EVENT_READ)
    print("ready", flush=True)
    selector.register(sys.stdin, selectors.EVENT_READ)
    while _read(selector, got):
        pass
    print(*got.values(), flush=True)


def _opened(host: str, port: int, token: str) -> socket.socket:
    opened = socket.create_connection((host, port), timeout=30)
    request = f"GET /api/events HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {token}\r\n\r\n"
    opened.sendall(request.encode("ascii"))
    return opened


def _read(selector: selectors.BaseSelector, got: dict[socket.socket, int]) -> bool:
    """Take what has come; False once standard input has ended."""
    for key, _ in selector.select():
        if key.fileobj is sys.stdin:
            return False
        assert isinstance(key.fileobj, socket.socket)
        content = key.fileobj.recv(1 << 16)
        if not content:
            raise SystemExit("the server ended a stream")
        got[key.fileobj] += content.count(b"event: ")
    return True


if __name__ == "__main__":
    main(*sys.argv[1:])
