"""The stored facts of a version, of a document and of a branch's moves."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, PlainSerializer

from retouch.record import BoxField, Record
from retouch.verdict import Outcome


class VersionKind(StrEnum):
    """How a version came to be."""

    IMPORT = "import"
    EDIT = "edit"
    CANDIDATE = "candidate"
    REVERT = "revert"
    PICK = "pick"
    MERGE = "merge"
    MANUAL = "manual"


class VersionRecord(Record):
    """An immutable state. `id` is the hex Merkle hash of parents, pixels and the step record (`record`)."""

    id: str
    document: str
    parents: tuple[str, ...] = ()
    kind: VersionKind
    box: BoxField | None = None
    step: str | None = None
    message: str = ""
    author: str = "agent"
    created: str
    """UTC, `YYYY-MM-DDTHH:MM:SSZ`; not part of the hash."""
    outcome: Outcome | None = None
    editor: str | None = None
    record: Annotated[Mapping[str, Any], PlainSerializer(dict)] = Field(default_factory=dict)
    """The step record: step, request, effective parameters, seed; part of the hash."""


class DocumentRecord(Record):
    """One picture under correction."""

    id: int
    name: str
    source: str | None = None
    """File name it was imported from (no folder)."""
    created: str


class Move(Record):
    """One line of the reference log: a branch went from one version to another."""

    branch: str
    origin: str | None
    target: str | None
    reason: str
    author: str
    created: str
