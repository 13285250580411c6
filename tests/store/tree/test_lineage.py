"""Lineages: the newest version that two share, and a file whose lines of descent are broken."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retouch.errors import DamagedError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.store import Store
from retouch.store.tree.lineage import Ancestor, newest_shared
from retouch.version import VersionKind


def _ancestors(parents: dict[str, tuple[str, ...]], version: str) -> set[str]:
    return {version}.union(*(_ancestors(parents, parent) for parent in parents[version]))


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Versions by name, the oldest first, each with at most two parents; there may be several roots."""
    parents: dict[str, tuple[str, ...]] = {}
    for number in range(draw(st.integers(1, 12))):
        older = st.lists(st.sampled_from(sorted(parents)), max_size=2, unique=True) if parents else st.just([])
        parents[f"v{number:02}"] = tuple(draw(older))
    return parents


@given(graphs(), st.data())
def test_the_newest_of_all_shared_versions_is_found(parents: dict[str, tuple[str, ...]], data: st.DataObject) -> None:
    a, b = (data.draw(st.sampled_from(sorted(parents))) for _ in "ab")
    reached = _ancestors(parents, a) | _ancestors(parents, b)
    lineage = [Ancestor(version, parents[version]) for version in sorted(reached, reverse=True)]
    shared = _ancestors(parents, a) & _ancestors(parents, b)
    found = newest_shared(lineage, a, b)
    assert found == max(shared, default=None)
    if found is not None:
        best = [v for v in shared if not any(v in _ancestors(parents, w) for w in shared - {v})]
        assert found in best, "no other shared version came from it"


def _edited(store: Store, page: Picture, count: int) -> list[str]:
    """The import and `count` edits after it."""
    heads = [store.import_picture(page, name="page", source=None, author="a").id]
    for value in range(count):
        patch = Patch(Box(value, 0, 1, 1), np.full((1, 1, 3), value, np.uint8), np.ones((1, 1), np.bool_))
        kind = VersionKind.EDIT
        heads.append(store.commit(store.document().id, "main", expected=heads[-1], change=patch, kind=kind).id)
    return heads


def test_a_line_of_descent_that_breaks_off_is_damage(path: Path, page: Picture) -> None:
    with Store.open(path, create=True) as store:
        heads = _edited(store, page, 3)
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE version SET parent = ? WHERE id = ?", ("f" * 64, heads[2]))
    raw.close()
    with Store.open(path) as store, pytest.raises(DamagedError, match="ffffffffffff should be in document 1"):
        store.common_ancestor(heads[3], heads[0])


def test_a_changed_move_is_damage(path: Path, page: Picture) -> None:
    with Store.open(path, create=True) as store:
        heads = _edited(store, page, 2)
        document = store.document().id
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE move SET origin = ? WHERE target = ?", (heads[0], heads[2]))
    raw.close()
    with Store.open(path) as store:
        with pytest.raises(DamagedError, match="move 3 do not match"):
            store.undo(document, "main", author="a")
        assert store.branches(document) == {"main": heads[2]}


def test_moves_are_read_in_pages_across_branches(store: Store, page: Picture) -> None:
    heads = _edited(store, page, 40)
    document = store.document().id
    store.create_branch(document, "side", heads[5], author="a")
    store.move_branch(document, "main", expected=heads[40], target=heads[5], reason="rollback", author="a")
    assert [move.target for move in store.branch_moves(document, "main")] == [heads[5], *reversed(heads)]
    assert [move.target for move in store.branch_moves(document, "side")] == [heads[5]]
    assert list(store.branch_moves(document, "never")) == []
