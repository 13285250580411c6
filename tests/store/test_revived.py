"""A version that was given back and made again has other tiles; who read it before must not build on the old ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.store import Store
from retouch.version import VersionRecord

NOTHING = Patch(Box(0, 0, 0, 0), np.zeros((0, 0, 3), np.uint8), np.zeros((0, 0), np.bool_))


@pytest.mark.parametrize("looked", [Box(0, 0, 0, 0), Box(0, 0, 10, 10), Box(0, 0, 300, 200)])
@pytest.mark.parametrize("edited", [None, Box(0, 0, 128, 128), Box(5, 5, 20, 20), Box(130, 0, 9, 9)])
def test_a_commit_onto_a_revived_version_is_whole(
    store: Store,
    path: Path,
    imported: VersionRecord,
    page: Picture,
    patch_of: Callable[..., Patch],
    looked: Box,
    edited: Box | None,
) -> None:
    whole, small, other = (
        patch_of(page, page.box, seed=1, cover=1.0),
        patch_of(page, Box(200, 100, 90, 90), seed=2, cover=1.0),
        patch_of(page, page.box, seed=3, cover=1.0),
    )
    # The second is stored as differences from the first.
    key = store.candidate(1, parent=imported.id, patch=whole).id
    version = store.candidate(1, parent=key, patch=small).id
    wanted = small.apply(whole.apply(page))
    with Store.open(path) as reader, Store.open(path) as third:
        reader.crop(version, looked)
        assert store.gc(0).versions == 2
        store.candidate(1, parent=imported.id, patch=other)
        assert third.candidate(1, parent=imported.id, patch=whole).id == key
        assert third.candidate(1, parent=key, patch=small).id == version
        patch = NOTHING if edited is None else patch_of(page, edited, seed=4)
        built = reader.candidate(1, parent=version, patch=patch).id
        with Store.open(path) as fresh:
            for each in (reader, store, third, fresh):
                assert each.checkout(version).same_pixels(wanted)
                assert each.checkout(built).same_pixels(patch.apply(wanted))
                assert np.array_equal(each.crop(version, looked), wanted.pixels[looked.slices])
