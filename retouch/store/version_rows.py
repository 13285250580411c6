"""Version rows: written with their hashes, checked against them when read, and turned into records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from retouch.errors import DamagedError, StoreError, UnknownNameError
from retouch.geometry import Box
from retouch.store.canonical import canonical
from retouch.store.draft import Draft
from retouch.store.manifest import Manifest
from retouch.store.merkle import version_id
from retouch.store.schema import VersionRow
from retouch.store.sealing import check, sealed, sealed_columns, table_of
from retouch.verdict import Outcome
from retouch.version import VersionKind, VersionRecord

FACTS = [table_of(VersionRow).c[name] for name in ("number", *sealed_columns(VersionRow), "seal")]
"""All columns but the manifest."""


def step_record(values: Mapping[str, Any]) -> str:
    """The canonical JSON that a version's id covers: all that is known of how it was made, but for the time."""
    box = None if values["x"] is None else [values[n] for n in ("x", "y", "box_width", "box_height")]
    kept = ("kind", "step", "message", "author", "outcome", "editor", "record")
    return canonical({"box": box} | {name: values[name] for name in kept})


def parents_of(values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(p for p in (values["parent"], values["other_parent"]) if p is not None)


def checked(row: Any) -> Mapping[str, Any]:
    """The row as a mapping; DamagedError if its seal or its id does not fit its values."""
    values = check(VersionRow, row, f"version {row.id}")
    if version_id(parents_of(values), values["root"], step_record(values)) != values["id"]:
        raise DamagedError(f"the stored facts of version {row.id} do not match its id")
    return values


def load(connection: Connection, version: str) -> Mapping[str, Any]:
    """The checked facts of a version; UnknownNameError if there is no such id."""
    row = connection.execute(select(*FACTS).where(VersionRow.id == version)).one_or_none()
    if row is None:
        raise UnknownNameError(f"there is no version {version}", hint="`retouch log` lists them")
    return checked(row)


def record(values: Mapping[str, Any], document: str) -> VersionRecord:
    """The public record of a checked row."""
    box = None if values["x"] is None else Box(*(values[n] for n in ("x", "y", "box_width", "box_height")))
    return VersionRecord.model_construct(
        id=values["id"],
        document=document,
        parents=parents_of(values),
        kind=VersionKind(values["kind"]),
        box=box,
        step=values["step"],
        message=values["message"],
        author=values["author"],
        created=values["created"],
        outcome=Outcome(values["outcome"]) if values["outcome"] else None,
        editor=values["editor"],
        record=json.loads(values["record"]),
    )


def insert_version(
    connection: Connection, draft: Draft, manifest: Manifest, pixels: Mapping[str, Any], created: str
) -> Mapping[str, Any]:
    """Write a version and read it back; where the very same one exists, that one is returned.

    `pixels` are the columns width, height, channels, depth, pixels, root and metadata_id.
    """
    values = _columns(draft) | dict(pixels) | {"created": created, "key": manifest.key, "since_key": manifest.since_key}
    values["id"] = version_id(draft.parents, values["root"], step_record(values))
    query = select(*FACTS).where(VersionRow.id == values["id"])
    there = connection.execute(query).one_or_none()
    if there is None:
        connection.execute(insert(VersionRow), sealed(VersionRow, **values) | {"manifest": manifest.data})
        there = connection.execute(query).one_or_none()
    if there is None:
        raise StoreError(f"version {values['id']} was not read back as it was written; nothing was changed")
    return checked(there)


def _columns(draft: Draft) -> dict[str, Any]:
    box = draft.box.as_list() if draft.box is not None else [None] * 4
    return {
        "document_id": draft.document_id,
        "parent": draft.parents[0] if draft.parents else None,
        "other_parent": draft.parents[1] if len(draft.parents) > 1 else None,
        "kind": draft.kind.value,
        **dict(zip(("x", "y", "box_width", "box_height"), box, strict=True)),
        "step": draft.step,
        "message": draft.message,
        "author": draft.author,
        "outcome": draft.outcome.value if draft.outcome else None,
        "editor": draft.editor,
        "record": canonical(draft.record),
    }
