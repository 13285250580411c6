"""The history's promise: any version comes back bit for bit, whatever was done since. Checked against plain arrays."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.errors import ConflictError, PictureError, UnknownNameError, UsageError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Metadata, Picture
from retouch.store import History
from retouch.verdict import Outcome
from retouch.version import VersionKind, VersionRecord


def test_metadata_travel_with_the_pixels(history: History, page: Picture) -> None:
    metadata = Metadata(icc_profile=b"profile", dpi=(72.0, 72.5), exif=b"e", xmp=b"x", text=(("k", "v"),), format="PNG")
    picture = Picture(page.pixels, metadata)
    version = history.import_picture(picture, name="page", source=None, author="a")
    patch = Patch(Box(0, 0, 1, 1), np.zeros((1, 1, 3), np.uint8), np.ones((1, 1), np.bool_))
    edited = history.commit(1, "main", expected=version.id, change=patch, kind=VersionKind.EDIT)
    assert history.checkout(edited.id).metadata == metadata


def test_the_facts_of_a_version_come_back(history: History, imported: VersionRecord, document: int) -> None:
    patch = Patch(Box(3, 4, 2, 2), np.zeros((2, 2, 3), np.uint8), np.ones((2, 2), np.bool_))
    made = history.commit(
        document,
        "main",
        expected=imported.id,
        change=patch,
        kind=VersionKind.EDIT,
        step="s1",
        message="写 觞",
        author="agent",
        record={"seed": 3, "request": {"text": "觞"}},
        outcome=Outcome.PASS,
        editor="typeset",
    )
    again = history.version(made.id)
    assert again == made == VersionRecord.model_validate(again.model_dump(mode="json"))
    assert (again.box, again.parents, again.document) == (Box(3, 4, 2, 2), (imported.id,), "page")
    assert again.record == {"seed": 3, "request": {"text": "觞"}}
    assert (again.outcome, again.editor, again.step, again.message) == (Outcome.PASS, "typeset", "s1", "写 觞")
    assert [v.id for v in history.versions(document)] == [imported.id, made.id]


def test_a_version_id_depends_on_all_that_made_it(history: History, imported: VersionRecord, document: int) -> None:
    patch = Patch(Box(3, 4, 2, 2), np.zeros((2, 2, 3), np.uint8), np.ones((2, 2), np.bool_))

    def make(**facts: str) -> str:
        return history.candidate(document, parent=imported.id, patch=patch, **facts).id  # type: ignore[arg-type]

    assert make() == make()
    assert len({make(), make(message="m"), make(step="s"), make(editor="e"), make(author="b")}) == 5


def test_a_moved_head_is_a_conflict_and_changes_nothing(
    history: History, imported: VersionRecord, document: int
) -> None:
    patch = Patch(Box(0, 0, 1, 1), np.zeros((1, 1, 3), np.uint8), np.ones((1, 1), np.bool_))
    head = history.commit(document, "main", expected=imported.id, change=patch, kind=VersionKind.EDIT)
    before = history.stats() | {"bytes": 0}
    other = Patch(Box(5, 5, 1, 1), np.full((1, 1, 3), 9, np.uint8), np.ones((1, 1), np.bool_))
    with pytest.raises(ConflictError, match="nothing was changed"):
        history.commit(document, "main", expected=imported.id, change=other, kind=VersionKind.EDIT)
    with pytest.raises(ConflictError):
        history.move_branch(document, "main", expected=imported.id, target=imported.id, reason="r", author="a")
    assert history.branches(document) == {"main": head.id}
    assert history.stats() | {"bytes": 0} == before
    assert len(history.moves(document)) == 2


def test_an_empty_patch_is_a_version_with_the_same_pixels(
    history: History, imported: VersionRecord, document: int, page: Picture
) -> None:
    empty = Patch(Box(0, 0, 0, 0), np.zeros((0, 0, 3), np.uint8), np.zeros((0, 0), np.bool_))
    made = history.commit(document, "main", expected=imported.id, change=empty, kind=VersionKind.EDIT)
    assert made.id != imported.id
    assert made.box is None
    assert history.checkout(made.id).same_pixels(page)


def test_a_patch_outside_the_picture_is_refused(history: History, imported: VersionRecord, document: int) -> None:
    patch = Patch(Box(299, 0, 2, 1), np.zeros((1, 2, 3), np.uint8), np.ones((1, 2), np.bool_))
    with pytest.raises(PictureError, match="does not lie inside"):
        history.commit(document, "main", expected=imported.id, change=patch, kind=VersionKind.EDIT)


def test_the_same_tiles_are_stored_once(history: History) -> None:
    blank = Picture(np.full((512, 512, 3), 250, np.uint8))
    history.import_picture(blank, name="blank", source=None, author="a")
    assert history.stats()["tiles"] == 1


def test_blank_tiles_of_different_shape_are_different(history: History) -> None:
    lying = Picture(np.full((64, 128, 1), 7, np.uint8))
    standing = Picture(np.full((128, 64, 1), 7, np.uint8))
    for name, picture in (("lying", lying), ("standing", standing)):
        version = history.import_picture(picture, name=name, source=None, author="a")
        assert history.checkout(version.id).same_pixels(picture)


def test_the_same_pixels_are_found_again(history: History, imported: VersionRecord, page: Picture) -> None:
    found = history.find_pixels(Picture(page.pixels, Metadata(dpi=(1.0, 1.0))))
    assert found is not None and found.id == imported.id
    assert history.find_pixels(Picture(page.pixels, Metadata(icc_profile=b"other colours"))) is None
    assert history.find_pixels(page.crop(Box(0, 0, 10, 10))) is None


def test_a_document_is_found_by_name_or_alone(history: History, imported: VersionRecord, page: Picture) -> None:
    assert history.document().name == history.document("page").name == "page"
    with pytest.raises(UsageError, match="already"):
        history.import_picture(page, name="page", source=None, author="a")
    history.import_picture(page, name="page-2", source="other.png", author="a")
    assert [d.name for d in history.documents()] == ["page", "page-2"]
    with pytest.raises(UnknownNameError, match="page, page-2"):
        history.document()
    with pytest.raises(UnknownNameError, match="'nothing'"):
        history.document("nothing")


def test_documents_do_not_mix(history: History, imported: VersionRecord, document: int, page: Picture) -> None:
    other = history.import_picture(page, name="other", source=None, author="a")
    assert other.id != imported.id
    with pytest.raises(UsageError, match="another document"):
        history.move_branch(document, "main", expected=imported.id, target=other.id, reason="r", author="a")


def test_comments_stand_beside_a_version(history: History, imported: VersionRecord) -> None:
    history.comment(imported.id, "the third column is faint", "someone")
    history.comment(imported.id, "seen", "other")
    assert [(c.text, c.author) for c in history.comments(imported.id)] == [
        ("the third column is faint", "someone"),
        ("seen", "other"),
    ]
    with pytest.raises(UnknownNameError):
        history.comment("0" * 64, "x", "y")


def test_an_unknown_version_is_named(history: History, imported: VersionRecord) -> None:
    for ask in (history.version, history.checkout):
        with pytest.raises(UnknownNameError, match="0000"):
            ask("0" * 64)


def test_counts(history: History, imported: VersionRecord) -> None:
    counts = history.stats()
    assert (counts["documents"], counts["versions"], counts["tiles"]) == (1, 1, 6)
    assert counts["bytes"] >= 300 * 200 * 3
