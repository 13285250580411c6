"""Where a service is, and which other hosts an answer may send us to."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from retouch.errors import SpecError

_PORTS = {"http": 80, "https": 443}
_MAX_URL = 8192


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A base URL in parts. `path` has no slash at its end."""

    scheme: str
    host: str
    port: int
    path: str = ""

    @classmethod
    def parse(cls, url: str, part: str = "endpoint") -> Endpoint:
        """Read `http(s)://host[:port][/path]`; SpecError for anything else. A URL with a password in it is refused."""
        base = _split(url)
        if base is None or "?" in url or "#" in url:
            raise SpecError(
                f"{part}: the address is no URL of the form http(s)://host[:port][/path] without a password"
            )
        return cls(base.scheme, base.host, base.port, base.path.rstrip("/"))

    @property
    def loopback(self) -> bool:
        """True if it is this machine, so that nothing leaves it."""
        return self.host == "localhost" or self.host.endswith(".localhost") or _is_loopback(self.host)

    @property
    def authority(self) -> str:
        """Host, and port where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what may see the key."""
        return self.scheme, self.host, self.port

    def url(self, path: str) -> str:
        """The URL of `path` below the base."""
        return f"{self.scheme}://{self.authority}{self.path}/{path.lstrip('/')}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.path}"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which addresses an answer may send us to: the endpoint itself, and `hosts` over https.

    A host is `name`, `name:port`, or `.name` for every host below it. Where the endpoint is on loopback, so is its
    world: listed hosts may then be spoken to in the endpoint's own scheme, too.
    """

    endpoint: Endpoint
    hosts: tuple[str, ...] = ()

    def target(self, url: str) -> Endpoint | None:
        """The parts of `url` if it may be fetched; None otherwise."""
        target = _split(url)
        if target is None:
            return None
        if target.origin == self.endpoint.origin:
            return target
        secure = target.scheme == "https" or (self.endpoint.loopback and target.scheme == self.endpoint.scheme)
        return target if secure and any(_matches(target, host) for host in self.hosts) else None

    @staticmethod
    def named(url: str) -> str:
        """The host of a URL that is not trusted, in words that can be shown."""
        target = _split(url)
        return f"{target.scheme}://{target.authority[:100]}" if target else "an address that is no plain http(s) URL"


def hosts(text: str | Sequence[str]) -> tuple[str, ...]:
    """Host patterns from an option: separated by commas."""
    parts = text.split(",") if isinstance(text, str) else text
    return tuple(part.strip().lower() for part in parts if part.strip())


def _matches(target: Endpoint, pattern: str) -> bool:
    if pattern.startswith("."):
        named = target.host[-1:].isalpha()  # of numbers, a common end says nothing
        return named and target.host.endswith(pattern) and target.port == _PORTS[target.scheme]
    return target.authority == pattern or f"{target.host}:{target.port}" == pattern


def _split(url: str) -> Endpoint | None:
    """Scheme, host, port and path of a URL; None where anything about it is unusual."""
    if len(url) > _MAX_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc or "%" in parts.netloc:
        return None
    return Endpoint(parts.scheme, parts.hostname.rstrip("."), port or _PORTS[parts.scheme], parts.path)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
