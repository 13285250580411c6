"""What the elements of a report read: the records that a server would answer with, and pictures by number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from retouch.attempt import Attempt
from retouch.errors import PictureError, UnknownNameError
from retouch.interfaces.reporting.album import Album, Use, View, on_white
from retouch.interfaces.reporting.atlas import LOST, Atlas, Map, Place
from retouch.interfaces.web.facts.attempts import came_back
from retouch.interfaces.web.facts.comparison import comparison_facts
from retouch.interfaces.web.facts.documents import document_facts
from retouch.interfaces.web.facts.runs import planned_step, run_facts, run_line, waiting_fact
from retouch.interfaces.web.facts.tree import tree_facts
from retouch.interfaces.web.facts.versions import evidence_of, version_facts
from retouch.orchestrator.document import Document
from retouch.orchestrator.history import Version
from retouch.store import History, RunRecord
from retouch.version import VersionRecord

_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
"""In JSON these may be written so, too; then no text can end the element that the data stands in."""


def embedded(document: Document, branch: str, album: Album) -> dict[str, Any]:
    """The records of a document, read-only, its pictures put into the album; `branch` is looked at first."""
    store = document.project.store
    versions = store.versions(document.record.id)
    runs = store.runs(document.record.id)
    facts = document_facts(f"1-{document.record.id}", document)
    atlas = Atlas(album, store)
    heads = set(document.branches.values())
    comparisons: dict[str, Any] = {}
    for version in versions:
        atlas.draw(version)
        others = {*version.parents[:1], *([versions[0].id] if version.id in heads else [])}
        comparisons |= _comparisons(atlas, version, others - {version.id})
    return {
        "branch": branch,
        "document": _dumped(facts),
        "tree": _dumped(tree_facts(document, facts.revision)),
        **_versions(document, versions),
        "runs": [_dumped(run_line(run)) for run in runs],
        "run": {run.id: _dumped(run_facts(document, run)) for run in runs},
        "waiting": [_dumped(waiting_fact(one)) for one in document.waiting()],
        "comparisons": comparisons,
        "attempts": _attempts(store, runs, album),
        **_drawn(atlas),
    }


def as_text(data: dict[str, Any]) -> str:
    """JSON that can stand in a script element, whatever is in it."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).translate(_ESCAPES)


def _dumped(record: Any) -> dict[str, Any]:
    dumped: dict[str, Any] = record.model_dump(mode="json")
    return dumped


def _versions(document: Document, versions: Sequence[VersionRecord]) -> dict[str, Any]:
    """All versions; what their steps' tries tell, once each, under `run/step`."""
    told: dict[str, Any] = {}
    evidence: dict[str, Any] = {}
    remembered = cache(evidence_of)
    for record in versions:
        facts = version_facts(document, Version(document.project.store, record), versions, remembered)
        shown = told[record.id] = _dumped(facts)
        if facts.evidence is not None:
            shown["evidence"] = f"{facts.evidence.run}/{facts.evidence.attempts[0].id.split('/')[1]}"
            evidence.setdefault(shown["evidence"], _dumped(facts.evidence))
    return {"versions": told, "evidence": evidence}


def _comparisons(atlas: Atlas, version: VersionRecord, others: set[str]) -> dict[str, Any]:
    """Others with the version, by `a/b`."""
    found: dict[str, Any] = {}
    for other in sorted(others):
        try:
            facts = comparison_facts(atlas.contrasts, atlas.store, other, version.id, version.box)
            atlas.compare(other, version.id, version.box)
        except (PictureError, *LOST):  # of another size, or gone: the page then shows both beside each other
            continue
        found[f"{other}/{version.id}"] = _dumped(facts)
    return found


def _attempts(store: History, runs: Sequence[RunRecord], album: Album) -> dict[str, int]:
    """What came back in each try."""
    found: dict[str, int] = {}
    for run in runs:
        for attempt in store.attempts(run.id):
            view = tried_view(store, run, attempt, album)
            if view is not None:
                found[f"{run.id}/{attempt.step}/{attempt.number}"] = view
    return found


def tried_view(store: History, run: RunRecord, attempt: Attempt, album: Album) -> int | None:
    """The number of the picture of what came back; None where nothing did, or it is not there any more."""

    def view() -> View:
        return on_white(came_back(store, attempt, planned_step(run, attempt.step)))

    try:
        return album.add(Use.PLACE, view)
    except (UnknownNameError, *LOST):
        return None


def _drawn(atlas: Atlas) -> dict[str, Any]:
    return {
        "wholes": atlas.wholes,
        "bases": atlas.bases,
        "places": {version: [_place(each) for each in places] for version, places in atlas.places.items()},
        "thumbnails": atlas.thumbnails,
        "maps": {pair: _map(each) for pair, each in atlas.maps.items()},
        "outside_maps": {pair: _map(each) for pair, each in atlas.outside_maps.items()},
    }


def _place(place: Place) -> dict[str, Any]:
    return {"box": place.box.as_list(), "picture": place.picture, "own": place.own}


def _map(found: Map) -> dict[str, Any]:
    return {"box": found.box.as_list(), "picture": found.picture}
