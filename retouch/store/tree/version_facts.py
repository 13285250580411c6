"""The facts of a version as a store keeps them: by the names of their columns, texts as canonical JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from retouch.geometry import Box
from retouch.store.canonical import canonical
from retouch.store.tree.draft import Draft
from retouch.verdict import Outcome
from retouch.version import VersionKind, VersionRecord

_BOX = ("x", "y", "box_width", "box_height")
_KINDS = {kind.value: kind for kind in VersionKind}
_OUTCOMES: dict[str | None, Outcome | None] = {None: None} | {outcome.value: outcome for outcome in Outcome}
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
    first, second = facts["parent"], facts["other_parent"]
    return () if first is None else (first,) if second is None else (first, second)


class StoredRecord(Mapping[str, Any]):
    """A step record as it is stored, read when somebody looks at it: a list of 10,000 versions seldom needs one."""

    __slots__ = ("_text", "_values")

    def __init__(self, text: str) -> None:
        self._text = text
        self._values: dict[str, Any] | None = None

    def __getitem__(self, name: str) -> Any:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        return repr(self._read())

    def _read(self) -> dict[str, Any]:
        if self._values is None:
            self._values = json.loads(self._text)
        return self._values


RECORDED = ("id", "parent", "other_parent", *_BOX, *_STEP, "created")
"""The facts that `record_from` takes, in its order."""


def record_of(facts: Mapping[str, Any], document: str) -> VersionRecord:
    """The public record of checked facts."""
    return record_from(document, *(facts[name] for name in RECORDED))


def record_from(
    document: str,
    id_: str,
    first: str | None,
    second: str | None,
    x: int | None,
    y: int,
    width: int,
    height: int,
    kind: str,
    step: str | None,
    message: str,
    author: str,
    outcome: str | None,
    editor: str | None,
    record: str,
    created: str,
) -> VersionRecord:
    """The same of checked facts one by one, which counts where there are 10,000."""
    return VersionRecord.trusted(
        id=id_,
        document=document,
        parents=() if first is None else (first,) if second is None else (first, second),
        kind=_KINDS[kind],
        box=None if x is None else Box(x, y, width, height),
        step=step,
        message=message,
        author=author,
        created=created,
        outcome=_OUTCOMES[outcome],
        editor=editor,
        record=StoredRecord(record),
    )
