"""The cursor: how far a reader of the stream has come in each project, as it stands in `id:`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from retouch.errors import UsageError

CURSOR = r"^(?:[0-9]{1,3}:[0-9]{1,18}(?:\.[0-9]{1,3}:[0-9]{1,18})*)?$"
"""`PROJECT:EVENT`, joined by points: the largest number of an event that was read of each project. Numbers of events
are rows of the project files, so a cursor outlives the server."""


class Cursor:
    """Positions by project's number."""

    def __init__(self, positions: Mapping[int, int] | None = None) -> None:
        self._positions = dict(positions or {})

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read a cursor that the stream gave; UsageError for anything else."""
        if not re.fullmatch(CURSOR, text, re.ASCII):
            raise UsageError(f"{text[:40]!r} is no cursor; expected the `id:` of an event of this stream")
        parts = (part.split(":") for part in text.split(".") if part)
        return cls({int(project): int(event) for project, event in parts})

    def __contains__(self, project: int) -> bool:
        return project in self._positions

    def __getitem__(self, project: int) -> int:
        return self._positions[project]

    def __iter__(self) -> Iterator[int]:
        return iter(self._positions)

    def move(self, project: int, event: int) -> None:
        """Everything of `project` up to `event` was read; a cursor never goes back."""
        self._positions[project] = max(event, self._positions.get(project, 0))

    def __str__(self) -> str:
        return ".".join(f"{project}:{event}" for project, event in sorted(self._positions.items()))
