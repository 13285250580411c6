"""How versions are named: ids, prefixes, branches, tags, HEAD, and steps back."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.errors import UnknownNameError, UsageError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.store import History
from retouch.version import VersionKind, VersionRecord


@pytest.fixture
def chain(history: History, imported: VersionRecord, document: int) -> list[str]:
    """The ids of an import and three edits on `main`."""
    ids = [imported.id]
    for value in range(3):
        patch = Patch(Box(0, 0, 1, 1), np.full((1, 1, 3), value, np.uint8), np.ones((1, 1), np.bool_))
        ids.append(history.commit(document, "main", expected=ids[-1], change=patch, kind=VersionKind.EDIT).id)
    return ids


def test_every_way_to_name_a_version(history: History, chain: list[str], document: int) -> None:
    history.create_tag(document, "first", chain[0], author="a")
    history.create_branch(document, "other", chain[1], author="a")
    for name, index in {
        chain[2]: 2,
        chain[2][:6]: 2,
        chain[2][:6].upper(): 2,
        "main": 3,
        "main~": 2,
        "main~~": 1,
        "main~2": 1,
        "other": 1,
        "other~1": 0,
        "first": 0,
        f"{chain[3][:8]}~3": 0,
    }.items():
        assert history.resolve(document, name).id == chain[index], name
    assert history.resolve(document, "HEAD", "other").id == chain[1]
    assert history.resolve(document, "HEAD~1", "main").id == chain[2]


def test_head_of_the_only_branch_needs_no_name(history: History, chain: list[str], document: int) -> None:
    assert history.resolve(document, "HEAD").id == chain[-1]
    history.create_branch(document, "other", chain[1], author="a")
    with pytest.raises(UnknownNameError, match="main, other"):
        history.resolve(document, "HEAD")


@pytest.mark.parametrize("name", ["main~4", "nothing", "abc", "0" * 64, "", "~1", "HEAD^", "main~x"])
def test_what_names_nothing_is_refused(history: History, chain: list[str], document: int, name: str) -> None:
    with pytest.raises(UnknownNameError):
        history.resolve(document, name)


def test_an_ambiguous_prefix_lists_what_it_could_be(history: History, imported: VersionRecord, document: int) -> None:
    ids: list[str] = []
    seed = 0
    while len({i[:4] for i in ids}) == len(ids):
        patch = Patch(Box(0, 0, 0, 0), np.zeros((0, 0, 3), np.uint8), np.zeros((0, 0), np.bool_))
        ids.append(history.candidate(document, parent=imported.id, patch=patch, record={"seed": seed}).id)
        seed += 1
    twin = next(i for i in ids[:-1] if i[:4] == ids[-1][:4])
    with pytest.raises(UnknownNameError) as caught:
        history.resolve(document, twin[:4])
    assert twin[:12] in caught.value.message and ids[-1][:12] in caught.value.message


@pytest.mark.parametrize("name", ["", "HEAD", "a b", "a~1", "../x", "/x", "x/", "a\n", "-x"])
def test_unfit_names_of_branches_are_refused(
    history: History, imported: VersionRecord, document: int, name: str
) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        history.create_branch(document, name, imported.id, author="a")


def test_a_name_is_given_once(history: History, imported: VersionRecord, document: int) -> None:
    history.create_tag(document, "v1", imported.id, author="a")
    for name, kind in (("v1", "tag"), ("main", "branch")):
        with pytest.raises(UsageError, match=f"a {kind} '{name}' already"):
            history.create_branch(document, name, imported.id, author="a")
