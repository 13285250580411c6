"""Version rows: written with their hashes, checked against them when read, and turned into records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from retouch.errors import DamagedError, StoreError, UnknownNameError, UsageError
from retouch.geometry import Box
from retouch.store.canonical import canonical
from retouch.store.draft import Draft
from retouch.store.merkle import version_id
from retouch.store.schema import VersionRow
from retouch.store.sealing import check, sealed, table_of
from retouch.verdict import Outcome
from retouch.version import VersionKind, VersionRecord

VERSION = table_of(VersionRow)

_BY_ID = select(VERSION).where(VERSION.c.id == bindparam("version"))
_DOCUMENT = select(VERSION.c.document_id).where(VERSION.c.id == bindparam("version"))
_OF_DOCUMENT = select(VERSION).where(VERSION.c.document_id == bindparam("document")).order_by(VERSION.c.number)
_BOX = ("x", "y", "box_width", "box_height")
_STEP = ("kind", "step", "message", "author", "outcome", "editor", "record")


def load(connection: Connection, version: str) -> Mapping[str, Any]:
    """The checked facts of a version; UnknownNameError if there is no such id."""
    values = _find(connection, version)
    if values is None:
        raise UnknownNameError(f"there is no version {version}", hint="`retouch log` lists them")
    return values


def of_document(connection: Connection, document_id: int) -> list[Mapping[str, Any]]:
    """The facts of all versions of a document, oldest first."""
    rows = connection.execute(_OF_DOCUMENT, {"document": document_id})
    return [check(VERSION, row, f"version {row.id}") for row in rows]


def require(connection: Connection, document_id: int, version: str) -> None:
    """UnknownNameError if there is no such version, UsageError if it belongs to another document."""
    found = connection.execute(_DOCUMENT, {"version": version}).scalar()
    if found is None:
        raise UnknownNameError(f"there is no version {version}", hint="`retouch log` lists them")
    if found != document_id:
        raise UsageError(f"version {version[:12]} belongs to another document")


def parents_of(values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(p for p in (values["parent"], values["other_parent"]) if p is not None)


def record(values: Mapping[str, Any], document: str) -> VersionRecord:
    """The public record of checked facts."""
    return VersionRecord.model_construct(
        id=values["id"],
        document=document,
        parents=parents_of(values),
        kind=VersionKind(values["kind"]),
        box=None if values["x"] is None else Box(*(values[name] for name in _BOX)),
        step=values["step"],
        message=values["message"],
        author=values["author"],
        created=values["created"],
        outcome=Outcome(values["outcome"]) if values["outcome"] else None,
        editor=values["editor"],
        record=json.loads(values["record"]),
    )


def insert_version(connection: Connection, draft: Draft, pixels: Mapping[str, Any], created: str) -> tuple[Any, bool]:
    """Write a version and read it back: its facts, and whether it is new (the very same one may be there already).

    `pixels` are the columns width, height, channels, depth, pixels, root and metadata_id.
    """
    values = _columns(draft) | dict(pixels) | {"created": created}
    values["id"] = version_id(draft.parents, values["root"], _step_record(values))
    there = _find(connection, values["id"])
    if there is not None:
        return there, False
    connection.execute(insert(VERSION), sealed(VERSION, **values))
    there = _find(connection, values["id"])
    if there is None:
        raise StoreError(f"version {values['id']} was not read back as it was written; nothing was changed")
    return there, True


def _find(connection: Connection, version: str) -> Mapping[str, Any] | None:
    row = connection.execute(_BY_ID, {"version": version}).one_or_none()
    if row is None:
        return None
    values = check(VERSION, row, f"version {version}")
    if version_id(parents_of(values), values["root"], _step_record(values)) != version:
        raise DamagedError(f"the stored facts of version {version} do not match its id")
    return values


def _step_record(values: Mapping[str, Any]) -> str:
    """The canonical JSON that a version's id covers: all that is known of how it was made, but for the time."""
    box = None if values["x"] is None else [values[name] for name in _BOX]
    return canonical({"box": box} | {name: values[name] for name in _STEP})


def _columns(draft: Draft) -> dict[str, Any]:
    box = draft.box.as_list() if draft.box is not None else [None] * 4
    return {
        "document_id": draft.document_id,
        "parent": draft.parents[0] if draft.parents else None,
        "other_parent": draft.parents[1] if len(draft.parents) > 1 else None,
        "kind": draft.kind.value,
        **dict(zip(_BOX, box, strict=True)),
        "step": draft.step,
        "message": draft.message,
        "author": draft.author,
        "outcome": draft.outcome.value if draft.outcome else None,
        "editor": draft.editor,
        "record": canonical(dict(draft.record)),
    }
