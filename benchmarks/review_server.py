"""`retouch serve` in a process of its own, and a client on loopback that keeps one connection."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

_TICKS = os.sysconf("SC_CLK_TCK")


class Served:
    """A server at work on projects."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self._process = process
        self.url = url
        parts = urlsplit(url)
        self.host, self.port = str(parts.hostname), int(parts.port or 0)
        self.token = parse_qs(parts.query)["token"][0]
        self._connection = http.client.HTTPConnection(self.host, self.port, timeout=120)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str) -> bytes:
        """The body; an answer other than 200 ends the measurement."""
        return self._asked("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return json.loads(self._asked("POST", path, json.dumps(body)))

    def _asked(self, method: str, path: str, body: str | None) -> bytes:
        kind = {} if body is None else {"Content-Type": "application/json"}
        self._connection.request(method, path, body, self.headers | kind)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status not in (200, 202):
            raise SystemExit(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def processor_seconds(self) -> tuple[float, float]:
        """Processor time so far of the server's own process, and of its worker (Linux)."""
        own = str(self._process.pid)
        lists = Path(f"/proc/{own}/task").glob("*/children")
        children = {child for each in lists for child in each.read_text(encoding="ascii").split()}
        return _processor_seconds(own), sum(_processor_seconds(child) for child in children)

    def finished(self, job: str) -> dict[str, Any]:
        """Wait for a job, asking five times a second; how it ended."""
        while True:
            found: dict[str, Any] = json.loads(self.get(f"/api/jobs/{job}"))
            if found["state"] == "failed":
                raise SystemExit(f"the run failed: {found['error']}")
            if found["state"] == "done":
                return found
            time.sleep(0.2)


def _processor_seconds(process: str) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@contextmanager
def served(projects: Sequence[Path]) -> Iterator[Served]:
    """The server, until the block ends."""
    program = Path(sys.executable).with_name("retouch")
    command = [str(program), "serve", *map(str, projects), "--no-open", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise SystemExit(f"retouch serve ended with {process.wait()}")
        server = Served(process, json.loads(line)["url"])
        with closing(server):
            yield server
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()
