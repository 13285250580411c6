"""What only a history in memory does."""

from __future__ import annotations

import numpy as np

from retouch.picture import Picture
from retouch.store import MemoryStore


def test_histories_are_apart_unless_they_are_beside() -> None:
    page = Picture(np.zeros((5, 5, 3), np.uint8))
    first, other = MemoryStore(), MemoryStore()
    version = first.import_picture(page, name="page", source=None, author="a")
    assert other.documents() == ()
    beside = MemoryStore(beside=first)
    assert beside.version(version.id) == version
    first.close()
    assert beside.checkout(version.id).same_pixels(page)


def test_a_changed_array_is_found() -> None:
    store = MemoryStore()
    sound = store.import_picture(Picture(np.zeros((5, 5, 3), np.uint8)), name="a", source=None, author="a")
    hurt = store.import_picture(Picture(np.ones((5, 5, 3), np.uint8)), name="b", source=None, author="a")
    pixels = store.checkout(hurt.id).pixels.base
    assert pixels is not None
    pixels[0, 0, 0] = 9
    report = store.fsck()
    assert not report.ok
    assert [damage.versions for damage in report.damaged] == [(hurt.id,)]
    assert store.checkout(sound.id).pixels.max() == 0
