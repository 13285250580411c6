"""Manifests: pairs against a key table say the same as a whole table."""

from __future__ import annotations

import numpy as np
import pytest

from retouch.errors import DamagedError
from retouch.store.pixels.grid import Grid
from retouch.store.pixels.manifest import KEY_EVERY, Ids, StoredMetadata, TileTable, apply, pack, whole

GRID = Grid(1280, 1280, 3, 8)


def _table(ids: Ids, since_key: int = 0) -> TileTable:
    hashes = np.zeros((ids.size, 32), np.uint8)
    return TileTable("v", 7, GRID, ids, hashes, 7, ids, since_key, StoredMetadata(1, "{}", b""), b"", b"")


@pytest.fixture
def ids() -> Ids:
    return np.arange(GRID.count, dtype=np.uint32)


def test_a_version_without_a_base_has_a_whole_table(ids: Ids) -> None:
    packed = pack(ids, GRID, None)
    assert packed.key is None
    assert np.array_equal(whole(packed.data, GRID), ids)


def test_a_small_change_is_stored_as_pairs(ids: Ids) -> None:
    changed = ids.copy()
    changed[[3, 50]] = 900, 901
    packed = pack(changed, GRID, _table(ids))
    assert (packed.key, packed.since_key, len(packed.data)) == (7, 1, 16)
    assert np.array_equal(apply(packed.data, ids), changed)


def test_a_large_change_is_stored_whole(ids: Ids) -> None:
    assert pack(ids + 1, GRID, _table(ids)).key is None


def test_every_so_often_a_table_is_whole(ids: Ids) -> None:
    assert pack(ids, GRID, _table(ids, KEY_EVERY - 2)).key == 7
    assert pack(ids, GRID, _table(ids, KEY_EVERY - 1)).key is None


def test_another_size_needs_a_whole_table() -> None:
    smaller = Grid(128, 128, 3, 8)
    assert pack(np.zeros(1, np.uint32), smaller, _table(np.arange(GRID.count, dtype=np.uint32))).key is None


def test_damaged_tables_are_refused(ids: Ids) -> None:
    with pytest.raises(DamagedError, match="expected 400"):
        whole(b"1234", GRID)
    with pytest.raises(DamagedError, match="pairs"):
        apply(b"1234", ids)
    with pytest.raises(DamagedError, match="place 4000"):
        apply(np.array([4000, 1], "<u4").tobytes(), ids)
