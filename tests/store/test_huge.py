"""A large picture: 6 megapixels, or 200 with `make test-full`, which takes about 2 GB."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture, Pixels
from retouch.store import Store
from retouch.version import VersionKind


def test_a_large_picture_comes_back(path: Path, rounds: Callable[[int, int], int]) -> None:
    height, width = 1000 * rounds(2, 10), 1000 * rounds(3, 20)
    random = np.random.default_rng(0)
    pixels: Pixels = random.integers(0, 12, (height, width, 3), dtype=np.uint8)
    with Store.open(path, create=True) as store:
        head = store.import_picture(Picture(pixels.copy()), name="page", source=None, author="a").id
        for x, y in ((0, 0), (width - 180, height - 160), (width // 2, height // 2)):
            values: Pixels = random.integers(0, 256, (160, 180, 3), dtype=np.uint8)
            change = Patch(Box(x, y, 180, 160), values, np.ones((160, 180), np.bool_))
            before = path.stat().st_size
            head = store.commit(1, "main", expected=head, change=change, kind=VersionKind.EDIT).id
            pixels[change.box.slices] = values
            assert path.stat().st_size - before < 2 << 20
    with Store.open(path) as store:
        assert np.array_equal(store.checkout(head).pixels, pixels)
        assert np.array_equal(
            store.crop(head, Box(width // 2, height // 2, 300, 7)), pixels[height // 2 :, width // 2 :][:7, :300]
        )
