"""Documents, branches, tags, lineages, marks and the log of moves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from retouch.errors import ConflictError, UnknownNameError, UsageError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
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


def test_a_deleted_branch_leaves_its_versions_and_its_moves(
    history: History, imported: VersionRecord, document: int
) -> None:
    history.create_branch(document, "side", imported.id, author="a")
    made = history.commit(document, "side", expected=imported.id, change=_dot(3), kind=VersionKind.EDIT)
    gone = history.delete_branch(document, "side", expected=made.id, author="b")
    assert (gone.branch, gone.origin, gone.target, gone.reason, gone.author) == ("side", made.id, None, "delete", "b")
    assert history.moves(document)[-1] == gone
    assert history.branches(document) == {"main": imported.id}
    assert history.checkout(made.id).pixels[0, 0].tolist() == [3, 3, 3]
    assert history.create_branch(document, "side", made.id, author="a", reason="again").reason == "again"


def test_which_branches_cannot_be_deleted(history: History, imported: VersionRecord, document: int) -> None:
    with pytest.raises(UsageError, match="only one"):
        history.delete_branch(document, "main", expected=imported.id, author="a")
    history.create_branch(document, "side", imported.id, author="a")
    edit = history.commit(document, "side", expected=imported.id, change=_dot(1), kind=VersionKind.EDIT)
    with pytest.raises(ConflictError, match="nothing was changed"):
        history.delete_branch(document, "side", expected=imported.id, author="a")
    with pytest.raises(UnknownNameError, match="branches: main, side"):
        history.delete_branch(document, "other", expected=edit.id, author="a")
    assert history.branches(document) == {"main": imported.id, "side": edit.id}


def test_tags_are_fixed_and_can_be_taken_away(history: History, imported: VersionRecord, document: int) -> None:
    history.create_tag(document, "印刷/初版", imported.id, author="a")
    with pytest.raises(UsageError, match="already"):
        history.create_tag(document, "印刷/初版", imported.id, author="a")
    with pytest.raises(UnknownNameError, match="0000"):
        history.create_tag(document, "other", "0" * 64, author="a")
    with pytest.raises(UnknownNameError, match="tags: 印刷/初版"):
        history.delete_tag(document, "other")
    history.delete_tag(document, "印刷/初版")
    assert history.tags(document) == {}
    history.create_tag(document, "印刷/初版", imported.id, author="a")


def test_names_come_in_order(history: History, imported: VersionRecord, document: int) -> None:
    for name in ("z", "é", "a", "修訂"):
        history.create_branch(document, name, imported.id, author="a")
        history.create_tag(document, f"t-{name}", imported.id, author="a")
    assert list(history.branches(document)) == ["a", "main", "z", "é", "修訂"]
    assert list(history.tags(document)) == ["t-a", "t-z", "t-é", "t-修訂"]
    assert history.resolve(document, "修訂").id == imported.id


def test_names_of_another_document_are_free(history: History, imported: VersionRecord, page: Picture) -> None:
    other = history.import_picture(page, name="第二頁", source=None, author="a")
    second = history.document("第二頁").id
    history.create_branch(second, "side", other.id, author="a")
    history.create_tag(second, "first", other.id, author="a")
    first = history.document("page").id
    assert (history.branches(first), history.tags(first)) == ({"main": imported.id}, {})
    history.create_branch(first, "side", imported.id, author="a")
    history.create_tag(first, "first", imported.id, author="a")
    for make in (history.create_branch, history.create_tag):
        with pytest.raises(UsageError, match="another document"):
            make(first, "x", other.id, author="a")
    with pytest.raises(UnknownNameError):
        history.resolve(first, other.id)


def test_a_document_that_is_not_there(history: History, imported: VersionRecord) -> None:
    assert (history.branches(99), history.tags(99), history.moves(99)) == ({}, {}, ())
    with pytest.raises(UnknownNameError, match="no document number 99"):
        history.versions(99)
    with pytest.raises(UsageError, match="another document"):
        history.create_branch(99, "x", imported.id, author="a")
    with pytest.raises((UsageError, UnknownNameError)):
        history.commit(99, "main", expected=imported.id, change=_dot(1), kind=VersionKind.EDIT)
    with pytest.raises(UsageError, match="another document"):
        history.candidate(99, parent=imported.id, patch=_dot(1))


@pytest.mark.parametrize("name", ["", "  ", "\t"])
def test_a_document_has_a_name(history: History, page: Picture, name: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        history.import_picture(page, name=name, source=None, author="a")
    assert history.documents() == ()


def test_moves_of_one_branch_come_newest_first(history: History, imported: VersionRecord, document: int) -> None:
    history.create_branch(document, "side", imported.id, author="a")
    head = imported.id
    for value in range(40):
        head = history.commit(document, "main", expected=head, change=_dot(value), kind=VersionKind.EDIT).id
    history.delete_branch(document, "side", expected=imported.id, author="a")
    for branch in ("main", "side"):
        told = [move for move in history.moves(document) if move.branch == branch]
        assert list(history.branch_moves(document, branch)) == told[::-1]
    assert list(history.branch_moves(document, "other")) == []


def test_a_lineage_is_told_children_first(history: History, imported: VersionRecord, document: int) -> None:
    one = history.commit(document, "main", expected=imported.id, change=_dot(1), kind=VersionKind.EDIT)
    two = history.commit(document, "main", expected=one.id, change=_dot(2), kind=VersionKind.EDIT)
    side = history.candidate(document, parent=imported.id, patch=_dot(3))
    parents = (two.id, side.id)
    merged = history.commit(document, "main", expected=two.id, change=_dot(4), kind=VersionKind.MERGE, parents=parents)
    history.candidate(document, parent=one.id, patch=_dot(5))
    told = list(history.lineage(merged.id))
    assert [a.id for a in told] == [merged.id, side.id, two.id, one.id, imported.id]
    assert {a.id: a.parents for a in told} == {v.id: v.parents for v in (merged, side, two, one, imported)}
    assert [a.id for a in history.lineage(side.id, one.id)] == [side.id, one.id, imported.id]


def test_a_lineage_is_of_one_document(history: History, imported: VersionRecord, page: Picture) -> None:
    other = history.import_picture(page, name="other", source=None, author="a")
    with pytest.raises(UsageError, match="one document"):
        list(history.lineage(imported.id, other.id))
    with pytest.raises(UnknownNameError, match="0000"):
        list(history.lineage(imported.id, "0" * 64))


def test_who_a_version_can_come_from(history: History, imported: VersionRecord, document: int, page: Picture) -> None:
    other = history.import_picture(page, name="other", source=None, author="a")
    side = history.candidate(document, parent=imported.id, patch=_dot(2))
    cases: list[tuple[tuple[str, ...], type[Exception]]] = [
        ((imported.id, "0" * 64), UnknownNameError),
        ((imported.id, other.id), UsageError),
        ((imported.id, side.id, imported.id), UsageError),
    ]
    for parents, error in cases:
        with pytest.raises(error):
            history.commit(
                document, "main", expected=imported.id, change=_dot(1), kind=VersionKind.MERGE, parents=parents
            )
    assert history.branches(document) == {"main": imported.id}
    assert [v.id for v in history.versions(document)] == [imported.id, side.id]


def test_a_commit_onto_a_version_that_is_not_there(history: History, imported: VersionRecord, document: int) -> None:
    with pytest.raises(UnknownNameError, match="0000"):
        history.commit(document, "main", expected="0" * 64, change=_dot(1), kind=VersionKind.EDIT)
    with pytest.raises(UnknownNameError, match="0000"):
        history.candidate(document, parent="0" * 64, patch=_dot(1))
    with pytest.raises(UnknownNameError, match="0000"):
        history.move_branch(document, "main", expected=imported.id, target="0" * 64, reason="r", author="a")
    with pytest.raises(UnknownNameError, match="branches: main"):
        history.move_branch(document, "x", expected=imported.id, target=imported.id, reason="r", author="a")


def test_a_record_that_is_no_json_is_refused(history: History, imported: VersionRecord, document: int) -> None:
    odd: list[object] = [float("nan"), np.uint8(3), {1, 2}, b"x"]
    for value in odd:
        with pytest.raises(UsageError, match="plain JSON"):
            history.candidate(document, parent=imported.id, patch=_dot(1), record={"x": value})
        with pytest.raises(UsageError, match="plain JSON"):
            history.commit(
                document, "main", expected=imported.id, change=_dot(1), kind=VersionKind.EDIT, record={"x": value}
            )
    assert history.versions(document) == (imported,)


def test_marks_stand_beside_a_version(history: History, imported: VersionRecord, document: int) -> None:
    side = history.candidate(document, parent=imported.id, patch=_dot(2))
    history.mark(imported.id, "rejected", author="甲", reason="墨太淡")
    given = history.mark(imported.id, "accepted", author="乙")
    told = [(m.version, m.opinion, m.author, m.reason) for m in history.marks(imported.id)]
    assert told == [(imported.id, "rejected", "甲", "墨太淡"), (imported.id, "accepted", "乙", "")]
    assert history.marks(side.id) == ()
    assert history.standing_marks(document) == {imported.id: given}
    assert history.version(imported.id) == imported


def test_notes_are_counted_by_version(history: History, imported: VersionRecord, document: int) -> None:
    side = history.candidate(document, parent=imported.id, patch=_dot(2))
    history.import_picture(Picture(np.full((4, 4, 1), 9, np.uint8)), name="other", source=None, author="a")
    other = history.document("other").id
    assert history.comment_counts(document) == {}
    for version, text in ((imported.id, "甲"), (side.id, "乙"), (imported.id, "丙")):
        history.comment(version, text, "someone")
    assert history.comment_counts(document) == {imported.id: 2, side.id: 1}
    assert history.comment_counts(other) == {}


def test_what_one_opening_writes_another_sees(
    history: History, open_again: Callable[[], History], imported: VersionRecord, document: int
) -> None:
    other = open_again()
    made = other.commit(document, "main", expected=imported.id, change=_dot(1), kind=VersionKind.EDIT)
    assert history.branches(document) == {"main": made.id}
    assert history.version(made.id) == made
    with pytest.raises(ConflictError):
        history.commit(document, "main", expected=imported.id, change=_dot(2), kind=VersionKind.EDIT)
    assert history.checkout(made.id).same_pixels(other.checkout(made.id))
