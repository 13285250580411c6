"""Contrast: exact counts, and a single pixel seen from any distance."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from retouch.errors import PictureError, UnknownNameError
from retouch.geometry import Box
from retouch.interfaces.difference import FRAME
from retouch.interfaces.web.reading.contrast import contrast, relief, relief_tile
from retouch.interfaces.web.reading.contrasts import Contrasts
from retouch.interfaces.web.reading.pyramid import top_level
from retouch.orchestrator.document import Document
from retouch.orchestrator.project import Project
from retouch.picture import Picture, Pixels
from retouch.store.memory.store import MemoryStore


def versions_of(*pages: Pixels) -> Document:
    document = Project(MemoryStore()).import_picture(Picture(pages[0]), "page")
    for page in pages[1:]:
        document.commit(Picture(page), "next")
    return document


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_counts_are_those_of_the_pixels(dtype: type[np.uint8] | type[np.uint16]) -> None:
    rng = np.random.default_rng(3)
    before: Pixels = rng.integers(0, np.iinfo(dtype).max, (90, 70, 3)).astype(dtype)
    after = before.copy()
    after[20:60, 10:40] = rng.integers(0, np.iinfo(dtype).max, (40, 30, 3)).astype(dtype)
    after[80, 60, 1] ^= 1
    document = versions_of(before, after)
    a, b = (version.id for version in document.log())
    store = document.project.store
    gap = np.abs(after.astype(np.int64) - before.astype(np.int64)).max(axis=2)
    most = int(gap.max())
    found = contrast(store, store.diff(a, b))
    assert np.array_equal(found.apart, gap)
    assert (found.changed_pixels, found.max_difference) == (int(np.count_nonzero(gap)), most)
    assert (found.changed_pixels, found.max_difference) == (store.diff(a, b).changed_pixels, most)
    beyond = found.beyond(Box(0, 0, 50, 70))
    assert (beyond.changed_pixels, beyond.max_difference) == (1, 1)
    assert found.changed_pixels == np.count_nonzero(gap)  # left as it was


def test_many_small_places_are_read_at_once() -> None:
    before = np.zeros((700, 700, 1), np.uint8)
    after = before.copy()
    after[::40, ::40] = 9
    document = versions_of(before, after)
    a, b = (version.id for version in document.log())
    found = contrast(document.project.store, document.diff(a, b))
    assert len(found.boxes) > 256
    assert (found.changed_pixels, found.max_difference) == (18 * 18, 9)


def test_equal_versions_show_nothing() -> None:
    document = versions_of(np.zeros((9, 9, 3), np.uint8))
    head = document.head().id
    found = contrast(document.project.store, document.diff(head, head))
    assert (found.boxes, found.changed_pixels, found.max_difference) == ((), 0, 0)


@pytest.mark.parametrize(("dtype", "little"), [(np.uint8, 1), (np.uint16, 1), (np.uint16, 256)])
def test_a_single_pixel_is_seen_from_far_away(dtype: type[np.uint8] | type[np.uint16], little: int) -> None:
    before = np.zeros((300, 500, 1), dtype)
    after = before.copy()
    after[299, 255] = little
    document = versions_of(before, after)
    a, b = (version.id for version in document.log())
    seen = relief(contrast(document.project.store, document.diff(a, b)))
    assert [int(np.count_nonzero(level)) for level in seen.levels] == [1] * 10
    assert {int(level.max()) for level in seen.levels} == {1}


def test_a_tile_is_clear_where_nothing_differs() -> None:
    before = np.zeros((300, 500, 1), np.uint8)
    after = before.copy()
    after[10, 20], after[10, 30] = 1, 255
    document = versions_of(before, after)
    a, b = (version.id for version in document.log())
    seen = relief(contrast(document.project.store, document.diff(a, b)))
    top = top_level(seen.size)
    tile = np.asarray(Image.open(BytesIO(relief_tile(seen, top, 0, 0))).convert("RGBA"))
    assert tile.shape == (256, 256, 4)
    assert np.count_nonzero(tile[:, :, 3]) == 2
    assert tuple(tile[10, 20, :3]) == tuple(tile[10, 30, :3]) == FRAME
    assert 90 < tile[10, 20, 3] < tile[10, 30, 3] == 255
    assert Image.open(BytesIO(relief_tile(seen, top, 1, 1))).size == (244, 44)
    with pytest.raises(UnknownNameError):
        relief_tile(seen, top, 2, 0)


def test_contrasts_are_kept_and_told_apart() -> None:
    first = np.zeros((40, 40, 3), np.uint8)
    second, third = first.copy(), first.copy()
    second[5, 5] = 50
    third[30, 30] = 60
    document = versions_of(first, second, third)
    a, b, c = (version.id for version in document.log())
    kept, store = Contrasts(), document.project.store
    assert kept.contrast(store, a, b) is kept.contrast(store, a, b)
    assert kept.contrast(store, a, c).max_difference == 60
    assert kept.contrast(store, b, c).changed_pixels == 2
    assert kept.relief(store, b, c, None).levels[-1].max() == 60
    assert kept.relief(store, b, c, Box(20, 20, 20, 20)).levels[-1].max() == 50


def test_another_size_cannot_be_compared() -> None:
    document = versions_of(np.zeros((40, 40, 3), np.uint8), np.zeros((40, 41, 3), np.uint8))
    a, b = (version.id for version in document.log())
    with pytest.raises(PictureError, match="size, mode and depth"):
        Contrasts().contrast(document.project.store, a, b)
