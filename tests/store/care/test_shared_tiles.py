"""Tiles that a new version shares with old ones: looked at again before anything is built on them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from retouch.errors import DamagedError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Metadata, Picture
from retouch.store import Store
from retouch.version import VersionKind


def test_no_version_is_acknowledged_on_a_damaged_tile(tmp_path: Path) -> None:
    path, noise = tmp_path / "page.retouch", np.random.default_rng(3).integers(0, 256, (128, 128, 3)).astype(np.uint8)
    with Store.open(path, create=True) as store:
        store.import_picture(Picture(noise, Metadata()), name="one", source=None, author="me")
        other = store.import_picture(Picture(255 - noise, Metadata()), name="two", source=None, author="me")
        with closing(sqlite3.connect(path)) as connection:
            (data,) = connection.execute("SELECT data FROM tile WHERE id=1").fetchone()
            connection.execute("UPDATE tile SET data=? WHERE id=1", (data[:-9] + bytes(9),))
            connection.commit()
        same = Patch(Box(0, 0, 128, 128), noise, np.ones((128, 128), np.bool_))
        with pytest.raises(DamagedError, match="tile 1, which the picture would share"):
            store.commit(2, "main", expected=other.id, change=same, kind=VersionKind.EDIT)
        assert store.branches(2) == {"main": other.id}
        assert len(store.versions(2)) == 1
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("UPDATE tile SET data=? WHERE id=1", (data,))
            connection.commit()
        made = store.commit(2, "main", expected=other.id, change=same, kind=VersionKind.EDIT)
        assert store.stats()["tiles"] == 2
        assert store.checkout(made.id).same_pixels(Picture(noise))
