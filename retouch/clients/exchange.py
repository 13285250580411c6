"""One request and its answer, tried once: what came, or what went wrong and whether another try may help."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from retouch.clients.address import Addresses
from retouch.clients.complaint import complaint
from retouch.clients.keys import Key
from retouch.clients.patience import Deadline, Limits, retry_after
from retouch.errors import RemoteError, UnreachableError

if TYPE_CHECKING:
    import httpx

    from retouch.clients.network import Transport

REDIRECTS = (301, 302, 303, 307, 308)
_MAX_COMPLAINT = 65536
_DENIED = (401, 403)
_WRITE = 60.0
"""Seconds in which a host must take the next 64 KiB of what it is sent."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart form."""

    field: str
    name: str
    content: bytes
    kind: str = "image/png"


@dataclass(frozen=True, slots=True)
class Order:
    """One request, as often as it has to be sent. `host` is what messages call its target; `own` tells whether that is
    the endpoint itself, which gets the key."""

    method: str
    url: str
    host: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes | None = field(default=None, repr=False)
    fields: Mapping[str, str] | None = field(default=None, repr=False)
    uploads: Sequence[Upload] = field(default=(), repr=False)
    own: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `kind` is its media type without parameters, `location` where a redirect leads."""

    status: int
    body: bytes = field(repr=False)
    kind: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A try that failed; `again` if another may succeed, after `asked` seconds where the host said so."""

    error: RemoteError
    again: bool = False
    asked: float | None = None


class Exchange:
    """The wire of one client, with its bounds; threads may share it."""

    def __init__(self, part: str, addresses: Addresses, limits: Limits, key: Key | None) -> None:
        self._part = part
        self._addresses = addresses
        self._limits = limits
        self._key = key
        self._lock = threading.Lock()
        self._made: Transport | None = None

    def tried(self, order: Order, deadline: Deadline, now: datetime) -> Answer | Failure:
        """Send `order` once. Raises what the deadline raises: CancelledError, RemoteError."""
        import httpcore
        import httpx

        from retouch.clients.network import calling

        try:
            with calling(deadline):
                return self._received(order, self._transport.handle_request(self._request(order)), deadline, now)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            hint = "is the service running, and the address right?"
            return Failure(
                UnreachableError(self._says(order, f"cannot be reached: {_why(error)}"), host=order.host, hint=hint),
                True,
            )
        except httpcore.WriteTimeout:
            return self._failure(order, f"took nothing for {_WRITE:g} s", again=True)
        except httpcore.TimeoutException:
            return self._failure(order, f"sent nothing for {self._limits.read:g} s")
        except (httpcore.NetworkError, httpcore.ProtocolError):
            return self._failure(order, "broke the connection off before its answer was complete", again=True)
        except (httpx.DecodingError, httpx.InvalidURL, httpcore.UnsupportedProtocol) as error:
            return self._failure(order, f"cannot be understood: {type(error).__name__}")

    def close(self) -> None:
        """Close all connections; the next call opens new ones."""
        with self._lock:
            made, self._made = self._made, None
        if made is not None:
            made.close()

    @property
    def _transport(self) -> Transport:
        from retouch.clients.network import Transport

        with self._lock:
            if self._made is None:
                self._made = Transport(self._addresses)
            return self._made

    def _request(self, order: Order) -> httpx.Request:
        import httpx

        files = [(u.field, (u.name, u.content, u.kind)) for u in order.uploads]
        limits = self._limits
        return httpx.Request(
            order.method,
            order.url,
            headers={"User-Agent": "retouch", "Accept-Encoding": "identity", **order.headers},
            content=order.content,
            data=dict(order.fields) if order.fields is not None else None,
            files=files or None,
            extensions={
                "timeout": {"connect": limits.connect, "read": limits.read, "write": _WRITE, "pool": limits.total}
            },
        )

    def _received(self, order: Order, response: httpx.Response, deadline: Deadline, now: datetime) -> Answer | Failure:
        try:
            status = response.status_code
            if 200 <= status < 300 or status in REDIRECTS:
                return self._whole(order, response, deadline)
            body = _read(response, _MAX_COMPLAINT, deadline) or b""
            asked = retry_after(response.headers.get("Retry-After"), now)
            return self._refused(order, status, complaint(body, self._key), asked)
        finally:
            response.close()

    def _whole(self, order: Order, response: httpx.Response, deadline: Deadline) -> Answer | Failure:
        most = self._limits.max_bytes
        announced = response.headers.get("Content-Length", "")
        too_long = announced.isdigit() and int(announced[:18]) > most
        body = None if too_long else _read(response, most, deadline)
        if body is None:
            return self._failure(order, f"sends more than the {most} bytes that are accepted", response.status_code)
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()[:80]
        return Answer(response.status_code, body, kind, response.headers.get("Location", ""))

    def _refused(self, order: Order, status: int, said: str, asked: float | None) -> Failure:
        message = self._says(order, f"answered {status}" + (f": {said}" if said else ""))
        if status in _DENIED and order.own:
            hint = f"is the key in {self._key.variable} right?" if self._key else "it wants a key, and none is set"
            return Failure(UnreachableError(message, host=order.host, status=status, hint=hint))
        return Failure(RemoteError(message, host=order.host, status=status), status == 429 or status >= 500, asked)

    def _failure(self, order: Order, what: str, status: int | None = None, *, again: bool = False) -> Failure:
        return Failure(RemoteError(self._says(order, what), host=order.host, status=status), again)

    def _says(self, order: Order, what: str) -> str:
        return f"{self._part}: {order.host} {what}"


def _read(response: httpx.Response, most: int, deadline: Deadline) -> bytes | None:
    """The body, decoded; None as soon as it is longer than `most`."""
    parts: list[bytes] = []
    length = 0
    for part in response.iter_bytes():
        deadline.look()
        length += len(part)
        if length > most:
            return None
        parts.append(part)
    return b"".join(parts)


def _why(error: Any) -> str:
    """The reason of a failed connection in the system's words, without addresses."""
    cause = error.__cause__
    reason = getattr(cause, "strerror", None) or str(error) or type(error).__name__
    return str(reason)[:120]
