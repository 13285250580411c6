"""Three-way merging: laws on arbitrary pictures, and the places and settlements of conflicts on plain ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from retouch.errors import UsageError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Metadata, Picture, Pixels
from retouch.store.operations.merging import Settlement, Side
from retouch.store.operations.three_way import ThreeWay, joined, merged_metadata, three_way


@dataclass(frozen=True)
class Three:
    """Three pictures of one size."""

    base: Pixels
    ours: Pixels
    theirs: Pixels

    def merge(self, *settle: Settlement) -> ThreeWay:
        ours, theirs = _change(self.base, self.ours), _change(self.base, self.theirs)
        return three_way(lambda box: self.base[box.slices], ours, theirs, settle)

    def result(self, *settle: Settlement) -> Pixels:
        return self.merge(*settle).patch.apply(Picture(self.ours)).pixels

    @property
    def clash(self) -> NDArray[np.bool_]:
        """Where both changed, to different values."""
        pairs = [(self.base, self.ours), (self.base, self.theirs), (self.ours, self.theirs)]
        one, two, three = ((a != b).any(axis=2) for a, b in pairs)
        return np.asarray(one & two & three)

    def swapped(self) -> Three:
        return Three(self.base, self.theirs, self.ours)


def _change(before: Pixels, after: Pixels) -> Patch:
    return Patch.between(Picture(before), Picture(after))


def _from(three: Three, side: Side) -> Pixels:
    return {"ours": three.ours, "theirs": three.theirs, "base": three.base}[side]


@st.composite
def pictures(draw: st.DrawFn) -> Three:
    """Of few values, so that equal ones meet; some so wide that there are several pieces; of every mode and depth."""
    width, height = draw(st.sampled_from([(1, 1), (5, 4), (70, 3), (3, 50)]))
    channels, depth = draw(st.integers(1, 4)), draw(st.sampled_from(["uint8", "uint16"]))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    top = 255 if depth == "uint8" else 65535

    def values() -> Pixels:
        return random.integers(top - 2, top, (height, width, channels), endpoint=True).astype(depth)

    def changed(before: Pixels) -> Pixels:
        """In a part of the picture, now and then in all of it."""
        where = random.random((height, width, 1)) < draw(st.sampled_from([0, 0.02, 0.2, 1.0]))
        left, right = sorted(draw(st.tuples(st.integers(0, width), st.integers(0, width))))
        where[:, :left] = where[:, right:] = False
        return np.where(where, values(), before)

    base = values()
    return Three(base, changed(base), changed(base))


@given(pictures())
def test_what_does_not_clash_merges_pixel_by_pixel(three: Three) -> None:
    merged = three.merge()
    if three.clash.any():
        assert merged.conflicts and merged.patch.empty
        return
    assert merged.conflicts == ()
    untouched = (three.theirs == three.base).all(axis=2, keepdims=True)
    assert np.array_equal(three.result(), np.where(untouched, three.ours, three.theirs))


@given(pictures())
def test_merging_is_the_same_from_both_sides(three: Three) -> None:
    assert three.merge().conflicts == three.swapped().merge().conflicts
    if not three.clash.any():
        assert np.array_equal(three.result(), three.swapped().result())


@given(pictures())
def test_merging_what_is_there_already_changes_nothing(three: Three) -> None:
    for again in (Three(three.base, three.ours, three.ours), Three(three.base, three.ours, three.base)):
        assert again.merge().patch.empty and again.merge().conflicts == ()
    only_theirs = Three(three.base, three.base, three.theirs)
    assert np.array_equal(only_theirs.result(), three.theirs)


@given(pictures())
def test_conflicts_hold_every_clash_and_do_not_overlap(three: Three) -> None:
    conflicts, clash = three.merge().conflicts, three.clash
    for number, box in enumerate(conflicts):
        assert clash[box.slices].any()
        assert not any(box.overlaps(other) for other in conflicts[number + 1 :])
        clash[box.slices] = False
    assert not clash.any()


@given(pictures(), st.lists(st.sampled_from(["ours", "theirs", "base"]), min_size=1))
def test_a_settled_rectangle_is_one_sides_and_the_rest_merges(three: Three, sides: list[Side]) -> None:
    conflicts = three.merge().conflicts
    settle = [Settlement(box, sides[number % len(sides)]) for number, box in enumerate(conflicts)]
    merged, result = three.merge(*settle), three.result(*settle)
    assert merged.conflicts == ()
    rest = np.ones(result.shape[:2], np.bool_)
    for settlement in settle:
        here = settlement.box.slices
        assert np.array_equal(result[here], _from(three, settlement.side)[here])
        rest[here] = False
    untouched = (three.theirs == three.base).all(axis=2, keepdims=True)
    assert np.array_equal(result[rest], np.where(untouched, three.ours, three.theirs)[rest])


@given(pictures())
def test_every_pixel_comes_from_one_of_the_three(three: Three) -> None:
    settle = [Settlement(box, "base") for box in three.merge().conflicts]
    result = three.result(*settle)
    equal = [(result == side).all(axis=2) for side in (three.base, three.ours, three.theirs)]
    assert np.logical_or.reduce(equal).all()
    kept = (three.base == three.ours).all(axis=2) & (three.base == three.theirs).all(axis=2)
    assert np.array_equal(result[kept], three.base[kept])


# conflicts and settlements on plain pictures


def _painted(width: int, height: int, *blocks: tuple[Box, int]) -> Pixels:
    pixels = np.zeros((height, width, 3), np.uint8)
    for box, value in blocks:
        pixels[box.slices] = value
    return pixels


def _plain(ours: list[tuple[Box, int]], theirs: list[tuple[Box, int]]) -> Three:
    return Three(_painted(200, 100), _painted(200, 100, *ours), _painted(200, 100, *theirs))


def test_a_conflict_is_where_the_boxes_of_both_changes_meet() -> None:
    three = _plain([(Box(10, 10, 30, 30), 1)], [(Box(25, 20, 30, 30), 2)])
    assert three.merge().conflicts == (Box(25, 20, 15, 20),)


@pytest.mark.parametrize(
    ("ours", "theirs", "conflict"),
    [
        ([Box(0, 0, 90, 90)], [Box(85, 0, 90, 90)], Box(85, 0, 5, 90)),
        ([Box(0, 0, 80, 80)], [Box(3, 2, 80, 84)], Box(0, 0, 83, 86)),
        ([Box(0, 0, 200, 100)], [Box(90, 40, 20, 20)], Box(74, 24, 52, 52)),
        ([Box(0, 0, 200, 100)], [Box(0, 0, 20, 20)], Box(0, 0, 36, 36)),
        ([Box(0, 40, 200, 30)], [Box(90, 35, 30, 30)], Box(74, 35, 62, 35)),
        ([Box(20, 20, 30, 30), Box(58, 20, 30, 30)], [Box(20, 20, 33, 30)], Box(20, 20, 33, 30)),
        ([Box(20, 20, 30, 30)], [Box(20, 20, 30, 30), Box(54, 20, 2, 2)], Box(20, 20, 36, 30)),
        ([Box(20, 20, 30, 30)], [Box(20, 20, 30, 30), Box(60, 20, 2, 2)], Box(20, 20, 30, 30)),
    ],
    ids=[
        "edits that touch",
        "two drawings",
        "a glyph on a page recoloured",
        "in its corner",
        "a glyph on a strip",
        "a neighbour is left out",
        "a dot near by belongs to it",
        "a dot further off does not",
    ],
)
def test_the_rectangle_of_a_conflict(ours: list[Box], theirs: list[Box], conflict: Box) -> None:
    three = _plain([(box, 1) for box in ours], [(box, 2) for box in theirs])
    assert three.merge().conflicts == three.swapped().merge().conflicts == (conflict,)


def test_boxes_that_meet_without_a_clash_are_no_conflict() -> None:
    corner = [(Box(10, 10, 40, 2), 1), (Box(10, 10, 2, 40), 1)]
    three = _plain(corner, [(Box(30, 30, 10, 10), 2)])
    assert three.merge().conflicts == ()
    result = three.result()
    assert (result[10:12, 10:50] == 1).all() and (result[30:40, 30:40] == 2).all()


def test_equal_changes_are_no_conflict() -> None:
    same = (Box(10, 10, 30, 30), 7)
    assert _plain([same], [same, (Box(100, 10, 5, 5), 3)]).merge().patch.box == Box(100, 10, 5, 5)


def test_conflicts_apart_are_settled_apart() -> None:
    left, right = Box(10, 10, 20, 20), Box(120, 50, 20, 20)
    three = _plain([(left, 1), (right, 1)], [(left, 2), (right, 2)])
    assert three.merge().conflicts == (left, right)
    assert three.merge(Settlement(left, "ours")).conflicts == (right,), "the settled one is not asked for again"
    result = three.result(Settlement(left, "ours"), Settlement(right, "theirs"))
    assert (result[left.slices] == 1).all() and (result[right.slices] == 2).all()


def test_of_two_settlements_the_last_counts() -> None:
    left, right, page = Box(10, 10, 20, 20), Box(120, 50, 20, 20), Box(0, 0, 200, 100)
    three = _plain([(left, 1), (right, 1)], [(left, 2), (right, 2)])
    result = three.result(Settlement(page, "theirs"), Settlement(right, "base"))
    assert (result[left.slices] == 2).all() and (result[right.slices] == 0).all()


def test_a_settlement_must_contain_a_conflict() -> None:
    three = _plain([(Box(10, 10, 20, 20), 1)], [(Box(10, 10, 20, 20), 2)])
    with pytest.raises(UsageError, match="no conflict lies in 11,11,19,19.*conflicts: 10,10,20,20"):
        three.merge(Settlement(Box(11, 11, 19, 19), "ours"))
    with pytest.raises(UsageError, match="conflicts: none"):
        _plain([], [(Box(1, 1, 2, 2), 1)]).merge(Settlement(Box(0, 0, 200, 100), "ours"))


def test_a_settled_rectangle_never_mixes_two_drawings() -> None:
    """Both drew a character into one box, on other pixels but one: one drawing is whole, the other is gone."""
    ours, theirs = _painted(200, 100), _painted(200, 100)
    ours[20:40, 20:40:2], theirs[20:40, 21:40:2] = 1, 2
    ours[20, 39], theirs[20, 38] = 1, 2
    three = Three(_painted(200, 100), ours, theirs)
    (conflict,) = three.merge().conflicts
    assert conflict == Box(20, 20, 20, 20)
    assert np.array_equal(three.result(Settlement(conflict, "theirs")), theirs)
    assert np.array_equal(three.result(Settlement(conflict, "ours")), ours)


def test_alpha_counts_as_a_change() -> None:
    base = np.zeros((4, 4, 4), np.uint16)
    ours, theirs = base.copy(), base.copy()
    ours[0, 0, 3], theirs[1, 1, 3] = 65535, 1
    result = Three(base, ours, theirs).result()
    assert result[0, 0].tolist() == [0, 0, 0, 65535] and result[1, 1].tolist() == [0, 0, 0, 1]
    assert Three(base, ours, theirs[::-1, ::-1].copy()).merge().conflicts == ()


def test_boxes_that_overlap_are_joined_until_none_do() -> None:
    chain = [Box(0, 0, 10, 10), Box(30, 0, 10, 10), Box(9, 0, 22, 3), Box(50, 50, 1, 1)]
    assert joined(chain) == (Box(0, 0, 40, 10), Box(50, 50, 1, 1))
    assert joined([Box(0, 0, 10, 10), Box(10, 0, 10, 10)]) == (Box(0, 0, 10, 10), Box(10, 0, 10, 10))


# metadata

PLAIN = Metadata(format="PNG", dpi=(300.0, 300.0))


@pytest.mark.parametrize(
    ("ours", "theirs", "merged", "both"),
    [
        ({}, {}, {}, ()),
        ({"exif": b"o"}, {}, {"exif": b"o"}, ()),
        ({}, {"exif": b"t"}, {"exif": b"t"}, ()),
        ({"exif": b"o"}, {"xmp": b"t"}, {"exif": b"o", "xmp": b"t"}, ()),
        ({"exif": b"same"}, {"exif": b"same"}, {"exif": b"same"}, ()),
        ({"exif": b"o", "dpi": None}, {"exif": b"t"}, {"exif": b"o", "dpi": None}, ("exif",)),
    ],
)
def test_metadata_is_merged_field_by_field(
    ours: dict[str, Any], theirs: dict[str, Any], merged: dict[str, Any], both: tuple[str, ...]
) -> None:
    found = merged_metadata(PLAIN, replace(PLAIN, **ours), replace(PLAIN, **theirs))
    assert found == (replace(PLAIN, **merged), both)
