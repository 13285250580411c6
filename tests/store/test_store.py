"""The store's promise: any version comes back bit for bit, whatever was done since. Checked against plain arrays."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from retouch.errors import ConflictError, PictureError, UnknownNameError, UsageError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Metadata, Picture, Pixels
from retouch.store import Store
from retouch.verdict import Outcome
from retouch.version import VersionKind, VersionRecord


class History(RuleBasedStateMachine):
    """Commits, candidates, branches, roll-backs and reopenings beside a dict of arrays that does the same."""

    versions: Bundle[str] = Bundle("versions")

    @initialize(
        target=versions,
        width=st.sampled_from([1, 5, 127, 128, 131, 300]),
        height=st.sampled_from([1, 3, 128, 129, 260]),
        channels=st.integers(1, 4),
        depth=st.sampled_from([8, 16]),
    )
    def begin(self, width: int, height: int, channels: int, depth: int) -> str:
        self.folder = TemporaryDirectory()
        self.random = np.random.default_rng(width * height)
        self.dtype: type[np.uint8 | np.uint16] = np.uint8 if depth == 8 else np.uint16
        self.store = Store.open(Path(self.folder.name) / "h.retouch", create=True)
        # Few values, so that tiles repeat.
        pixels: Pixels = self.random.integers(0, 3, (height, width, channels)).astype(self.dtype)
        version = self.store.import_picture(Picture(pixels), name="h", source=None, author="test")
        self.document = self.store.document().id
        self.model: dict[str, Pixels] = {version.id: pixels}
        self.heads = {"main": version.id}
        return version.id

    def _patch(self, pixels: Pixels, data: st.DataObject) -> Patch:
        height, width, channels = pixels.shape
        x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
        box = Box(x, y, data.draw(st.integers(1, width - x)), data.draw(st.integers(1, height - y)))
        values: Pixels = self.random.integers(0, 3, (box.height, box.width, channels)).astype(self.dtype)
        return Patch(box, values, self.random.random((box.height, box.width)) < 0.5)

    def _expect(self, version: VersionRecord, base: str, patch: Patch) -> str:
        pixels = self.model[base].copy()
        pixels[patch.box.slices][patch.mask] = patch.pixels[patch.mask]
        self.model[version.id] = pixels
        return version.id

    @rule(target=versions, data=st.data())
    def commit_patch(self, data: st.DataObject) -> str:
        branch = data.draw(st.sampled_from(sorted(self.heads)))
        head = self.heads[branch]
        patch = self._patch(self.model[head], data)
        version = self.store.commit(
            self.document, branch, expected=head, change=patch, kind=VersionKind.EDIT, record={"n": len(self.model)}
        )
        self.heads[branch] = version.id
        return self._expect(version, head, patch)

    @rule(target=versions, data=st.data())
    def commit_picture(self, data: st.DataObject) -> str:
        branch = data.draw(st.sampled_from(sorted(self.heads)))
        pixels = self.model[data.draw(st.sampled_from(sorted(self.model)))].copy()
        pixels[0, 0] = data.draw(st.integers(0, 255))
        version = self.store.commit(
            self.document, branch, expected=self.heads[branch], change=Picture(pixels), kind=VersionKind.MANUAL
        )
        self.heads[branch] = version.id
        self.model[version.id] = pixels
        return version.id

    @rule(target=versions, parent=versions, data=st.data())
    def candidate(self, parent: str, data: st.DataObject) -> str:
        patch = self._patch(self.model[parent], data)
        version = self.store.candidate(self.document, parent=parent, patch=patch, record={"n": len(self.model)})
        return self._expect(version, parent, patch)

    @rule(at=versions)
    def create_branch(self, at: str) -> None:
        name = f"b{len(self.heads)}"
        self.store.create_branch(self.document, name, at, author="test")
        self.heads[name] = at

    @rule(to=versions, data=st.data())
    def roll_back(self, to: str, data: st.DataObject) -> None:
        branch = data.draw(st.sampled_from(sorted(self.heads)))
        self.store.move_branch(
            self.document, branch, expected=self.heads[branch], target=to, reason="rollback", author="test"
        )
        self.heads[branch] = to

    @rule()
    def reopen(self) -> None:
        path = self.store.path
        self.store.close()
        self.store = Store.open(path)

    @rule(version=versions)
    def look(self, version: str) -> None:
        pixels = self.store.checkout(version).pixels
        assert pixels.dtype == self.dtype
        assert np.array_equal(pixels, self.model[version])

    @invariant()
    def heads_are_known(self) -> None:
        if hasattr(self, "heads"):
            assert self.store.branches(self.document) == self.heads

    def teardown(self) -> None:
        if not hasattr(self, "heads"):
            return
        with self.folder, self.store:
            listed = [version.id for version in self.store.versions(self.document)]
            assert sorted(listed) == sorted(self.model)
            for version, pixels in self.model.items():
                assert np.array_equal(self.store.checkout(version).pixels, pixels)


TestHistory = History.TestCase
TestHistory.settings = settings(
    max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_metadata_travel_with_the_pixels(store: Store, page: Picture) -> None:
    metadata = Metadata(icc_profile=b"profile", dpi=(72.0, 72.5), exif=b"e", xmp=b"x", text=(("k", "v"),), format="PNG")
    picture = Picture(page.pixels, metadata)
    version = store.import_picture(picture, name="page", source=None, author="a")
    patch = Patch(Box(0, 0, 1, 1), np.zeros((1, 1, 3), np.uint8), np.ones((1, 1), np.bool_))
    edited = store.commit(1, "main", expected=version.id, change=patch, kind=VersionKind.EDIT)
    assert store.checkout(edited.id).metadata == metadata


def test_the_facts_of_a_version_come_back(store: Store, imported: VersionRecord, document: int) -> None:
    patch = Patch(Box(3, 4, 2, 2), np.zeros((2, 2, 3), np.uint8), np.ones((2, 2), np.bool_))
    made = store.commit(
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
    again = store.version(made.id)
    assert again == made == VersionRecord.model_validate(again.model_dump(mode="json"))
    assert (again.box, again.parents, again.document) == (Box(3, 4, 2, 2), (imported.id,), "page")
    assert again.record == {"seed": 3, "request": {"text": "觞"}}
    assert (again.outcome, again.editor, again.step, again.message) == (Outcome.PASS, "typeset", "s1", "写 觞")
    assert [v.id for v in store.versions(document)] == [imported.id, made.id]


def test_a_version_id_depends_on_all_that_made_it(store: Store, imported: VersionRecord, document: int) -> None:
    patch = Patch(Box(3, 4, 2, 2), np.zeros((2, 2, 3), np.uint8), np.ones((2, 2), np.bool_))

    def make(**facts: str) -> str:
        return store.candidate(document, parent=imported.id, patch=patch, **facts).id  # type: ignore[arg-type]

    assert make() == make()
    assert len({make(), make(message="m"), make(step="s"), make(editor="e"), make(author="b")}) == 5


def test_a_moved_head_is_a_conflict_and_changes_nothing(store: Store, imported: VersionRecord, document: int) -> None:
    patch = Patch(Box(0, 0, 1, 1), np.zeros((1, 1, 3), np.uint8), np.ones((1, 1), np.bool_))
    head = store.commit(document, "main", expected=imported.id, change=patch, kind=VersionKind.EDIT)
    before = store.stats() | {"bytes": 0}
    other = Patch(Box(5, 5, 1, 1), np.full((1, 1, 3), 9, np.uint8), np.ones((1, 1), np.bool_))
    with pytest.raises(ConflictError, match="nothing was changed"):
        store.commit(document, "main", expected=imported.id, change=other, kind=VersionKind.EDIT)
    with pytest.raises(ConflictError):
        store.move_branch(document, "main", expected=imported.id, target=imported.id, reason="r", author="a")
    assert store.branches(document) == {"main": head.id}
    assert store.stats() | {"bytes": 0} == before
    assert len(store.moves(document)) == 2


def test_an_empty_patch_is_a_version_with_the_same_pixels(
    store: Store, imported: VersionRecord, document: int, page: Picture
) -> None:
    empty = Patch(Box(0, 0, 0, 0), np.zeros((0, 0, 3), np.uint8), np.zeros((0, 0), np.bool_))
    made = store.commit(document, "main", expected=imported.id, change=empty, kind=VersionKind.EDIT)
    assert made.id != imported.id
    assert made.box is None
    assert store.checkout(made.id).same_pixels(page)


def test_a_patch_outside_the_picture_is_refused(store: Store, imported: VersionRecord, document: int) -> None:
    patch = Patch(Box(299, 0, 2, 1), np.zeros((1, 2, 3), np.uint8), np.ones((1, 2), np.bool_))
    with pytest.raises(PictureError, match="does not lie inside"):
        store.commit(document, "main", expected=imported.id, change=patch, kind=VersionKind.EDIT)


def test_the_same_tiles_are_stored_once(store: Store) -> None:
    blank = Picture(np.full((512, 512, 3), 250, np.uint8))
    store.import_picture(blank, name="blank", source=None, author="a")
    assert store.stats()["tiles"] == 1


def test_blank_tiles_of_different_shape_are_different(store: Store) -> None:
    lying = Picture(np.full((64, 128, 1), 7, np.uint8))
    standing = Picture(np.full((128, 64, 1), 7, np.uint8))
    for name, picture in (("lying", lying), ("standing", standing)):
        version = store.import_picture(picture, name=name, source=None, author="a")
        assert store.checkout(version.id).same_pixels(picture)


def test_the_same_pixels_are_found_again(store: Store, imported: VersionRecord, page: Picture) -> None:
    found = store.find_pixels(Picture(page.pixels, Metadata(dpi=(1.0, 1.0))))
    assert found is not None and found.id == imported.id
    assert store.find_pixels(Picture(page.pixels, Metadata(icc_profile=b"other colours"))) is None
    assert store.find_pixels(page.crop(Box(0, 0, 10, 10))) is None


def test_a_document_is_found_by_name_or_alone(store: Store, imported: VersionRecord, page: Picture) -> None:
    assert store.document().name == store.document("page").name == "page"
    with pytest.raises(UsageError, match="already"):
        store.import_picture(page, name="page", source=None, author="a")
    store.import_picture(page, name="page-2", source="other.png", author="a")
    assert [d.name for d in store.documents()] == ["page", "page-2"]
    with pytest.raises(UnknownNameError, match="page, page-2"):
        store.document()
    with pytest.raises(UnknownNameError, match="'nothing'"):
        store.document("nothing")


def test_documents_do_not_mix(store: Store, imported: VersionRecord, document: int, page: Picture) -> None:
    other = store.import_picture(page, name="other", source=None, author="a")
    assert other.id != imported.id
    with pytest.raises(UsageError, match="another document"):
        store.move_branch(document, "main", expected=imported.id, target=other.id, reason="r", author="a")


def test_comments_stand_beside_a_version(store: Store, imported: VersionRecord) -> None:
    store.comment(imported.id, "the third column is faint", "someone")
    store.comment(imported.id, "seen", "other")
    assert [(c.text, c.author) for c in store.comments(imported.id)] == [
        ("the third column is faint", "someone"),
        ("seen", "other"),
    ]
    with pytest.raises(UnknownNameError):
        store.comment("0" * 64, "x", "y")


def test_an_unknown_version_is_named(store: Store, imported: VersionRecord) -> None:
    for ask in (store.version, store.checkout):
        with pytest.raises(UnknownNameError, match="0000"):
            ask("0" * 64)


def test_counts(store: Store, imported: VersionRecord) -> None:
    counts = store.stats()
    assert (counts["documents"], counts["versions"], counts["tiles"]) == (1, 1, 6)
    assert counts["bytes"] >= 300 * 200 * 3
