"""The facts of a version as a store keeps them: by the names of their columns, texts as canonical JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from retouch.geometry import Box
from retouch.store.canonical import canonical
from retouch.store.draft import Draft
from retouch.verdict import Outcome
from retouch.version import VersionKind, VersionRecord

_BOX = ("x", "y", "box_width", "box_height")
_STEP = ("kind", "step", "message", "author", "outcome", "editor", "record")


def facts_of(draft: Draft) -> dict[str, Any]:
    """All facts of a draft; id, time and what its pixels are come when it is written."""
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


def step_record(facts: Mapping[str, Any]) -> str:
    """The canonical JSON that a version's id covers: all that is known of how it was made, but for the time."""
    box = None if facts["x"] is None else [facts[name] for name in _BOX]
    return canonical({"box": box} | {name: facts[name] for name in _STEP})


def parents_of(facts: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(p for p in (facts["parent"], facts["other_parent"]) if p is not None)


def record_of(facts: Mapping[str, Any], document: str) -> VersionRecord:
    """The public record of checked facts."""
    return VersionRecord.model_construct(
        id=facts["id"],
        document=document,
        parents=parents_of(facts),
        kind=VersionKind(facts["kind"]),
        box=None if facts["x"] is None else Box(*(facts[name] for name in _BOX)),
        step=facts["step"],
        message=facts["message"],
        author=facts["author"],
        created=facts["created"],
        outcome=Outcome(facts["outcome"]) if facts["outcome"] else None,
        editor=facts["editor"],
        record=json.loads(facts["record"]),
    )
