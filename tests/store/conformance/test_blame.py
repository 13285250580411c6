"""Blame: every pixel belongs to the version that touched it last, also across merges, reverts and new sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retouch.errors import PictureError, UnknownNameError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.store import History, MemoryStore
from retouch.store.operations.blame import Blame, BlamedRegion
from retouch.store.pixels.grid import TILE
from retouch.version import VersionKind

MakePicture = Callable[..., Picture]
LEFT, RIGHT = Box(10, 10, 40, 30), Box(200, 120, 40, 30)


def _edit(history: History, branch: str, box: Box, value: int, step: str | None = None) -> str:
    document = history.document().id
    head = history.branches(document)[branch]
    channels = history.grid(head).channels
    pixels = np.full((box.height, box.width, channels), value, history.grid(head).dtype)
    patch = Patch(box, pixels, np.ones(pixels.shape[:2], np.bool_))
    kind = VersionKind.EDIT
    made = history.commit(document, branch, expected=head, change=patch, kind=kind, step=step)
    return str(made.id)


def _owner(blame: Blame, x: int, y: int) -> str:
    return str(blame.versions[blame.map[y - blame.box.y, x - blame.box.x]])


def test_a_picture_that_nobody_touched_is_the_imports(history: History, document: int) -> None:
    start = history.branches(document)["main"]
    blame = history.blame(start)
    assert blame.versions == (start,) and not blame.map.any() and blame.map.dtype == np.int32
    assert blame.box == Box(0, 0, 300, 200) and blame.map.shape == (200, 300)
    assert blame.regions == (BlamedRegion(Box(0, 0, 300, 200), start, None),)


def test_the_newest_edit_owns_its_pixels(history: History, document: int) -> None:
    start = history.branches(document)["main"]
    first = _edit(history, "main", LEFT, 1, "s1")
    second = _edit(history, "main", Box(30, 20, 40, 30), 2, "s2")
    blame = history.blame(second)
    assert blame.versions == (second, first, start)
    assert [_owner(blame, *at) for at in ((35, 25), (12, 12), (69, 49), (70, 50))] == [second, first, second, start]
    assert blame.regions == (
        BlamedRegion(Box(30, 20, 40, 30), second, "s2"),
        BlamedRegion(LEFT, first, "s1"),
        BlamedRegion(Box(0, 0, 300, 200), start, None),
    )


def test_pieces_apart_are_regions_of_their_own(history: History, document: int) -> None:
    head = history.branches(document)["main"]
    patch = history.change(head, _edit(history, "main", LEFT, 1))
    both = _edit(history, "main", RIGHT, 1)
    assert history.blame(both).regions[0].box == RIGHT
    whole = np.zeros((200, 300), np.bool_)
    whole[LEFT.slices] = whole[RIGHT.slices] = True
    history.move_branch(document, "main", expected=both, target=head, reason="rollback", author="a")
    change = Patch(Box(0, 0, 300, 200), np.zeros((200, 300, 3), np.uint8), whole)
    once = history.commit(document, "main", expected=head, change=change, kind=VersionKind.EDIT).id
    assert [r.box for r in history.blame(once).regions if r.version == once] == [LEFT, RIGHT]
    assert patch.box == LEFT


def test_a_value_set_again_is_no_touch(history: History, document: int) -> None:
    first = _edit(history, "main", LEFT, 1)
    again = _edit(history, "main", Box(0, 0, 100, 100), 1)
    blame = history.blame(again)
    assert _owner(blame, 12, 12) == first and _owner(blame, 5, 5) == again


def test_a_box_is_blamed_alone(history: History, document: int) -> None:
    first = _edit(history, "main", LEFT, 1)
    _edit(history, "main", RIGHT, 2)
    head = history.branches(document)["main"]
    box = Box(40, 30, 30, 20)
    whole, part = history.blame(head), history.blame(head, box)
    assert part.box == box and part.map.shape == (20, 30)
    owners = [[_owner(part, x, y) == _owner(whole, x, y) for x in range(40, 70)] for y in range(30, 50)]
    assert np.all(owners)
    assert [region.box for region in part.regions] == [Box(40, 30, 10, 10), box] and part.regions[0].version == first


@pytest.mark.parametrize("box", [Box(290, 0, 11, 5), Box(-1, 0, 5, 5), Box(5, 5, 0, 0)])
def test_a_box_outside_is_refused(history: History, document: int, box: Box) -> None:
    with pytest.raises(PictureError, match="inside the picture of 300x200"):
        history.blame(history.branches(document)["main"], box)


def test_an_unknown_version_is_named(history: History, document: int) -> None:
    with pytest.raises(UnknownNameError, match="0000"):
        history.blame("0" * 64)


def test_a_merged_pixel_belongs_to_who_made_it(history: History, document: int) -> None:
    start = history.branches(document)["main"]
    history.create_branch(document, "side", start, author="a")
    ours, theirs = _edit(history, "main", LEFT, 1), _edit(history, "side", RIGHT, 2)
    merged = history.merge(document, theirs, into="main", author="a").target
    blame = history.blame(merged)
    assert set(blame.versions) == {ours, theirs, start}, "the merge itself drew nothing"
    assert _owner(blame, 12, 12) == ours and _owner(blame, 205, 125) == theirs and _owner(blame, 0, 0) == start


def test_a_revert_touches_what_it_restores(history: History, document: int) -> None:
    edit = _edit(history, "main", LEFT, 1)
    undone = history.revert(document, edit, branch="main", author="a").target
    assert history.blame(undone).versions[0] == undone


def test_nothing_is_followed_past_a_new_size(history: History, document: int, noise: MakePicture) -> None:
    head = _edit(history, "main", LEFT, 1)
    kind = VersionKind.MANUAL
    bigger = history.commit(document, "main", expected=head, change=noise(310, 200, seed=3), kind=kind).id
    edit = _edit(history, "main", Box(305, 0, 5, 5), 1)
    blame = history.blame(edit)
    assert blame.versions == (edit, bigger)
    assert blame.regions[-1] == BlamedRegion(Box(0, 0, 310, 200), bigger, None)


def test_edits_across_tiles_are_found(history: History, document: int) -> None:
    box = Box(TILE - 5, TILE - 5, 10, 10)
    edit = _edit(history, "main", box, 1)
    _edit(history, "main", Box(TILE + 20, 0, 5, 5), 2)
    blame = history.blame(history.branches(document)["main"])
    assert blame.versions[1] == edit and [r.box for r in blame.regions if r.version == edit] == [box]


# against the definition, pixel by pixel


def _slow(pictures: Mapping[str, Picture], parents: Mapping[str, tuple[str, ...]], version: str, x: int, y: int) -> str:
    value = pictures[version].pixels[y, x]
    for parent in parents[version]:
        if np.array_equal(pictures[parent].pixels[y, x], value):
            return _slow(pictures, parents, parent, x, y)
    return version


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_every_pixel_is_blamed_by_the_definition(data: st.DataObject) -> None:
    width, height = data.draw(st.sampled_from([(1, 1), (6, 4), (TILE + 2, 2)]))
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))

    def page() -> Picture:
        return Picture(random.integers(0, 2, (height, width, 1)).astype(np.uint8))

    with MemoryStore() as history:
        known = [history.import_picture(page(), name="page", source=None, author="a").id]
        document = history.document().id
        for number in range(data.draw(st.integers(1, 8))):
            parents = data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=2, unique=True))
            history.create_branch(document, f"b{number}", parents[0], author="a")
            made = history.commit(
                document,
                f"b{number}",
                expected=parents[0],
                change=page(),
                kind=VersionKind.MERGE,
                parents=tuple(parents),
                message=str(number),
            )
            known.append(made.id)
        pictures = {version: history.checkout(version) for version in known}
        lineage = {version: history.version(version).parents for version in known}
        blame = history.blame(known[-1])
        for y, x in np.ndindex(height, width):
            assert _owner(blame, x, y) == _slow(pictures, lineage, known[-1], x, y)
        owned = {region.version for region in blame.regions}
        assert owned == set(blame.versions) and set(np.unique(blame.map)) == set(range(len(owned)))
