"""One message of the stream: made once, sent to every reader."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from retouch.event import Event


@dataclass(frozen=True)
class Message:
    """`kind` is the name of the event in the stream; `number` is that of the journal's event it tells, None for what is
    not written down: who was away then asks for the state instead."""

    kind: str
    project: int
    document: str | None
    """The key of the document it is about."""
    data: dict[str, Any]
    number: int | None = None

    @cached_property
    def body(self) -> bytes:
        """Its lines but `id:`. JSON has no line breaks of its own, so nothing in it can begin another field."""
        text = json.dumps(self.data, ensure_ascii=False, separators=(",", ":"))
        return f"event: {self.kind}\ndata: {text}\n\n".encode()


@dataclass(frozen=True)
class Marker:
    """The place of a written event among those that are not: the project file tells the event itself."""

    project: int
    run: str | None
    event: str


def of_event(project: int, document: str, event: Event, number: int | None = None) -> Message:
    """What a run told."""
    told = event.model_dump(mode="json")
    return Message("event", project, document, {"doc": document, **told}, number)


def of_revision(project: int, document: str, revision: str) -> Message:
    """Something of the document changed."""
    return Message("changed", project, document, {"doc": document, "revision": revision})
