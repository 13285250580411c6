"""The route that tells the tree of versions, laid out in lanes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from retouch.interfaces.history_tree import TreeRow, tree_rows
from retouch.interfaces.web.addressing import DocumentAt
from retouch.interfaces.web.problem import responses
from retouch.interfaces.web.reading.revision import revision
from retouch.interfaces.web.records import Relation, TreeFacts, TreeRowFact, TreeVersion
from retouch.interfaces.web.tag import fresh, tag_of
from retouch.orchestrator.document import Document
from retouch.orchestrator.history import LOG_FIELDS
from retouch.store.tree.mark import Mark
from retouch.version import VersionRecord

router = APIRouter()
_RELATIONS = ("reverts", "picks", "merges")
_CACHE = "private, no-cache"


@router.get(
    "/documents/{doc}/tree",
    response_model=TreeFacts,
    responses={304: {"description": "It is as the client knows it"}, **responses(404)},
)
def get_tree(request: Request, document: DocumentAt) -> Response:
    """Every version in a row of the tree, the oldest first; tries of one step that led nowhere share a row."""
    told = revision(document)
    tag = tag_of("tree", told)
    known = fresh(request, tag, _CACHE)
    if known is not None:
        return known
    facts = _facts(document, told)
    return Response(
        facts.model_dump_json(), media_type="application/json", headers={"ETag": tag, "Cache-Control": _CACHE}
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """What stands beside the versions of a document."""

    branches: Mapping[str, list[str]]
    tags: Mapping[str, list[str]]
    marks: Mapping[str, Mark]
    comments: Mapping[str, int]


def _facts(document: Document, told: str) -> TreeFacts:
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
