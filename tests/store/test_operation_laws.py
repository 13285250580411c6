"""Laws of revert, pick and merge on arbitrary edits of pictures of every mode and depth."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture, Pixels
from retouch.store import MemoryStore
from retouch.store.operations.merging import MergeReport, Settlement
from retouch.version import VersionKind


class Work:
    """A document in memory that is edited at random, with few values, so that edits meet."""

    def __init__(self, data: st.DataObject) -> None:
        self._random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
        self._size = data.draw(st.sampled_from([(1, 1), (7, 5), (140, 3)]))
        self._channels = data.draw(st.integers(1, 4))
        self._dtype = data.draw(st.sampled_from(["uint8", "uint16"]))
        self.history = MemoryStore()
        width, height = self._size
        picture = Picture(self._values(height, width))
        self.start = self.history.import_picture(picture, name="page", source=None, author="a").id
        self.document = self.history.document().id

    def _values(self, height: int, width: int) -> Pixels:
        return self._random.integers(0, 3, (height, width, self._channels)).astype(self._dtype)

    def head(self, branch: str = "main") -> str:
        return self.history.branches(self.document)[branch]

    def pixels(self, version: str) -> Pixels:
        return self.history.checkout(version).pixels

    def branch(self, name: str, at: str) -> None:
        self.history.create_branch(self.document, name, at, author="a")

    def edit(self, branch: str = "main") -> str:
        width, height = self._size
        left, right = sorted(self._random.integers(0, width + 1, 2).tolist())
        top, bottom = sorted(self._random.integers(0, height + 1, 2).tolist())
        box = Box.between(left, top, right, bottom)
        pixels = self._values(box.height, box.width)
        patch = Patch(box, pixels, self._random.random(pixels.shape[:2]) < 0.7)
        # A number in the message keeps apart what would else be the very same version.
        number, head = str(len(self.history.versions(self.document))), self.head(branch)
        kind = VersionKind.EDIT
        made = self.history.commit(self.document, branch, expected=head, change=patch, kind=kind, message=number)
        return made.id

    def edits(self, count: int, branch: str = "main") -> list[str]:
        return [self.edit(branch) for _ in range(count)]

    def revert(self, version: str, branch: str = "main") -> MergeReport:
        return self.history.revert(self.document, version, branch=branch, author="a")

    def pick(self, version: str, branch: str) -> MergeReport:
        return self.history.pick(self.document, version, branch=branch, author="a")

    def merge(self, other: str, branch: str, *settle: Settlement) -> MergeReport:
        return self.history.merge(self.document, other, into=branch, author="a", settle=settle)


@given(st.data())
def test_reverting_the_newest_step_restores_its_parent_and_reverting_that_restores_the_step(
    data: st.DataObject,
) -> None:
    work = Work(data)
    *_, before, newest = [work.start, *work.edits(data.draw(st.integers(1, 4)))]
    undone = work.revert(newest).target
    assert np.array_equal(work.pixels(undone), work.pixels(before))
    again = work.revert(undone).target if undone != newest else newest
    assert np.array_equal(work.pixels(again), work.pixels(newest))


@given(st.data())
def test_picking_a_revert_is_reverting(data: st.DataObject) -> None:
    work = Work(data)
    edits = work.edits(data.draw(st.integers(1, 4)))
    head, victim = work.head(), data.draw(st.sampled_from(edits))
    work.branch("side", head)
    report = work.revert(victim)
    if report.conflicts:
        assert report.target == head
        return
    picked = work.pick(report.target, "side") if report.target != head else report
    assert picked.conflicts == ()
    assert np.array_equal(work.pixels(picked.target), work.pixels(report.target))


@given(st.data())
def test_picking_step_after_step_is_merging(data: st.DataObject) -> None:
    work = Work(data)
    work.branch("picked", work.start)
    work.branch("side", work.start)
    for version in work.edits(data.draw(st.integers(1, 4)), "side"):
        assert work.pick(version, "picked").conflicts == ()
    merged = work.merge(work.head("side"), "main")
    assert merged.target == work.head("side"), "main had not moved"
    assert np.array_equal(work.pixels(work.head("picked")), work.pixels(merged.target))


@given(st.data())
def test_merging_either_way_gives_one_picture(data: st.DataObject) -> None:
    work = Work(data)
    work.branch("side", work.start)
    ours = [work.start, *work.edits(data.draw(st.integers(0, 3)))][-1]
    theirs = [work.start, *work.edits(data.draw(st.integers(0, 3)), "side")][-1]
    one = work.merge(theirs, "main")
    if one.conflicts:
        assert work.merge(ours, "side").conflicts == one.conflicts
        settled = work.merge(theirs, "main", *(Settlement(box, "theirs") for box in one.conflicts))
        turned = work.merge(ours, "side", *(Settlement(box, "ours") for box in one.conflicts))
        assert np.array_equal(work.pixels(settled.target), work.pixels(turned.target))
    else:
        assert np.array_equal(work.pixels(one.target), work.pixels(work.merge(ours, "side").target))
    assert work.merge(theirs, "main").target == work.head("main"), "merged once, it is there"


@given(st.data())
def test_a_diff_and_its_reverse_cancel(data: st.DataObject) -> None:
    work = Work(data)
    versions = [work.start, *work.edits(data.draw(st.integers(1, 4)))]
    a, b = (data.draw(st.sampled_from(versions)) for _ in "ab")
    there, back = work.history.diff(a, b), work.history.diff(b, a)
    assert (there.boxes, there.changed_pixels, there.max_difference) == (
        back.boxes,
        back.changed_pixels,
        back.max_difference,
    )
    picture = work.history.checkout(a)
    assert there.change.apply(picture).same_pixels(work.history.checkout(b))
    assert back.change.apply(there.change.apply(picture)).same_pixels(picture)
    assert there.changed_pixels == (work.pixels(a) != work.pixels(b)).any(axis=2).sum()
