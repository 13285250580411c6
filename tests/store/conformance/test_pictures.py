"""Pictures of every kind come back bit for bit: any size, grey, alpha, 16 bit, whatever travels with them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from retouch.errors import PictureError, UnknownNameError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Metadata, Picture
from retouch.store import History
from retouch.store.pixels.grid import Grid
from retouch.version import VersionKind, VersionRecord

MakePicture = Callable[..., Picture]
MakePatch = Callable[..., Patch]

SIZES = [(1, 1), (1, 300), (131, 1), (127, 128), (129, 257)]
MODES = [(1, 8), (2, 8), (3, 8), (4, 8), (1, 16), (3, 16), (4, 16)]
KINDS = [(*size, 3, 8) for size in SIZES] + [(129, 5, *mode) for mode in MODES]


@pytest.fixture(params=KINDS, ids="{0[0]}x{0[1]}x{0[2]}-{0[3]}".format)
def picture(request: pytest.FixtureRequest, noise: MakePicture) -> Picture:
    return noise(*request.param)


def _import(history: History, picture: Picture) -> VersionRecord:
    return history.import_picture(picture, name="p", source=None, author="a")


def _same(found: Picture, wanted: Picture) -> bool:
    return found.same_pixels(wanted) and found.metadata == wanted.metadata


def test_every_kind_of_picture_comes_back(
    history: History, open_again: Callable[[], History], picture: Picture, patch_of: MakePatch, noise: MakePicture
) -> None:
    imported = _import(history, picture)
    width, height = picture.size.width, picture.size.height
    patch = patch_of(picture, Box(width // 3, height // 3, -(-width // 2), -(-height // 2)))
    edited = history.commit(1, "main", expected=imported.id, change=patch, kind=VersionKind.EDIT)
    other = noise(width, height, picture.pixels.shape[2], picture.depth, seed=9)
    replaced = history.commit(1, "main", expected=edited.id, change=other, kind=VersionKind.MANUAL)
    corner = patch_of(picture, Box(width - 1, height - 1, 1, 1), cover=1.0)
    tried = history.candidate(1, parent=edited.id, patch=corner)
    wanted = {
        imported.id: picture,
        edited.id: patch.apply(picture),
        replaced.id: other,
        tried.id: corner.apply(patch.apply(picture)),
    }
    again = open_again()
    for each in (history, again):
        for version, pixels in wanted.items():
            assert _same(each.checkout(version), pixels)
            assert each.grid(version) == Grid.of(picture)
            assert each.metadata(version) == picture.metadata


def test_a_crop_is_that_part_of_the_picture(history: History, picture: Picture) -> None:
    version = _import(history, picture).id
    width, height = picture.size.width, picture.size.height
    for box in (picture.box, Box(width // 2, height // 2, width - width // 2, 1), Box(width - 1, 0, 1, height)):
        part = history.crop(version, box)
        assert part.dtype == picture.pixels.dtype and np.array_equal(part, picture.pixels[box.slices])
        part[:] = 0
    assert history.checkout(version).same_pixels(picture)
    for outside in (Box(0, 0, width + 1, 1), Box(0, height, 1, 1), Box(-1, 0, 1, 1)):
        with pytest.raises(PictureError, match="inside"):
            history.crop(version, outside)


def test_a_change_is_the_tightest_exact_patch(history: History, picture: Picture, patch_of: MakePatch) -> None:
    base = _import(history, picture)
    width, height = picture.size.width, picture.size.height
    patch = patch_of(picture, Box(width // 4, height // 4, -(-width // 2), -(-height // 2)), cover=0.9)
    edited = history.commit(1, "main", expected=base.id, change=patch, kind=VersionKind.EDIT)
    change, exact = history.change(base.id, edited.id), Patch.between(picture, patch.apply(picture))
    assert change.box == exact.box
    assert np.array_equal(change.mask, exact.mask) and np.array_equal(change.pixels, exact.pixels)
    assert history.change(edited.id, base.id).apply(patch.apply(picture)).same_pixels(picture)
    nothing = history.change(edited.id, edited.id)
    assert nothing.empty and nothing.pixels.shape[2] == picture.pixels.shape[2]


def test_a_change_can_be_asked_for_inside_a_box(history: History, page: Picture, patch_of: MakePatch) -> None:
    base = _import(history, page)
    patch = patch_of(page, Box(100, 50, 60, 60), cover=1.0)
    edited = history.commit(1, "main", expected=base.id, change=patch, kind=VersionKind.EDIT)
    within = Box(90, 40, 30, 30)
    change = history.change(base.id, edited.id, within)
    exact = Patch.between(page, patch.apply(page), within)
    assert (change.box, change.mask.tolist()) == (exact.box, exact.mask.tolist())
    assert history.change(base.id, edited.id, Box(0, 0, 20, 20)).empty
    with pytest.raises(PictureError, match="inside"):
        history.change(base.id, edited.id, Box(290, 0, 20, 20))


def test_a_picture_of_another_size_or_mode_may_follow(
    history: History, imported: VersionRecord, page: Picture, noise: MakePicture, patch_of: MakePatch
) -> None:
    head, line = imported, [page]
    for shape in ((500, 130, 3, 8), (1, 1, 4, 16), (300, 200, 1, 8)):
        line.append(noise(*shape))
        head = history.commit(1, "main", expected=head.id, change=line[-1], kind=VersionKind.MANUAL)
    patch = patch_of(line[-1], Box(280, 150, 20, 50))
    head = history.commit(1, "main", expected=head.id, change=patch, kind=VersionKind.EDIT)
    line.append(patch.apply(line[-1]))
    for version, picture in zip(history.versions(1), line, strict=True):
        assert _same(history.checkout(version.id), picture)
    for other in history.versions(1)[1:]:
        with pytest.raises(PictureError, match="must be equal"):
            history.change(imported.id, other.id)


def test_a_patch_of_another_kind_is_refused(history: History, imported: VersionRecord) -> None:
    box = Box(0, 0, 2, 2)
    for channels, dtype in ((4, np.uint8), (1, np.uint8), (3, np.uint16)):
        patch = Patch(box, np.zeros((2, 2, channels), dtype), np.ones((2, 2), np.bool_))
        with pytest.raises(PictureError):
            history.commit(1, "main", expected=imported.id, change=patch, kind=VersionKind.EDIT)
        with pytest.raises(PictureError):
            history.candidate(1, parent=imported.id, patch=patch)
    assert history.versions(1) == (imported,)


def test_a_patch_that_sets_nothing_changes_nothing(history: History, imported: VersionRecord, page: Picture) -> None:
    patch = Patch(Box(10, 10, 50, 50), np.zeros((50, 50, 3), np.uint8), np.zeros((50, 50), np.bool_))
    made = history.commit(1, "main", expected=imported.id, change=patch, kind=VersionKind.EDIT)
    assert made.box == patch.box
    assert history.checkout(made.id).same_pixels(page)
    assert history.change(imported.id, made.id).empty


def test_another_metadata_is_another_version(history: History, imported: VersionRecord, page: Picture) -> None:
    text = (("Titel", "書道 ✓"), ("Titel", ""))
    other = Metadata(icc_profile=bytes(range(256)), dpi=(0.1, 1e6), exif=b"", xmp=b"<x/>", text=text, format=None)
    made = history.commit(1, "main", expected=imported.id, change=Picture(page.pixels, other), kind=VersionKind.MANUAL)
    assert made.id != imported.id
    assert history.checkout(made.id).metadata == history.metadata(made.id) == other
    assert history.checkout(imported.id).metadata == page.metadata
    assert history.change(imported.id, made.id).empty


def test_the_giver_of_a_picture_may_change_its_own(history: History) -> None:
    pixels = np.full((9, 9, 3), 7, np.uint8)
    imported = _import(history, Picture(pixels))
    patch = Patch(Box(0, 0, 3, 3), np.full((3, 3, 3), 8, np.uint8), np.ones((3, 3), np.bool_))
    edited = history.commit(1, "main", expected=imported.id, change=patch, kind=VersionKind.EDIT)
    pixels[:] = 1
    patch.pixels[:] = 1
    assert history.checkout(imported.id).pixels.max() == 7
    assert history.checkout(edited.id).pixels[0, 0, 0] == 8


def test_pictures_that_come_back_cannot_be_written_to(history: History, imported: VersionRecord) -> None:
    assert not history.checkout(imported.id).pixels.flags.writeable


@pytest.mark.parametrize("ask", ["checkout", "grid", "metadata", "version", "mark", "comment", "crop"])
def test_an_unknown_version_is_named_whatever_is_asked(history: History, imported: VersionRecord, ask: str) -> None:
    asked: dict[str, Callable[[str], object]] = {
        "checkout": history.checkout,
        "grid": history.grid,
        "metadata": history.metadata,
        "version": history.version,
        "mark": lambda version: history.mark(version, "accepted", author="a"),
        "comment": lambda version: history.comment(version, "t", "a"),
        "crop": lambda version: history.crop(version, Box(0, 0, 1, 1)),
    }
    with pytest.raises(UnknownNameError, match="no version 0000"):
        asked[ask]("0" * 64)


def test_the_same_pixels_with_the_same_metadata_are_found_first(history: History, page: Picture) -> None:
    plain = Picture(page.pixels)
    history.import_picture(plain, name="plain", source=None, author="a")
    with_metadata = history.import_picture(page, name="page", source=None, author="a")
    history.import_picture(page, name="page-2", source=None, author="a")
    found = history.find_pixels(page)
    assert found is not None and found.id == with_metadata.id
