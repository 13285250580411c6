"""The tree of versions, laid out in lanes, with what stands beside each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from retouch.interfaces.web.records import Relation, TreeFacts, TreeRowFact, TreeVersion
from retouch.orchestrator.document import Document
from retouch.orchestrator.history import LOG_FIELDS
from retouch.orchestrator.history_tree import TreeRow, tree_rows
from retouch.store.tree.mark import Mark
from retouch.version import VersionRecord

_RELATIONS = ("reverts", "picks", "merges")


@dataclass(frozen=True, slots=True)
class _Standing:
    """What stands beside the versions of a document."""

    branches: Mapping[str, list[str]]
    tags: Mapping[str, list[str]]
    marks: Mapping[str, Mark]
    comments: Mapping[str, int]


def tree_facts(document: Document, told: str) -> TreeFacts:
    """Every version in a row, the oldest first; tries of one step that led nowhere share a row.

    `told` is the revision."""
    store, number = document.project.store, document.record.id
    branches, tags = document.branches, document.tags
    rows = tree_rows(store.versions(number), branches, tags)
    standing = _Standing(
        _by_version(branches), _by_version(tags), store.standing_marks(number), store.comment_counts(number)
    )
    lanes = 1 + max((max(row.lane, *row.forks, *row.passing, 0) for row in rows), default=0)
    return TreeFacts(revision=told, lanes=lanes, rows=[_row(row, standing) for row in rows])


def _by_version(names: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, version in sorted(names.items()):
        found.setdefault(version, []).append(name)
    return found


def _row(row: TreeRow, standing: _Standing) -> TreeRowFact:
    return TreeRowFact(
        version=_version(row.version, standing),
        folded=[_version(version, standing) for version in row.folded],
        lane=row.lane,
        joins=list(row.joins),
        forks=list(row.forks),
        passing=list(row.passing),
        above=row.above,
        below=row.below,
        sprouts=row.sprouts,
    )


def _version(version: VersionRecord, standing: _Standing) -> TreeVersion:
    dumped = {name: getattr(version, name) for name in LOG_FIELDS}
    mark = standing.marks.get(version.id)
    return TreeVersion(
        **{**dumped, "parents": list(version.parents)},
        branches=standing.branches.get(version.id, []),
        tags=standing.tags.get(version.id, []),
        opinion=None if mark is None else mark.opinion,
        comments=standing.comments.get(version.id, 0),
        run=str(version.record.get("attempt") or "").partition("/")[0] or None,
        relation=_relation(version.record),
        reads=_wanted(version.record),
    )


def _relation(record: Mapping[str, Any]) -> Relation | None:
    return next((Relation(kind=kind, version=record[kind]) for kind in _RELATIONS if record.get(kind)), None)


def _wanted(record: Mapping[str, Any]) -> str:
    wanted = (record.get("request") or {}).get("target")
    return wanted if isinstance(wanted, str) else ""
