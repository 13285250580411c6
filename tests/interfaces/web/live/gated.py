"""An editor that asks a test, through a socket, before it answers; and the test's side of it.

The editor works in the worker's process, which finds it by an entry point as it finds everybody's parts.
"""

from __future__ import annotations

import os
import select
import socket
from pathlib import Path
from typing import Any

from retouch.edit import EditRequest, EditResult
from retouch.editors.scripted import ScriptedEditor
from retouch.protocols import Watch

PLACE = "RETOUCH_TEST_GATE"
_LOOK = 0.02
"""Seconds between two looks at the watch."""
_PATIENCE = 60


class GatedEditor(ScriptedEditor):
    """Paints the region red as soon as the test says so."""

    def __init__(self, colour: str = "red") -> None:
        super().__init__(colour=colour)

    def edit(self, request: EditRequest, watch: Watch) -> EditResult:
        with socket.socket(socket.AF_UNIX) as asking:
            asking.connect(os.environ[PLACE])
            asking.sendall(f"{os.getpid()} {request.instruction}\n".encode())
            while not select.select([asking], [], [], _LOOK)[0]:
                watch.raise_if_cancelled()
            if asking.recv(1) != b"g":
                raise RuntimeError("the test is over")
        return super().edit(request, watch)


class Call:
    """One call of the editor, which waits."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        process, _, self.instruction = connection.makefile().readline().strip().partition(" ")
        self.process = int(process)

    def go(self) -> None:
        self._connection.sendall(b"g")


class Gate:
    """Where calls wait."""

    def __init__(self, place: Path) -> None:
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(place))
        self._listening.listen()
        self._listening.settimeout(_PATIENCE)
        self._open: list[socket.socket] = []

    def call(self) -> Call:
        """The next call; waits until there is one."""
        connection, _ = self._listening.accept()
        connection.settimeout(_PATIENCE)
        self._open.append(connection)
        return Call(connection)

    def close(self) -> None:
        for each in (*self._open, self._listening):
            each.close()


def installed(folder: Path) -> Path:
    """A folder that, on the path of modules, has the editor as an installed part named `gated`."""
    about = folder / "gated_part-1.dist-info"
    about.mkdir(parents=True)
    (folder / "gated_part.py").write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: gated-part\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[retouch.editors]\ngated = gated_part:GatedEditor\n")
    return folder


Facts = dict[str, Any]
