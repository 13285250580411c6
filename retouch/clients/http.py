"""One HTTP client for everything remote: bounded in time, size and tries, stoppable, careful about where it goes."""

from __future__ import annotations

import json
import random
import weakref
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn
from urllib.parse import urlencode, urljoin

from retouch.clients.address import Addresses, Resolve, resolve
from retouch.clients.endpoint import Allowed, Endpoint
from retouch.clients.exchange import REDIRECTS, Answer, Exchange, Order, Upload
from retouch.clients.keys import Key
from retouch.clients.patience import Clock, Deadline, Limits, SystemClock, Unwatched, delay
from retouch.errors import RemoteError
from retouch.protocols import Watch

_MAX_REDIRECTS = 3
_USUAL_LIMITS = Limits()


class HttpClient:
    """Talks to one endpoint. Any number of threads may use it at the same time.

    `part` names the user of it in messages. A call is tried again, with a growing wait, when the connection is lost or
    cannot be made and when the host answers 429 or 5xx; never on another 4xx, and not after a time-out, for then the
    host is at work. All calls raise RemoteError (an EditorError and a VerifierError alike), UnreachableError if the
    host cannot be reached or refuses the key, and what the watch raises. No message holds the key or a picture.
    """

    def __init__(
        self,
        part: str,
        endpoint: Endpoint,
        *,
        key: Key | None = None,
        headers: Mapping[str, str] | None = None,
        allowed: Sequence[str] = (),
        limits: Limits = _USUAL_LIMITS,
        clock: Clock | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        self.endpoint = endpoint
        self._part = part
        self._key = key
        self._headers = dict(headers or {})
        self._allowed = Allowed(endpoint, tuple(allowed))
        self._limits = limits
        self._clock = clock or SystemClock()
        self._chance = random.Random()
        self._exchange = Exchange(part, Addresses(endpoint, resolve), limits, key)
        weakref.finalize(self, self._exchange.close)

    @property
    def sends_to(self) -> str:
        """Where pictures and text go: the host, with its port where that is not the usual one."""
        return self.endpoint.authority

    def get_json(self, path: str, *, query: Mapping[str, str] | None = None, watch: Watch | None = None) -> Any:
        """GET `path` below the endpoint; what its JSON says."""
        return self._json(self._call(self._order("GET", path, query), watch))

    def get_bytes(self, path: str, *, query: Mapping[str, str] | None = None, watch: Watch | None = None) -> bytes:
        """GET `path` below the endpoint; its body."""
        return self._final(self._call(self._order("GET", path, query), watch)).body

    def post_json(
        self, path: str, body: Any, *, headers: Mapping[str, str] | None = None, watch: Watch | None = None
    ) -> Any:
        """POST `body` as JSON; what the answer's JSON says, None for an empty answer."""
        content = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
        kind = {"Content-Type": "application/json", **(headers or {})}
        return self._json(self._call(self._order("POST", path, headers=kind, content=content), watch))

    def post_form(
        self, path: str, fields: Mapping[str, str], uploads: Sequence[Upload], *, watch: Watch | None = None
    ) -> Any:
        """POST a multipart form, its files in the given order (a field may stand several times); the answer's JSON."""
        return self._json(self._call(self._order("POST", path, fields=dict(fields), uploads=tuple(uploads)), watch))

    def fetch(self, url: str, *, watch: Watch | None = None) -> bytes:
        """The bytes at a URL that an answer gave, also one relative to the endpoint.

        Only from the endpoint itself and from allowed hosts, each redirect looked at again; the key goes to the
        endpoint alone.
        """
        here = _joined(self.endpoint.url(""), url)
        for _ in range(_MAX_REDIRECTS + 1):
            target = self._allowed.target(here) or self._stop(here)
            own = target.origin == self.endpoint.origin
            headers = self._own_headers() if own else {}
            answer = self._call(Order("GET", here, target.authority, headers, own=own), watch)
            if answer.status not in REDIRECTS:
                return answer.body
            here = _joined(here, answer.location)
        raise self._error(f"the result's address redirects more than {_MAX_REDIRECTS} times")

    def deadline(self, watch: Watch) -> Deadline:
        """The time for work of several calls: to wait between them, and to stop."""
        return Deadline(self._part, self.endpoint.authority, self._limits, self._clock, watch)

    def close(self) -> None:
        """Close all connections; the client can still be used."""
        self._exchange.close()

    def _order(
        self, method: str, path: str, query: Mapping[str, str] | None = None, headers: Any = None, **body: Any
    ) -> Order:
        url = self.endpoint.url(path) + ("?" + urlencode(query) if query else "")
        return Order(method, url, self.endpoint.authority, {**self._own_headers(), **(headers or {})}, **body)

    def _own_headers(self) -> dict[str, str]:
        key = {"Authorization": f"Bearer {self._key.reveal()}"} if self._key else {}
        return {**key, **self._headers}

    def _call(self, order: Order, watch: Watch | None) -> Answer:
        """The answer to `order`, tried as often as the limits allow."""
        deadline = Deadline(self._part, order.host, self._limits, self._clock, watch or Unwatched())
        failures = 0
        while True:
            deadline.look()
            outcome = self._exchange.tried(order, deadline, self._clock.now())
            if isinstance(outcome, Answer):
                return outcome
            failures += 1
            pause = delay(self._limits, failures, outcome.asked, self._chance)
            if not outcome.again or failures >= self._limits.tries or pause >= deadline.left:
                raise outcome.error
            deadline.wait(pause)

    def _json(self, answer: Answer) -> Any:
        body = self._final(answer).body
        if not body.strip():
            return None
        try:
            return json.loads(body, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            hint = "is this the address of the API (often …/v1), and not that of a web page?"
            raise self._error(f"answered {len(body)} bytes that are no JSON", answer.status, hint) from error

    def _final(self, answer: Answer) -> Answer:
        if answer.status in REDIRECTS:
            raise self._error(
                f"redirects ({answer.status}); pictures are not sent on",
                answer.status,
                "give the address it redirects to",
            )
        return answer

    def _stop(self, url: str) -> NoReturn:
        raise self._error(
            f"names a result on {self._allowed.named(url)}, which is not allowed",
            hint="if you trust that host, add the option allow=HOST to the SPEC",
        )

    def _error(self, what: str, status: int | None = None, hint: str = "") -> RemoteError:
        host = self.endpoint.authority
        return RemoteError(f"{self._part}: {host} {what}", host=host, status=status, hint=hint)


def _joined(base: str, url: str) -> str:
    """`url` relative to `base`; as it is where it cannot be joined, to be refused."""
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
