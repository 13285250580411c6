"""The wire below httpx: connects only to checked addresses, and looks at the watch while it waits."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

from retouch.clients.address import Addresses
from retouch.clients.patience import SLICE, Deadline

_deadline: ContextVar[Deadline] = ContextVar("deadline")
"""The call that this thread is making: httpcore does all its reading and writing in the caller's thread."""

_MOST_CONNECTIONS = 64
_PIECE = 65536
"""Bytes sent between two looks at the watch."""
_IDLE = 5.0
"""Seconds after which an idle connection is not used again; common servers close theirs after five or more."""


@contextmanager
def calling(deadline: Deadline) -> Iterator[None]:
    """What is read and written inside belongs to the call with that deadline."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


class WatchedStream(httpcore.NetworkStream):
    """A connection that waits in slices, so that a stop is felt while a host thinks."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As the connection underneath; CancelledError, RemoteError as the deadline says."""
        left = float("inf") if timeout is None else timeout
        while True:
            _deadline.get().look()
            try:
                return self._stream.read(max_bytes, timeout=min(left, SLICE))
            except httpcore.ReadTimeout:
                left -= SLICE
                if left <= 0:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """As the connection underneath, a piece at a time."""
        for start in range(0, len(buffer), _PIECE):
            _deadline.get().look()
            self._stream.write(buffer[start : start + _PIECE], timeout)

    def close(self) -> None:
        """As the connection underneath."""
        self._stream.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> Any:
        """The certificate is that of the name that was asked for, whatever address it has."""
        return WatchedStream(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """As the connection underneath."""
        return self._stream.get_extra_info(info)


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves once, checks, and connects to what was checked: a name cannot mean something else a moment later."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first of the host's addresses that answers; httpcore.ConnectError if none does."""
        failed: Exception = httpcore.ConnectError(f"{host} has no address")
        try:
            found = self._addresses.checked(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the name is not known") from error
        for address in found:
            _deadline.get().look()
            try:
                return WatchedStream(self._backend.connect_tcp(address, port, timeout, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


class Transport(httpx.BaseTransport):
    """httpx's requests and answers over the checked backend: no proxies, no cookies, no redirects of its own.

    What goes wrong on the wire is raised as httpcore's own exceptions.
    """

    def __init__(self, addresses: Addresses) -> None:
        self._backend = CheckedBackend(addresses)
        self._pools: dict[str, httpcore.ConnectionPool] = {}
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send `request`; the answer's body is read from its stream."""
        url = request.url
        sent = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = self._pool(url.scheme).handle_request(sent)
        return httpx.Response(answer.status, headers=answer.headers, stream=Body(answer), request=request)

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for pool in self._pools.values():
                pool.close()
            self._pools.clear()

    def _pool(self, scheme: str) -> httpcore.ConnectionPool:
        """One for each scheme, as reading the certificates takes a while and http needs none."""
        with self._lock:
            if scheme not in self._pools:
                self._pools[scheme] = httpcore.ConnectionPool(
                    ssl_context=httpx.create_ssl_context() if scheme == "https" else None,
                    max_connections=_MOST_CONNECTIONS,
                    max_keepalive_connections=_MOST_CONNECTIONS,
                    keepalive_expiry=_IDLE,
                    network_backend=self._backend,
                    socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
                )
            return self._pools[scheme]


class Body(httpx.SyncByteStream):
    """An answer's body as it comes from the wire."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        """Give the connection back, or close it where bytes are left."""
        self._answer.close()
