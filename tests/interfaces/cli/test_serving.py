"""`retouch serve`: refuses before it listens, says where it is, ends when it is told."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from retouch.interfaces.cli import serving
from retouch.interfaces.cli.main import main


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(project: Path, end: signal.Signals) -> None:
    command = [sys.executable, "-c", "from retouch.interfaces.cli.main import main; raise SystemExit(main())"]
    command += ["serve", str(project), "--json", "--no-open"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    url = json.loads(running.stdout.readline())["url"]
    with httpx.Client(follow_redirects=True) as client:
        page = client.get(url)
        assert page.status_code == 200
        assert "token" not in str(page.url)
        documents = client.get(page.url.join("/api/documents")).json()["documents"]
        assert [document["name"] for document in documents] == ["page"]
    running.send_signal(end)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, "")
    assert err.splitlines() == ["stopped; a run that was under way can be resumed"]


def test_what_is_no_project_is_refused_before_anything_listens(
    project: Path, page: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket.socket, "listen", lambda *_: pytest.fail("it listens"))
    assert main(["serve", str(page)]) == 2
    assert "not a Retouch project file" in told(capsys)
    assert main(["serve", str(project), str(project.with_name("none.retouch"))]) == 2
    assert "no project file" in told(capsys)
    assert main(["serve", str(project), str(project)]) == 2
    assert "twice" in told(capsys)
    assert main(["serve", str(project), "--editor", "nobody:/x"]) == 2
    assert "'nobody' is not installed" in told(capsys)


def test_a_port_that_is_taken_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert main(["serve", str(project), "--port", str(port)]) == 2
    assert f"port {port} cannot be listened on" in told(capsys)


def test_leaving_this_machine_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    serving._announce("http://192.0.2.1:1/?token=t", "192.0.2.1", as_json=True)
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"url": "http://192.0.2.1:1/?token=t"}
    assert "warning: listening on 192.0.2.1" in captured.err
    assert "not encrypted" in captured.err
    for host in ("127.0.0.1", "::1", "localhost", "127.0.0.9"):
        serving._announce("http://x", host, as_json=False)
        captured = capsys.readouterr()
        assert captured.err == ""
        assert "http://x" in captured.out


def test_a_browser_is_opened_where_one_is_seen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not serving._has_display()
    monkeypatch.setitem(os.environ, "DISPLAY", ":0")
    assert serving._has_display()
    monkeypatch.setattr("webbrowser.open", lambda address: False)
    serving._show("http://x")
    assert "open the address yourself" in told(capsys)
