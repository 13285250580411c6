"""Which addresses a name may stand for."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.clients.address import Addresses, public
from retouch.clients.endpoint import Allowed, Endpoint, hosts
from retouch.errors import RemoteError, SpecError


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:192.168.0.1",
        "64:ff9b::a00:1", "2002:7f00:1::", "2002:c0a8:101::1",
    ],
)  # fmt: skip
def test_private_addresses_are_known_in_every_spelling(text: str) -> None:
    assert not public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_public(text: str) -> None:
    assert public(ipaddress.ip_address(text))


@given(st.ip_addresses(v=4))
def test_an_address_inside_ipv6_is_as_public_as_outside(inner: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.IPv6Address(b"\0" * 10 + b"\xff\xff" + inner.packed)
    assert public(mapped) == public(inner)


def made(endpoint: str, *answers: list[str]) -> Addresses:
    """Addresses of an endpoint whose resolver gives one answer after another."""
    left = list(answers)
    return Addresses(Endpoint.parse(endpoint), lambda host, port: left.pop(0))


def test_a_public_endpoint_cannot_become_a_private_one() -> None:
    """DNS rebinding: the same name, a moment later, in the local network."""
    addresses = made("https://api.example.com", ["93.184.216.34"], ["93.184.216.35"], ["127.0.0.1"])
    assert addresses.checked("api.example.com", 443) == ["93.184.216.34"]
    assert addresses.checked("api.example.com", 443) == ["93.184.216.35"]
    with pytest.raises(RemoteError, match=r"api\.example\.com stands for 127\.0\.0\.1, a private address"):
        addresses.checked("api.example.com", 443)


def test_another_host_may_not_be_private_even_in_part() -> None:
    addresses = made("https://api.example.com", ["93.184.216.34", "10.0.0.7"])
    with pytest.raises(RemoteError, match="10.0.0.7"):
        addresses.checked("store.example.com", 443)


def test_an_endpoint_in_the_local_network_stays_where_it_is() -> None:
    addresses = made("http://gpu.lan:8000", ["192.168.1.5"], ["192.168.1.5"], ["192.168.1.1"])
    assert addresses.checked("gpu.lan", 8000) == addresses.checked("gpu.lan", 8000) == ["192.168.1.5"]
    with pytest.raises(RemoteError, match="192.168.1.1"):
        addresses.checked("gpu.lan", 8000)


def test_an_endpoint_in_the_local_network_opens_it_to_nobody_else() -> None:
    addresses = made("http://192.168.1.5:8000", ["192.168.1.5"], ["192.168.1.6"])
    assert addresses.checked("192.168.1.5", 8000) == ["192.168.1.5"]
    with pytest.raises(RemoteError, match="192.168.1.6"):
        addresses.checked("store.example.com", 80)


def test_localhost_is_this_machine_or_nothing() -> None:
    with pytest.raises(RemoteError, match=r"93\.184\.216\.34"):
        made("http://localhost:8000", ["93.184.216.34"]).checked("localhost", 8000)
    assert made("http://localhost:8000", ["::1", "127.0.0.1"]).checked("localhost", 8000) == ["::1", "127.0.0.1"]


def test_no_address_is_an_os_error() -> None:
    with pytest.raises(OSError, match="no address"):
        made("https://api.example.com", []).checked("api.example.com", 443)


# endpoints and allowed hosts


@pytest.mark.parametrize(
    ("text", "authority", "loopback"),
    [
        ("http://127.0.0.1:8000/v1/", "127.0.0.1:8000", True),
        ("https://api.openai.com/v1", "api.openai.com", False),
        ("http://[::1]:9", "[::1]:9", True),
        ("http://localhost", "localhost", True),
        ("HTTPS://API.Example.COM:443", "api.example.com", False),
        ("http://127.0.0.1.evil.example", "127.0.0.1.evil.example", False),
        ("http://0.0.0.0:80", "0.0.0.0", False),
    ],
)
def test_an_endpoint_is_read(text: str, authority: str, loopback: bool) -> None:
    found = Endpoint.parse(text)
    assert (found.authority, found.loopback) == (authority, loopback)
    assert Endpoint.parse(str(found)) == found


@pytest.mark.parametrize(
    "text",
    ["", "api.openai.com", "ftp://x", "http://", "http://u:p@x", "http://x?key=1", "http://x#a", "http://x:99999"],
)
def test_no_endpoint_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(SpecError) as caught:
        Endpoint.parse(text)
    assert "u:p" not in caught.value.message


def test_paths_lie_below_the_base() -> None:
    assert Endpoint.parse("http://h/v1/").url("/images/edits") == "http://h/v1/images/edits"
    assert Endpoint.parse("http://h").url("view") == "http://h/view"


@pytest.mark.parametrize(
    ("pattern", "url", "allowed"),
    [
        (".aliyuncs.com", "https://b.oss-cn.aliyuncs.com/a?x=1", True),
        (".aliyuncs.com", "http://b.oss-cn.aliyuncs.com/a", False),
        (".aliyuncs.com", "https://aliyuncs.com.evil.example/a", False),
        (".aliyuncs.com", "https://evilaliyuncs.com/a", False),
        (".aliyuncs.com", "https://b.aliyuncs.com:8443/a", False),
        ("cdn.example.com", "https://cdn.example.com/a", True),
        ("cdn.example.com", "https://CDN.example.com./a", True),
        ("cdn.example.com", "https://x.cdn.example.com/a", False),
        ("cdn.example.com", "https://cdn.example.com:8443/a", False),
        ("cdn.example.com:8443", "https://cdn.example.com:8443/a", True),
        (".0.0.1", "https://127.0.0.1/a", False),
    ],
)
def test_hosts_are_allowed_exactly(pattern: str, url: str, allowed: bool) -> None:
    rule = Allowed(Endpoint.parse("https://api.example.com/v1"), hosts(pattern))
    assert (rule.target(url) is not None) == allowed


@given(st.text(max_size=60))
def test_no_text_leads_elsewhere(text: str) -> None:
    """Whatever an answer says, it is the endpoint's own origin or nothing."""
    rule = Allowed(Endpoint.parse("https://api.example.com/v1"))
    target = rule.target(text)
    assert target is None or target.origin == rule.endpoint.origin
    assert rule.named(text).isprintable()
