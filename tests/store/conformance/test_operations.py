"""Diff, common ancestor, undo, revert, pick and merge: what pixels, rows and moves they leave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from retouch.attempt import Attempt
from retouch.errors import CollectedError, ConflictError, PictureError, UnknownNameError, UsageError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Metadata, Picture
from retouch.store import History
from retouch.store.operations.merging import MergeReport, Settlement, Sides
from retouch.verdict import Outcome, Verdict
from retouch.version import VersionKind, VersionRecord

LEFT, RIGHT, BOTH = Box(10, 10, 40, 30), Box(200, 120, 40, 30), Box(0, 0, 300, 200)
StartAttempt = Callable[..., Attempt]
MakePicture = Callable[..., Picture]


def fill(picture: Picture, box: Box, value: int) -> Patch:
    """A patch of one value."""
    shape = (box.height, box.width, picture.pixels.shape[2])
    return Patch(box, np.full(shape, value, picture.pixels.dtype), np.ones(shape[:2], np.bool_))


class Line:
    """Commits on one branch of a document, and what was last made there."""

    def __init__(self, history: History, document: int, name: str = "main") -> None:
        self.history, self.document, self.name = history, document, name

    @property
    def head(self) -> str:
        return self.history.branches(self.document)[self.name]

    @property
    def picture(self) -> Picture:
        return self.history.checkout(self.head)

    def branch(self, name: str) -> Line:
        self.history.create_branch(self.document, name, self.head, author="a")
        return Line(self.history, self.document, name)

    def edit(self, box: Box, value: int, **facts: Any) -> VersionRecord:
        patch = fill(self.picture, box, value)
        kind = VersionKind.EDIT
        return self.history.commit(self.document, self.name, expected=self.head, change=patch, kind=kind, **facts)

    def replace(self, picture: Picture) -> VersionRecord:
        kind = VersionKind.MANUAL
        return self.history.commit(self.document, self.name, expected=self.head, change=picture, kind=kind)

    def revert(self, version: str, *settle: Settlement) -> MergeReport:
        return self.history.revert(self.document, version, branch=self.name, author="me", settle=settle)

    def pick(self, version: str, *settle: Settlement) -> MergeReport:
        return self.history.pick(self.document, version, branch=self.name, author="me", settle=settle)

    def merge(self, other: str, *settle: Settlement) -> MergeReport:
        return self.history.merge(self.document, other, into=self.name, author="me", settle=settle)


@pytest.fixture
def main(history: History, document: int) -> Line:
    return Line(history, document)


# diff


def test_a_diff_tells_boxes_pixels_and_the_largest_difference(main: Line, history: History, page: Picture) -> None:
    start = main.head
    main.edit(LEFT, 0)
    end = main.edit(RIGHT, 255).id
    diff = history.diff(start, end)
    assert (diff.a, diff.b, diff.boxes) == (start, end, (LEFT, RIGHT))
    gap = np.abs(main.picture.pixels.astype(int) - page.pixels)
    assert diff.changed_pixels == (gap > 0).any(axis=2).sum() == diff.change.mask.sum()
    assert diff.max_difference == gap.max()
    assert diff.change.apply(page).same_pixels(main.picture)
    back = history.diff(end, start)
    assert back.max_difference == diff.max_difference and back.change.apply(main.picture).same_pixels(page)


def test_the_difference_of_nothing_is_empty(main: Line, history: History) -> None:
    diff = history.diff(main.head, main.head)
    assert diff.boxes == () and diff.changed_pixels == diff.max_difference == 0 and diff.change.empty


def test_pictures_of_other_sizes_have_no_diff(main: Line, history: History, noise: MakePicture) -> None:
    start = main.head
    main.replace(noise(301, 200))
    with pytest.raises(PictureError, match="size, mode and depth must be equal"):
        history.diff(start, main.head)


# common ancestor


def test_the_common_ancestor_is_where_branches_parted(main: Line, history: History) -> None:
    first = main.edit(LEFT, 1).id
    side = main.branch("side")
    ours, theirs = main.edit(LEFT, 2).id, side.edit(RIGHT, 3).id
    assert history.common_ancestor(ours, theirs) == history.common_ancestor(theirs, ours) == first
    assert history.common_ancestor(ours, first) == history.common_ancestor(first, ours) == first
    assert history.common_ancestor(ours, ours) == ours


def test_of_branches_merged_crosswise_the_newest_ancestor_counts(main: Line, history: History, document: int) -> None:
    side = main.branch("side")
    one, two = main.edit(LEFT, 1).id, side.edit(RIGHT, 2).id
    nothing = history.change(one, one)
    for branch, parents in (("main", (one, two)), ("side", (two, one))):
        kind = VersionKind.MERGE
        history.commit(document, branch, expected=parents[0], change=nothing, kind=kind, parents=parents)
    assert history.common_ancestor(main.head, side.head) == two


def test_a_long_line_is_walked(main: Line, history: History, document: int) -> None:
    start = main.head
    side = main.branch("side").edit(RIGHT, 1).id
    for value in range(150):
        main.edit(Box(value, 0, 1, 1), 1)
    assert history.common_ancestor(main.head, side) == start
    walked = [version.id for version in history.lineage(main.head)]
    assert walked == [version.id for version in reversed(history.versions(document)) if version.id != side]


def test_versions_of_two_documents_have_no_common_ancestor(main: Line, history: History, noise: MakePicture) -> None:
    other = history.import_picture(noise(seed=9), name="other", source=None, author="a").id
    for ask in (history.common_ancestor, lambda a, b: main.merge(b), lambda a, b: main.pick(b)):
        with pytest.raises(UsageError, match="versions of one document"):
            ask(main.head, other)
    with pytest.raises(UnknownNameError, match="0000"):
        history.common_ancestor(main.head, "0" * 64)


# revert


def test_reverting_the_newest_step_restores_its_parent(main: Line, history: History, document: int) -> None:
    start = main.head
    edit = main.edit(LEFT, 7, step="s1", message="write it")
    report = main.revert(edit.id)
    assert report == MergeReport("main", edit.id, main.head)
    assert main.picture.same_pixels(history.checkout(start))
    made = history.version(report.target)
    assert (made.kind, made.parents, made.step, made.author) == (VersionKind.REVERT, (edit.id,), "s1", "me")
    assert made.box == history.diff(edit.id, made.id).boxes[0]
    assert made.record == {"reverts": edit.id} and made.message == f"revert {edit.id[:12]}: write it"
    assert history.moves(document)[-1].reason == "revert"


def test_a_revert_in_the_middle_keeps_what_came_later(main: Line, page: Picture) -> None:
    middle, _ = main.edit(LEFT, 1), main.edit(RIGHT, 2)
    main.revert(middle.id)
    assert main.picture.same_pixels(fill(page, RIGHT, 2).apply(page))


def test_reverting_a_revert_brings_the_step_back(main: Line, history: History) -> None:
    edit = main.edit(LEFT, 1)
    undone = main.revert(edit.id).target
    main.edit(RIGHT, 2)
    main.revert(undone)
    assert (main.picture.pixels[LEFT.slices] == 1).all() and (main.picture.pixels[RIGHT.slices] == 2).all()


def test_a_later_change_of_the_same_pixels_is_a_conflict(main: Line, history: History, page: Picture) -> None:
    first = main.edit(LEFT, 1)
    later = main.edit(Box(30, 20, 40, 30), 2)
    versions = history.versions(main.document)
    report = main.revert(first.id)
    assert report == MergeReport("main", later.id, later.id, (Box(30, 20, 20, 20),))
    assert report.sides == Sides(first.id, later.id, first.parents[0])
    assert main.head == later.id and history.versions(main.document) == versions, "nothing was changed"
    main.revert(first.id, Settlement(BOTH, "ours"))
    pixels = main.picture.pixels
    assert (pixels[20:50, 30:70] == 2).all(), "what came later is kept"
    assert np.array_equal(pixels[10:20, 10:50], page.pixels[10:20, 10:50])
    assert history.version(main.head).record["settled"] == [{"box": [0, 0, 300, 200], "side": "ours"}]


def test_a_revert_settled_with_theirs_takes_the_later_change_back_too(main: Line, page: Picture) -> None:
    first = main.edit(LEFT, 1)
    main.edit(LEFT, 2)
    main.revert(first.id, Settlement(LEFT, "theirs"))
    assert main.picture.same_pixels(page)


def test_what_was_reverted_already_needs_nothing(main: Line) -> None:
    edit = main.edit(LEFT, 1)
    stands = main.revert(edit.id).target
    assert main.revert(edit.id) == MergeReport("main", stands, stands)


def test_one_step_of_a_merged_branch_is_reverted(main: Line, page: Picture) -> None:
    side = main.branch("side")
    first = side.edit(LEFT, 1)
    side.edit(RIGHT, 2)
    main.edit(Box(100, 100, 5, 5), 3)
    main.merge(side.head)
    main.revert(first.id)
    wanted = fill(page, Box(100, 100, 5, 5), 3).apply(fill(page, RIGHT, 2).apply(page))
    assert main.picture.same_pixels(wanted)


def test_a_merge_is_reverted_as_a_whole(main: Line, page: Picture) -> None:
    side = main.branch("side")
    side.edit(LEFT, 1)
    side.edit(RIGHT, 2)
    main.edit(Box(100, 100, 5, 5), 3)
    merged = main.merge(side.head).target
    main.revert(merged)
    assert main.picture.same_pixels(fill(page, Box(100, 100, 5, 5), 3).apply(page))


def test_only_what_is_on_the_branch_and_has_a_parent_can_be_reverted(main: Line, history: History) -> None:
    start = main.head
    other = main.branch("side").edit(LEFT, 1)
    with pytest.raises(UsageError, match="is not on branch 'main'"):
        main.revert(other.id)
    with pytest.raises(UsageError, match="is an import"):
        main.revert(start)
    with pytest.raises(UnknownNameError, match="no branch 'nowhere'; branches: main, side"):
        history.revert(main.document, start, branch="nowhere", author="me")


# pick


def test_a_candidate_is_picked_with_its_outcome(main: Line, history: History, document: int, page: Picture) -> None:
    base = main.head
    main.edit(RIGHT, 2)
    candidate = history.candidate(
        document,
        parent=base,
        patch=fill(page, LEFT, 1),
        step="s1",
        outcome=Outcome.UNSURE,
        editor="typeset",
        message="m",
    )
    report = main.pick(candidate.id)
    assert (main.picture.pixels[LEFT.slices] == 1).all() and (main.picture.pixels[RIGHT.slices] == 2).all()
    made = history.version(report.target)
    assert (made.kind, made.parents, made.box) == (VersionKind.PICK, (report.origin,), LEFT)
    assert (made.step, made.outcome, made.editor) == ("s1", Outcome.UNSURE, "typeset")
    assert made.record == {"picks": candidate.id} and made.message == f"pick {candidate.id[:12]}: m"


def test_a_pick_names_the_attempt_and_so_its_verdicts(
    main: Line, history: History, page: Picture, start: StartAttempt
) -> None:
    attempt, patch = start(), fill(page, LEFT, 1)
    history.attempt_returned(attempt.id, patch, effective={}, dropped=(), notes=(), cost={})
    verdict = Verdict(verifier="character", outcome=Outcome.FAIL, score=0.2, reason="not it")
    candidate = history.attempt_judged(
        attempt.id,
        [verdict],
        accepted=False,
        branch="main",
        expected=main.head,
        patch=patch,
        message="",
        author="agent",
        record={},
    )
    made = history.version(main.pick(candidate.id).target)
    assert made.record == {"picks": candidate.id, "attempt": attempt.id} and made.outcome is Outcome.FAIL
    assert history.attempt(made.record["attempt"]).verdicts == (verdict,)


def test_picking_a_revert_is_reverting(main: Line, history: History) -> None:
    edit = main.edit(LEFT, 1)
    side = main.branch("side")
    side.edit(RIGHT, 2)
    undone = main.revert(edit.id).target
    side.pick(undone)
    picked = side.picture
    twin = main.branch("twin")
    history.move_branch(main.document, "twin", expected=twin.head, target=edit.id, reason="rollback", author="a")
    twin.edit(RIGHT, 2)
    twin.revert(edit.id)
    assert picked.same_pixels(twin.picture)


def test_a_pick_over_changed_pixels_is_a_conflict(main: Line) -> None:
    side = main.branch("side")
    main.edit(LEFT, 1)
    wanted = side.edit(LEFT, 2).id
    assert main.pick(wanted).conflicts == (LEFT,)
    main.pick(wanted, Settlement(LEFT, "theirs"))
    assert (main.picture.pixels[LEFT.slices] == 2).all()
    assert main.pick(wanted).conflicts == () and main.pick(wanted).origin == main.head, "it is there already"


def test_an_import_cannot_be_picked(main: Line) -> None:
    start = main.head
    main.edit(LEFT, 1)
    with pytest.raises(UsageError, match="is an import"):
        main.pick(start)


# merge


def test_disjoint_branches_merge_either_way(main: Line, history: History, page: Picture) -> None:
    base = main.head
    side = main.branch("side")
    ours, theirs = main.edit(LEFT, 1).id, side.edit(RIGHT, 2).id
    one, two = main.merge(theirs).target, side.merge(ours).target
    wanted = fill(page, RIGHT, 2).apply(fill(page, LEFT, 1).apply(page))
    assert history.checkout(one).same_pixels(wanted) and history.checkout(two).same_pixels(wanted)
    made = history.version(one)
    assert (made.kind, made.parents, made.box) == (VersionKind.MERGE, (ours, theirs), RIGHT)
    assert made.record == {"merges": theirs, "base": base}
    assert history.version(two).parents == (theirs, ours)


def test_disjoint_boxes_in_one_tile_merge(main: Line) -> None:
    side = main.branch("side")
    main.edit(Box(0, 0, 3, 3), 1)
    side.edit(Box(4, 0, 3, 3), 2)
    assert main.merge(side.head).conflicts == ()
    assert (main.picture.pixels[:3, :3] == 1).all() and (main.picture.pixels[:3, 4:7] == 2).all()


def test_a_branch_that_is_ahead_is_moved_to(main: Line, history: History, document: int) -> None:
    side, start = main.branch("side"), main.head
    side.edit(LEFT, 1)
    count = len(history.versions(document))
    assert main.merge(side.head) == MergeReport("main", start, side.head)
    assert len(history.versions(document)) == count, "no version was made"
    assert history.moves(document)[-1].reason == f"merge {side.head[:12]}"
    assert history.undo(document, "main", author="me").target == start
    assert main.merge(side.head).target == side.head
    assert side.merge(start) == MergeReport("side", side.head, side.head), "it is there already"


def test_conflicts_are_settled_place_by_place(main: Line, history: History) -> None:
    side = main.branch("side")
    for line, value in ((main, 1), (side, 2)):
        for box in (LEFT, RIGHT):
            line.edit(box, value)
    ours = main.head
    report = main.merge(side.head)
    assert report == MergeReport("main", ours, ours, (LEFT, RIGHT))
    assert report.sides == Sides(history.common_ancestor(ours, side.head) or "", ours, side.head)
    assert main.merge(side.head, Settlement(LEFT, "ours")).conflicts == (RIGHT,)
    report = main.merge(side.head, Settlement(LEFT, "ours"), Settlement(RIGHT, "theirs"))
    assert (main.picture.pixels[LEFT.slices] == 1).all() and (main.picture.pixels[RIGHT.slices] == 2).all()
    assert [choice["side"] for choice in history.version(report.target).record["settled"]] == ["ours", "theirs"]
    side.edit(Box(100, 100, 9, 9), 3)
    assert main.merge(side.head).conflicts == (), "what was settled once is not asked again"
    assert (main.picture.pixels[LEFT.slices] == 1).all()


def test_a_merge_that_changes_nothing_is_remembered(main: Line, history: History) -> None:
    side = main.branch("side")
    ours, theirs = main.edit(LEFT, 1, message="here").id, side.edit(LEFT, 1, message="there").id
    report = main.merge(theirs)
    assert history.version(report.target).parents == (ours, theirs) and history.diff(ours, report.target).boxes == ()
    assert history.version(report.target).box is None
    assert main.merge(theirs).target == report.target


def test_a_settlement_beside_the_conflicts_is_refused(main: Line) -> None:
    side = main.branch("side")
    main.edit(LEFT, 1), side.edit(LEFT, 2)
    stands = main.head
    with pytest.raises(UsageError, match=f"conflicts: {LEFT}"):
        main.merge(side.head, Settlement(RIGHT, "ours"))
    assert main.head == stands


@pytest.mark.parametrize(
    ("size", "channels", "depth"), [((1, 1), 3, 8), ((3, 130), 4, 8), ((130, 3), 1, 16), ((257, 129), 2, 16)]
)
def test_every_mode_and_size(
    history: History, noise: MakePicture, size: tuple[int, int], channels: int, depth: int
) -> None:
    picture = noise(*size, channels, depth)
    history.import_picture(picture, name="page", source=None, author="a")
    main = Line(history, history.document().id)
    side, start = main.branch("side"), main.head
    corner = Box(size[0] - 1, size[1] - 1, 1, 1)
    main.edit(Box(0, 0, 1, 1), 0)
    side.edit(corner, 2**depth - 1)
    report = main.merge(side.head)
    if size == (1, 1):
        assert report.conflicts == (Box(0, 0, 1, 1),)
        report = main.merge(side.head, Settlement(Box(0, 0, 1, 1), "theirs"))
    assert (main.picture.pixels[corner.slices] == 2**depth - 1).all()
    assert np.array_equal(side.picture.pixels[corner.slices], main.picture.pixels[corner.slices])
    main.revert(report.target)
    assert main.picture.pixels[0, 0].max() == 0
    assert history.diff(start, main.head).boxes in ((Box(0, 0, 1, 1),), ())


# size, mode, depth and metadata


def test_a_change_of_size_is_taken_back_as_a_whole(main: Line, noise: MakePicture, page: Picture) -> None:
    bigger = main.replace(noise(310, 200, seed=5))
    main.revert(bigger.id)
    assert main.picture.same_pixels(page)


def test_what_came_after_a_change_of_size_conflicts_with_taking_it_back(main: Line, noise: MakePicture) -> None:
    bigger = main.replace(noise(310, 200, seed=5))
    main.edit(LEFT, 1)
    assert main.revert(bigger.id).conflicts == (Box(0, 0, 310, 200),)
    with pytest.raises(UsageError, match="conflicts: 0,0,310,200"):
        main.revert(bigger.id, Settlement(BOTH, "theirs"))
    stands = main.head
    assert main.revert(bigger.id, Settlement(Box(0, 0, 310, 200), "ours")).target == stands
    main.revert(bigger.id, Settlement(Box(0, 0, 310, 200), "theirs"))
    assert (main.picture.size.width, main.picture.size.height) == (300, 200)


@pytest.mark.parametrize(
    "other", [(310, 200, 3, 8), (300, 200, 4, 8), (300, 200, 3, 16)], ids=["size", "mode", "depth"]
)
def test_a_merge_of_unlike_pictures_takes_the_one_that_changed(
    main: Line, noise: MakePicture, other: tuple[int, int, int, int]
) -> None:
    side = main.branch("side")
    theirs = side.replace(noise(*other, seed=5))
    main.edit(LEFT, 1)
    main.revert(main.head)
    assert main.merge(theirs.id).conflicts == ()
    assert main.picture.same_pixels(side.picture)


def test_a_new_size_against_an_edit_is_one_conflict(main: Line, noise: MakePicture, page: Picture) -> None:
    side = main.branch("side")
    side.replace(noise(200, 100, seed=5))
    main.edit(LEFT, 1)
    assert main.merge(side.head).conflicts == (BOTH,)
    main.merge(side.head, Settlement(BOTH, "base"))
    assert main.picture.same_pixels(page)


def _with(picture: Picture, **fields: Any) -> Picture:
    return replace(picture, metadata=replace(picture.metadata, **fields))


def test_metadata_comes_along_and_pixels_merge(main: Line, history: History) -> None:
    side = main.branch("side")
    side.replace(_with(side.picture, exif=b"theirs", text=(("Author", "a"),)))
    side.edit(RIGHT, 2)
    main.edit(LEFT, 1)
    main.replace(_with(main.picture, dpi=(72.0, 72.0), exif=b"ours"))
    report = main.merge(side.head)
    assert report.notes == ("both sides changed the picture's exif; ours was kept",)
    assert history.version(report.target).record["notes"] == list(report.notes)
    metadata = main.picture.metadata
    assert (metadata.dpi, metadata.exif, metadata.text) == ((72.0, 72.0), b"ours", (("Author", "a"),))
    assert (main.picture.pixels[LEFT.slices] == 1).all() and (main.picture.pixels[RIGHT.slices] == 2).all()


def test_a_change_of_metadata_alone_is_reverted(main: Line, page: Picture) -> None:
    changed = main.replace(_with(page, xmp=b"new"))
    main.edit(LEFT, 1)
    assert main.revert(changed.id).target == main.head
    assert main.picture.metadata == Metadata(format="PNG", dpi=(300.0, 300.0))
    assert (main.picture.pixels[LEFT.slices] == 1).all()


def test_values_under_another_profile_are_not_merged_pixel_by_pixel(main: Line) -> None:
    side = main.branch("side")
    side.replace(_with(side.picture, icc_profile=b"another"))
    main.edit(LEFT, 1)
    assert main.merge(side.head).conflicts == (BOTH,)
    main.merge(side.head, Settlement(BOTH, "theirs"))
    assert main.picture.metadata.icc_profile == b"another"


# a branch that moves meanwhile


@pytest.mark.parametrize("operation", ["revert", "pick", "merge"])
def test_a_branch_that_moved_meanwhile_is_left_alone(
    main: Line, history: History, monkeypatch: pytest.MonkeyPatch, operation: str
) -> None:
    side = main.branch("side")
    edit, theirs = main.edit(LEFT, 1), side.edit(RIGHT, 2)
    stand, read = [""], history.change

    def change(a: str, b: str) -> Patch:
        monkeypatch.undo()
        stand[0] = main.edit(Box(100, 100, 3, 3), 9).id
        return read(a, b)

    monkeypatch.setattr(history, "change", change)
    with pytest.raises(ConflictError, match="branch 'main' is at"):
        getattr(main, operation)(edit.id if operation == "revert" else theirs.id)
    assert main.head == stand[0]


# undo


def test_undo_takes_back_move_after_move(main: Line, history: History, document: int) -> None:
    start = main.head
    first, second = main.edit(LEFT, 1).id, main.edit(RIGHT, 2).id
    assert main.revert(first).target != second
    for target, reason in ((second, "undo revert"), (first, "undo edit"), (start, "undo edit")):
        move = history.undo(document, "main", author="me")
        assert (move.target, move.reason, move.author) == (target, reason, "me")
        assert main.head == target
    with pytest.raises(UsageError, match="no move that could be undone"):
        history.undo(document, "main", author="me")


def test_undo_brings_a_deleted_branch_back(main: Line, history: History, document: int) -> None:
    side = main.branch("side")
    stood = side.edit(LEFT, 1).id
    history.delete_branch(document, "side", expected=stood, author="a")
    assert "side" not in history.branches(document)
    assert history.undo(document, "side", author="me").reason == "undo delete"
    assert side.head == stood
    assert history.undo(document, "side", author="me").origin == stood, "and its last edit can be undone as before"


def test_undo_of_a_new_branch_takes_it_away(main: Line, history: History, document: int) -> None:
    main.branch("side")
    move = history.undo(document, "side", author="me")
    assert (move.reason, move.target) == ("undo branch", None) and set(history.branches(document)) == {"main"}
    with pytest.raises(UsageError, match="no move that could be undone"):
        history.undo(document, "side", author="me")


def test_undo_of_an_unknown_branch_names_those_there_are(history: History, document: int) -> None:
    with pytest.raises(UnknownNameError, match="no branch 'side'; branches: main"):
        history.undo(document, "side", author="me")


def test_undo_after_many_undos(main: Line, history: History, document: int) -> None:
    heads = [main.head] + [main.edit(Box(x, 0, 1, 1), 1).id for x in range(40)]
    for steps in (25, 10):
        for _ in range(steps):
            history.undo(document, "main", author="me")
    assert main.head == heads[5]
    again = main.edit(LEFT, 9).id
    assert history.undo(document, "main", author="me").origin == again and main.head == heads[5]


def test_undo_of_a_branch_that_moves_meanwhile_is_a_conflict(
    main: Line, history: History, document: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    main.edit(LEFT, 1)
    moves = list(history.branch_moves(document, "main"))
    later = main.edit(RIGHT, 2).id
    monkeypatch.setattr(history, "branch_moves", lambda document_id, branch: iter(moves))
    with pytest.raises(ConflictError, match=f"branch 'main' is at {later[:12]}"):
        history.undo(document, "main", author="me")
    assert main.head == later


# pixels that were given back


def test_what_gc_took_cannot_be_picked(main: Line, history: History, document: int, page: Picture) -> None:
    candidate = history.candidate(document, parent=main.head, patch=fill(page, LEFT, 1)).id
    stands = main.edit(RIGHT, 2).id
    history.gc(keep_days=0)
    with pytest.raises(CollectedError, match=candidate[:12]):
        main.pick(candidate)
    assert main.head == stands and history.common_ancestor(stands, candidate) is not None
    assert set(history.blame(stands).versions) == {stands, history.version(stands).parents[0]}
