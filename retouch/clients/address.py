"""Which network addresses a host may stand for: a name in an answer must not lead into private networks."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable

from retouch.clients.endpoint import Endpoint
from retouch.errors import RemoteError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
"""Host and port to addresses; OSError where there are none."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv4 addresses as IPv6 hosts see them (RFC 6052)."""


def resolve(host: str, port: int) -> list[str]:
    """The system's answer, each address once, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def public(address: Address) -> bool:
    """True if it lies in the open internet, by whatever way it is written."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return public(inner)
    return address.is_global and not address.is_multicast


class Addresses:
    """Resolves hosts for one client, once for each connection, and gives out only what was checked.

    The endpoint may be anywhere, for the user named it; but where it was at first on public addresses it stays there.
    Any other host must be public, unless the user wrote down the private address itself or a name of this machine.
    """

    def __init__(self, endpoint: Endpoint, resolve: Resolve = resolve) -> None:
        self._endpoint = endpoint
        self._resolve = resolve
        self._lock = threading.Lock()
        self._home: frozenset[Address] | None = None
        """Where the endpoint was when it was first asked for."""

    def checked(self, host: str, port: int) -> list[str]:
        """The addresses to connect to. OSError if there are none, RemoteError if one of them is not allowed."""
        found = [ipaddress.ip_address(text) for text in self._resolve(host, port)]
        if not found:
            raise OSError(f"{host} has no address")
        with self._lock:
            if host == self._endpoint.host and self._home is None:
                self._home = frozenset(found)
        for address in found:
            if not self._may(host, address):
                raise RemoteError(
                    f"{host} stands for {address}, a private address; nothing is fetched there", host=host
                )
        return [str(address) for address in found]

    def _may(self, host: str, address: Address) -> bool:
        own = host == self._endpoint.host
        if Endpoint("http", host, 80).loopback:
            return address.is_loopback
        if public(address):
            return True
        return (own and address in (self._home or ())) or host == str(address)
