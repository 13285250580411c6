"""The command that opens the review page."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from retouch.interfaces.cli.options import Json
from retouch.interfaces.cli.output import print_json, print_words, say

ProjectArguments = Annotated[list[Path], typer.Argument(metavar="PROJECT", help="Project files (.retouch).")]
Host = Annotated[str, typer.Option("--host", help="Address to listen on; other than this machine's own needs this.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free one.")]
NoOpen = Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")]


def serve(
    project: ProjectArguments,
    host: Host = "127.0.0.1",
    port: Port = 0,
    no_open: NoOpen = False,
    as_json: Json = False,
) -> int:
    """Open the review page of projects in the browser: their history, each step's evidence, and what to do about it."""
    from retouch.interfaces.cli.selection import warn
    from retouch.interfaces.web.projects import Projects
    from retouch.interfaces.web.server import Server

    projects = Projects.open(project)
    try:
        for opened in projects:
            warn(opened)
        server = Server(projects, host, port)
        _announce(server.address, host, as_json)
        if not no_open and _has_display():
            _show(server.address)
        server.serve()
    finally:
        projects.close()
    return 0


def _announce(address: str, host: str, as_json: bool) -> None:
    if not _is_loopback(host):
        say(
            f"warning: listening on {host}: whoever can reach this machine there and has the address below can see and "
            "change these projects, and what is sent is not encrypted"
        )
    if as_json:
        print_json({"url": address})
    else:
        print_words(f"Review page: {address}", "Ctrl-C ends it.")
        sys.stdout.flush()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _has_display() -> bool:
    """True where a browser would be seen: a desktop, not a bare machine or one that is worked on from afar."""
    if sys.platform in ("win32", "darwin"):
        return "SSH_CONNECTION" not in os.environ
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _show(address: str) -> None:
    import webbrowser

    if not webbrowser.open(address):
        say("no browser could be opened; open the address yourself")
