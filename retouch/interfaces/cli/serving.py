"""The command that opens the review page."""

from __future__ import annotations

import ipaddress
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from retouch.errors import CancelledError
from retouch.interfaces.cli.options import Json
from retouch.interfaces.cli.output import print_json, print_words, say

if TYPE_CHECKING:
    from retouch.parts import PartKind

ProjectArguments = Annotated[list[Path], typer.Argument(metavar="PROJECT", help="Project files (.retouch).")]
Host = Annotated[str, typer.Option("--host", help="Address to listen on; other than this machine's own needs this.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any free one.")]
NoOpen = Annotated[bool, typer.Option("--no-open", help="Do not open a browser.")]
Planners = Annotated[
    list[str] | None, typer.Option("--planner", metavar="SPEC", help="A planner that the page may ask for. Repeatable.")
]
Editors = Annotated[
    list[str] | None, typer.Option("--editor", metavar="SPEC", help="An editor that the page may ask for. Repeatable.")
]
Verifiers = Annotated[
    list[str] | None,
    typer.Option("--verifier", metavar="SPEC", help="A verifier that the page may ask for. Repeatable."),
]


def serve(
    project: ProjectArguments,
    host: Host = "127.0.0.1",
    port: Port = 0,
    planner: Planners = None,
    editor: Editors = None,
    verifier: Verifiers = None,
    no_open: NoOpen = False,
    as_json: Json = False,
) -> int:
    """Open the review page of projects in the browser: their history, each step's evidence, and what to do about it."""
    from retouch.interfaces.cli.selection import warn
    from retouch.interfaces.web.acting.allowance import Allowance
    from retouch.interfaces.web.projects import Projects
    from retouch.interfaces.web.server import Server

    allowance = Allowance(
        editors=_known("editors", editor), verifiers=_known("verifiers", verifier), planners=_known("planners", planner)
    )
    projects = Projects.open(project)
    try:
        for opened in projects:
            warn(opened)
        server = Server(projects, host, port, allowance)
        _announce(server.address, host, as_json)
        if not no_open and _has_display():
            _show(server.address)
        server.serve()
    except KeyboardInterrupt:
        say("stopped; a run that was under way can be resumed")
        return CancelledError.exit_code
    finally:
        projects.close()
    return 0


def _known(kind: PartKind, specs: list[str] | None) -> tuple[str, ...]:
    """The SPECs, each of which must name a part that is installed."""
    from retouch import parts
    from retouch.spec import Spec

    for spec in specs or ():
        parts.factory(kind, Spec.parse(spec).name)
    return tuple(specs or ())


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
