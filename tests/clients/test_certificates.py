"""Over https the certificate is that of the name that was asked for, whatever address it was found at."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from retouch.clients.endpoint import Endpoint
from retouch.clients.http import HttpClient
from retouch.clients.patience import Limits
from retouch.errors import UnreachableError
from tests.servers.loopback import Loopback, says

NAME = "api.example.test"
ONCE = Limits(tries=1)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for `NAME` with its key, made for this run."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    file = tmp_path_factory.mktemp("certificate") / "both.pem"
    made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    named = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", str(file), "-out", "-"]
    done = subprocess.run([openssl, *made, *named], capture_output=True, text=True, check=True)
    file.write_text(file.read_text() + done.stdout)
    return file


@pytest.fixture
def secure(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """A server with that certificate, which is trusted here."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Loopback(lambda asked: says({"host": asked.headers["host"]}), context) as server:
        yield server


def here(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def client(server: Loopback, name: str, clock: Any) -> HttpClient:
    endpoint = Endpoint.parse(f"https://{name}:{server.port}")
    return HttpClient("tester", endpoint, limits=ONCE, clock=clock, resolve=here)


def test_the_right_name_is_spoken_to(secure: Loopback, clock: Any) -> None:
    assert client(secure, NAME, clock).get_json("x") == {"host": f"{NAME}:{secure.port}"}


def test_another_name_at_the_same_address_is_not(secure: Loopback, clock: Any) -> None:
    with pytest.raises(UnreachableError, match="evil.example.test.* cannot be reached"):
        client(secure, "evil.example.test", clock).get_json("x")
    assert secure.asked == []


def test_a_certificate_that_nobody_vouches_for_is_not(
    secure: Loopback, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(UnreachableError, match="cannot be reached: .*CERTIFICATE_VERIFY_FAILED"):
        client(secure, NAME, clock).get_json("x")
    assert secure.asked == []
