"""Branches, tags and the log of moves."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.errors import UnknownNameError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.store import Store
from retouch.version import VersionKind, VersionRecord


def _dot(value: int) -> Patch:
    return Patch(Box(0, 0, 1, 1), np.full((1, 1, 3), value, np.uint8), np.ones((1, 1), np.bool_))


def test_every_move_is_logged(store: Store, imported: VersionRecord, document: int) -> None:
    edit = store.commit(document, "main", expected=imported.id, change=_dot(1), kind=VersionKind.EDIT, author="agent")
    store.create_branch(document, "try/one", imported.id, author="someone")
    back = store.move_branch(
        document, "main", expected=edit.id, target=imported.id, reason="rollback", author="someone"
    )
    logged = [(m.branch, m.origin, m.target, m.reason, m.author) for m in store.moves(document)]
    assert logged == [
        ("main", None, imported.id, "import", "someone"),
        ("main", imported.id, edit.id, "edit", "agent"),
        ("try/one", None, imported.id, "branch", "someone"),
        ("main", edit.id, imported.id, "rollback", "someone"),
    ]
    assert store.moves(document)[-1] == back
    assert store.branches(document) == {"main": imported.id, "try/one": imported.id}


def test_what_was_rolled_back_is_still_there(store: Store, imported: VersionRecord, document: int) -> None:
    edit = store.commit(document, "main", expected=imported.id, change=_dot(1), kind=VersionKind.EDIT)
    store.move_branch(document, "main", expected=edit.id, target=imported.id, reason="rollback", author="a")
    assert store.checkout(edit.id).pixels[0, 0].tolist() == [1, 1, 1]
    again = store.commit(document, "main", expected=imported.id, change=_dot(1), kind=VersionKind.EDIT)
    assert again.id == edit.id
    assert store.branches(document) == {"main": edit.id}


def test_a_merge_has_two_parents(store: Store, imported: VersionRecord, document: int) -> None:
    ours = store.commit(document, "main", expected=imported.id, change=_dot(1), kind=VersionKind.EDIT)
    theirs = store.candidate(document, parent=imported.id, patch=_dot(2))
    parents = (ours.id, theirs.id)
    merged = store.commit(document, "main", expected=ours.id, change=_dot(3), kind=VersionKind.MERGE, parents=parents)
    assert store.version(merged.id).parents == parents
    assert store.resolve(document, "main~1").id == ours.id


def test_unknown_names_are_named(store: Store, imported: VersionRecord, document: int) -> None:
    with pytest.raises(UnknownNameError, match="branches: main"):
        store.commit(document, "side", expected=imported.id, change=_dot(1), kind=VersionKind.EDIT)
    with pytest.raises(UnknownNameError, match="0000"):
        store.create_branch(document, "side", "0" * 64, author="a")


def test_tags(store: Store, imported: VersionRecord, document: int) -> None:
    store.create_tag(document, "printed", imported.id, author="a")
    assert store.tags(document) == {"printed": imported.id}
