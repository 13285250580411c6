"""Branches, tags and the log of moves."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.errors import UnknownNameError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.store import History
from retouch.version import VersionKind, VersionRecord


def _dot(value: int) -> Patch:
    return Patch(Box(0, 0, 1, 1), np.full((1, 1, 3), value, np.uint8), np.ones((1, 1), np.bool_))


def test_every_move_is_logged(history: History, imported: VersionRecord, document: int) -> None:
    edit = history.commit(document, "main", expected=imported.id, change=_dot(1), kind=VersionKind.EDIT, author="agent")
    history.create_branch(document, "try/one", imported.id, author="someone")
    back = history.move_branch(
        document, "main", expected=edit.id, target=imported.id, reason="rollback", author="someone"
    )
    logged = [(m.branch, m.origin, m.target, m.reason, m.author) for m in history.moves(document)]
    assert logged == [
        ("main", None, imported.id, "import", "someone"),
        ("main", imported.id, edit.id, "edit", "agent"),
        ("try/one", None, imported.id, "branch", "someone"),
        ("main", edit.id, imported.id, "rollback", "someone"),
    ]
    assert history.moves(document)[-1] == back
    assert history.branches(document) == {"main": imported.id, "try/one": imported.id}


def test_what_was_rolled_back_is_still_there(history: History, imported: VersionRecord, document: int) -> None:
    edit = history.commit(document, "main", expected=imported.id, change=_dot(1), kind=VersionKind.EDIT)
    history.move_branch(document, "main", expected=edit.id, target=imported.id, reason="rollback", author="a")
    assert history.checkout(edit.id).pixels[0, 0].tolist() == [1, 1, 1]
    again = history.commit(document, "main", expected=imported.id, change=_dot(1), kind=VersionKind.EDIT)
    assert again.id == edit.id
    assert history.branches(document) == {"main": edit.id}


def test_a_merge_has_two_parents(history: History, imported: VersionRecord, document: int) -> None:
    ours = history.commit(document, "main", expected=imported.id, change=_dot(1), kind=VersionKind.EDIT)
    theirs = history.candidate(document, parent=imported.id, patch=_dot(2))
    parents = (ours.id, theirs.id)
    merged = history.commit(document, "main", expected=ours.id, change=_dot(3), kind=VersionKind.MERGE, parents=parents)
    assert history.version(merged.id).parents == parents
    assert history.resolve(document, "main~1").id == ours.id


def test_unknown_names_are_named(history: History, imported: VersionRecord, document: int) -> None:
    with pytest.raises(UnknownNameError, match="branches: main"):
        history.commit(document, "side", expected=imported.id, change=_dot(1), kind=VersionKind.EDIT)
    with pytest.raises(UnknownNameError, match="0000"):
        history.create_branch(document, "side", "0" * 64, author="a")


def test_tags(history: History, imported: VersionRecord, document: int) -> None:
    history.create_tag(document, "printed", imported.id, author="a")
    assert history.tags(document) == {"printed": imported.id}
