"""The server: listens, serves the application, and ends cleanly."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from retouch.errors import UsageError
from retouch.interfaces.web.acting.allowance import Allowance
from retouch.interfaces.web.admission import new_token
from retouch.interfaces.web.application import create_app
from retouch.interfaces.web.live.studio import Studio
from retouch.interfaces.web.projects import Projects

_CONNECTIONS = 256
"""At once; more are answered 503, so that a flood cannot take all memory."""
_IDLE_SECONDS = 15
_GRACE_SECONDS = 3
"""So long answers under way may take after Ctrl-C; streams of events never end by themselves."""


class Server:
    """A socket that listens already, and what will be served on it. `address` leads in, with the token."""

    def __init__(self, projects: Projects, host: str, port: int, allowance: Allowance | None = None) -> None:
        self._host = host
        self._socket = _listening(host, port)
        self.port: int = self._socket.getsockname()[1]
        self.token = new_token()
        studio = Studio(projects, allowance)
        app = create_app(projects, self.token, host=host, port=self.port, studio=studio)
        self._server = _Uvicorn(_configuration(app), studio)

    @property
    def address(self) -> str:
        """Where a browser on this machine begins."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/?token={self.token}"

    def serve(self) -> None:
        """Serve until Ctrl-C or a polite kill, which is a KeyboardInterrupt once answers under way are sent."""
        try:
            with _polite_kill_is_an_interrupt():
                self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()

    def stop(self) -> None:
        """Let `serve`, in another thread, come to its end."""
        self._server.should_exit = True


@contextmanager
def _polite_kill_is_an_interrupt() -> Iterator[None]:
    """uvicorn raises the signal that ended it once more; a polite kill would then leave the rest undone, and Ctrl-C say
    nothing where the server was started in the background of a shell, which has it ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set signal handlers
        return
    ends = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(end, signal.default_int_handler) for end in ends]
    try:
        yield
    finally:
        for end, handler in zip(ends, before, strict=True):
            signal.signal(end, handler)


class _Uvicorn(uvicorn.Server):
    """Ends the streams of events before it waits for open connections, which these would keep for ever."""

    def __init__(self, config: uvicorn.Config, studio: Studio) -> None:
        super().__init__(config)
        self._studio = studio

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._studio.end_streams()
        await super().shutdown(sockets)


def _configuration(app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        http="h11",  # whatever else is installed: it is what the tests are run with
        access_log=False,  # it would hold the token
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        ws="none",
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )


def _listening(host: str, port: int) -> socket.socket:
    """A socket bound to the address; UsageError if that cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        opened = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(
            f"--host {host}: {error.strerror or error}", hint="leave it out to serve this machine"
        ) from None
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen(128)
    except OSError as error:
        opened.close()
        hint = "another port, or --port 0 for a free one"
        raise UsageError(f"{host} port {port} cannot be listened on: {error.strerror}", hint=hint) from None
    return opened
