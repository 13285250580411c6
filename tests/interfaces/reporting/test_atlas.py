"""Versions put together from few pictures are the versions' own pixels, place by place."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from retouch.geometry import Box
from retouch.interfaces.reporting.album import Album, View
from retouch.interfaces.reporting.atlas import Atlas, Map
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture


@pytest.fixture
def document(tmp_path: Path) -> Iterator[Document]:
    """A slope of 300 × 200; the versions `one` and `two` are tags."""
    with Project.open(tmp_path / "page.retouch", create=True) as opened:
        page = Picture(np.repeat(np.linspace(90, 200, 60_000).astype(np.uint8).reshape(200, 300, 1), 3, axis=2))
        found = opened.import_picture(page, "page")
        found.create_tag("one", found.commit(painted(page, Box(20, 30, 40, 20), 0)))
        found.create_tag("two", found.commit(painted(found.head().picture, Box(200, 150, 10, 10), 255)))
        yield found


def painted(picture: Picture, box: Box, grey: int) -> Picture:
    pixels = picture.pixels.copy()
    pixels[box.slices] = grey
    return Picture(pixels)


def drawn(document: Document) -> Atlas:
    atlas = Atlas(Album(), document.project.store)
    for version in document.log():
        atlas.draw(version.record)
    return atlas


def view(atlas: Atlas, number: int) -> View:
    with Image.open(BytesIO(base64.b64decode(atlas.album.uri(number).split(",", 1)[1]))) as image:
        return np.asarray(image)


def composed(atlas: Atlas, version: str, *, shown: bool = True) -> View:
    """As the page does it."""
    if version in atlas.wholes:
        pixels = view(atlas, atlas.wholes[version]).copy()
    else:
        pixels = composed(atlas, atlas.bases[version], shown=False)
    for place in atlas.places.get(version, []):
        if shown or place.own:
            pixels[place.box.slices] = view(atlas, place.picture)
    return pixels


def test_only_the_first_version_has_a_picture_of_its_own(document: Document) -> None:
    atlas = drawn(document)
    first, one, two = (version.id for version in document.log())
    assert set(atlas.wholes) == {first}
    assert atlas.bases == {one: first, two: one}


def test_what_changed_is_there_exactly(document: Document) -> None:
    atlas = drawn(document)
    for version, box in zip(document.log()[1:], (Box(20, 30, 40, 20), Box(200, 150, 10, 10)), strict=True):
        seen, true = composed(atlas, version.id), version.picture.pixels
        assert np.array_equal(seen[box.slices], true[box.slices])
        assert np.abs(seen.astype(int) - true).mean() < 2, "the rest is the first picture, which is lossy"


def test_a_version_that_differs_everywhere_has_its_own(document: Document) -> None:
    page = Picture(np.random.default_rng(9).integers(0, 255, (1500, 1400, 3), dtype=np.uint8))
    other = document.project.import_picture(page, "large")
    other.commit(Picture(255 - page.pixels))
    turned = other.commit(Picture(np.ascontiguousarray(page.pixels[:1200])))
    atlas = drawn(other)
    assert set(atlas.wholes) == {version.id for version in other.log()} and not atlas.bases
    assert view(atlas, atlas.wholes[turned.id]).shape[:2] == (1200, 1400)


def test_a_map_shows_where_and_nothing_else(document: Document) -> None:
    atlas = drawn(document)
    first, one, two = (version.id for version in document.log())
    atlas.compare(first, one, None)
    atlas.compare(first, two, Box(200, 150, 10, 10))
    box = Box(20, 30, 40, 20)
    assert atlas.maps[f"{first}/{one}"].box == box
    alpha = view(atlas, atlas.maps[f"{first}/{one}"].picture)[:, :, 3]
    assert alpha.shape == (20, 40) and alpha.min() > 0
    outside = atlas.outside_maps[f"{first}/{two}"]
    assert isinstance(outside, Map) and f"{first}/{one}" not in atlas.outside_maps
    seen = np.zeros((200, 300), np.uint8)
    seen[outside.box.slices] = view(atlas, outside.picture)[:, :, 3]
    assert seen[box.slices].min() > 0 and seen[Box(200, 150, 10, 10).slices].max() == 0


def test_versions_whose_pixels_are_gone_are_left_out(document: Document) -> None:
    document.rollback("one")
    document.delete_tag("two")
    gone = document.log()[-1]
    document.project.store.gc(keep_days=0)
    atlas = drawn(document)
    assert gone.id not in {*atlas.wholes, *atlas.bases, *atlas.thumbnails}
    assert set(atlas.bases) == {document.head().id}
