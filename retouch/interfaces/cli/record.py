"""A version's whole record as text for a person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from retouch.interfaces.cli.output import printable
from retouch.interfaces.cli.tree import OUTCOMES

_LABEL = 18
"""Columns of the names on the left."""
_LONGEST = 400
"""Characters of one value; `--json` gives all of them."""
_FIRST = ("id", "document", "branches", "tags", "parents", "children", "kind", "step", "box", "outcome", "editor")
_LISTED = ("verdicts", "comments", "marks")
"""Parts of the record that have sections of their own."""
_ORDER = (
    "attempt",
    "rung",
    "number",
    "repairs",
    "seed",
    "patch_box",
    "request",
    "effective",
    "dropped",
    "notes",
    "cost",
)


def told(facts: Mapping[str, Any], standing: Mapping[str, Any]) -> Iterator[str]:
    """Lines: the version itself, how it was made, verdicts with their evidence, comments, marks.

    `facts` is the JSON of `show`, `standing` what is known of its place in the tree (branches, tags, children).
    """
    record = dict(facts.get("record") or {})
    given = {**facts, **standing}
    yield from _lines({name: given.get(name) for name in (*_FIRST, "author", "created", "message")})
    made = {
        name: record[name] for name in (*_ORDER, *sorted(set(record) - {*_ORDER, *_LISTED, *_FIRST})) if name in record
    }
    if any(_told(value) for value in made.values()):
        yield from ("", "how it was made")
        yield from _lines(made)
    yield from _verdicts(record.get("verdicts") or ())
    for title, field in (("comments", "text"), ("marks", "opinion")):
        yield from _notes(title, field, record.get(title) or ())


def _lines(values: Mapping[str, Any], indent: int = 2) -> Iterator[str]:
    for name, value in values.items():
        if not _told(value):
            continue
        label = " " * indent + name.replace("_", " ")
        if isinstance(value, Mapping):
            yield label
            yield from _lines(value, indent + 2)
        else:
            yield f"{label:{_LABEL}} {_shown(value)}"


def _verdicts(verdicts: Any) -> Iterator[str]:
    if verdicts:
        yield from ("", "verdicts")
    for verdict in verdicts:
        mark = OUTCOMES.get(verdict["outcome"], " ")
        head = f"  {mark} {verdict['verifier']} {verdict['outcome']} {verdict['score']:.2f}"
        yield f"{head}  {printable(verdict.get('reason') or '')}".rstrip()
        yield from _lines(verdict.get("evidence") or {}, indent=6)


def _notes(title: str, field: str, notes: Any) -> Iterator[str]:
    if notes:
        yield from ("", title)
    for note in notes:
        reason = f": {printable(note['reason'])}" if note.get("reason") else ""
        yield f"  {note['created'].split('.')[0]} {printable(note['author'])}  {printable(note[field])}{reason}"


def _told(value: Any) -> bool:
    """False for what says nothing: null, an empty text, list or table."""
    return value is not None and value != "" and value != [] and value != {} and value != ()


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple) and all(isinstance(part, int) and not isinstance(part, bool) for part in value):
        return ",".join(map(str, value))
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        text = " · ".join(value)
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = printable(text)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + f"… ({len(text)} characters)"
