"""Parts of tiles: whatever the edits, pixels come back, a key is a full tile, and no damaged byte is served."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retouch.errors import DamagedError, StoreError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture, Pixels
from retouch.store import Store
from retouch.store.pixels import codec, part
from retouch.store.pixels.part import Part
from retouch.store.pixels.tiles import Tile, differing
from retouch.version import VersionKind, VersionRecord


def _tiles(path: Path) -> list[sqlite3.Row]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute("SELECT * FROM tile ORDER BY id").fetchall()


def _fill(box: Box, values: Pixels) -> Patch:
    return Patch(box, values, np.ones((box.height, box.width), np.bool_))


@st.composite
def boxes(draw: st.DrawFn, width: int, height: int) -> Box:
    x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    return Box(x, y, draw(st.integers(1, min(140, width - x))), draw(st.integers(1, min(140, height - y))))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    data=st.data(),
    width=st.sampled_from([1, 2, 64, 127, 128, 129, 200]),
    height=st.sampled_from([1, 2, 127, 128, 129, 257]),
    channels=st.integers(1, 4),
    depth=st.sampled_from([8, 16]),
)
def test_any_edits_come_back_and_chains_have_one_link(
    data: st.DataObject, width: int, height: int, channels: int, depth: int
) -> None:
    random = np.random.default_rng(width * height)
    dtype = f"u{depth // 8}"
    pixels: Pixels = random.integers(0, 2**depth, (height, width, channels)).astype(dtype)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "h.retouch"
        with Store.open(path, create=True) as store:
            head = store.import_picture(Picture(pixels), name="h", source=None, author="test").id
            expected = {head: pixels}
            for number in range(data.draw(st.integers(1, 7), "edits")):
                box = data.draw(boxes(width, height))
                values = random.integers(0, 2**depth, (box.height, box.width, channels)).astype(dtype)
                change = _fill(box, values)
                head = store.commit(
                    1, "main", expected=head, change=change, kind=VersionKind.EDIT, record={"n": number}
                ).id
                pixels = pixels.copy()
                pixels[box.slices] = values
                expected[head] = pixels
        with Store.open(path) as store:
            for version, picture in reversed(expected.items()):
                assert np.array_equal(store.crop(version, Box(0, 0, width, height)), picture)
        for version, picture in expected.items():
            with Store.open(path) as store:
                assert np.array_equal(store.checkout(version).pixels, picture)
        rows = {row["id"]: row for row in _tiles(path)}
        keys = [rows[row["key_id"]] for row in rows.values() if row["key_id"] is not None]
        assert all(key["key_id"] is None and key["rect"] is None for key in keys)


@given(data=st.data(), height=st.integers(1, 20), width=st.integers(1, 20), channels=st.integers(1, 4))
def test_the_planes_of_a_key_with_the_part_laid_over_are_those_of_the_tile(
    data: st.DataObject, height: int, width: int, channels: int
) -> None:
    random = np.random.default_rng(height)
    key: Pixels = random.integers(0, 2**16, (height, width, channels)).astype(np.uint16)
    rect = data.draw(boxes(width, height))
    tile = key.copy()
    tile[rect.slices] = random.integers(0, 2**16, (rect.height, rect.width, channels))
    planes, wanted = codec.differences(key[None])[0], codec.differences(tile[None])[0]
    piece = part.cut(tile, rect)
    planes[:, rect.y : rect.y + piece.shape[1], rect.x : rect.right] = piece
    assert np.array_equal(planes, wanted)


def test_differing_is_the_smallest_box() -> None:
    a = np.zeros((9, 12, 3), np.uint8)
    b = a.copy()
    assert differing(a, b) == Box(0, 0, 0, 0)
    b[2, 3, 1] = b[6, 11, 0] = 1
    assert differing(a, b) == Box(3, 2, 9, 5)


def test_a_further_edit_takes_the_union_against_the_same_key_and_above_half_the_tile_is_whole() -> None:
    old = np.zeros((100, 100, 1), np.uint8)
    once, twice, thrice = old.copy(), old.copy(), old.copy()
    once[10:20, 10:20] = 1
    twice[10:50, 10:60] = 1
    thrice[10:90, 10:80] = 1
    first = Tile(7, old, None).part_for(once)
    assert first == Part(7, Box(10, 10, 10, 10))
    second = Tile(8, once, first).part_for(twice)
    assert second == Part(7, Box(10, 10, 50, 40))
    assert Tile(9, twice, second).part_for(thrice) is None


def _edit(store: Store, head: str, box: Box, seed: int) -> VersionRecord:
    values = np.random.default_rng(seed).integers(0, 256, (box.height, box.width, 3)).astype(np.uint8)
    return store.commit(1, "main", expected=head, change=_fill(box, values), kind=VersionKind.EDIT)


@pytest.fixture
def edited(store: Store, imported: VersionRecord, document: int) -> list[str]:
    """An import of 6 tiles and two edits of the one at the top left; the second also touches its neighbour."""
    first = _edit(store, imported.id, Box(5, 5, 30, 20), 1)
    second = _edit(store, first.id, Box(100, 10, 40, 9), 2)
    return [imported.id, first.id, second.id]


def test_a_small_edit_costs_what_changed(store: Store, path: Path, edited: list[str]) -> None:
    rows = _tiles(path)
    assert [row["key_id"] for row in rows] == [None] * 6 + [1, 1, 2]
    # Noise cannot be packed: 30 x 20 pixels and the row below, in three channels.
    assert 30 * 21 * 3 <= len(rows[6]["data"]) < 30 * 21 * 3 + 100


def test_an_edit_of_most_of_a_tile_is_a_new_key(store: Store, path: Path, edited: list[str]) -> None:
    large = _edit(store, edited[-1], Box(0, 0, 128, 65), 3)
    small = _edit(store, large.id, Box(9, 9, 5, 5), 4)
    whole, part_row = _tiles(path)[-2:]
    assert whole["key_id"] is None
    assert part_row["key_id"] == whole["id"]
    assert store.checkout(small.id).pixels[:65, :128].std() > 0


def test_a_tile_stays_whole_where_a_part_would_not_be_smaller(store: Store, path: Path) -> None:
    flat: Pixels = np.zeros((128, 128, 1), np.uint8)
    head = store.import_picture(Picture(flat), name="flat", source=None, author="a").id
    for number, box in enumerate((Box(0, 0, 128, 60), Box(30, 30, 1, 1), Box(5, 70, 100, 40))):
        change = _fill(box, np.full((box.height, box.width, 1), 9 + number, np.uint8))
        head = store.commit(1, "main", expected=head, change=change, kind=VersionKind.EDIT).id
        flat[box.slices] = 9 + number
        (whole,) = codec.encode(flat[None])
        assert len(_tiles(path)[-1]["data"]) <= len(whole)


@contextmanager
def _changed(path: Path, tile: int, column: str, value: object) -> Iterator[None]:
    """The file with another value in one column of a tile."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        (was,) = connection.execute(f"SELECT {column} FROM tile WHERE id=?", (tile,)).fetchone()
        connection.execute(f"UPDATE tile SET {column}=? WHERE id=?", (value, tile))
        yield
        connection.execute(f"UPDATE tile SET {column}=? WHERE id=?", (was, tile))


@pytest.mark.parametrize(("tile", "version"), [(1, 0), (7, 1), (8, 2), (9, 2)])
def test_every_flipped_byte_of_key_and_part_is_found(
    store: Store, path: Path, edited: list[str], tile: int, version: int
) -> None:
    data = _tiles(path)[tile - 1]["data"]
    for place in np.linspace(0, len(data) - 1, 12).astype(int):
        damaged = bytearray(data)
        damaged[place] ^= 1 << place % 8
        with _changed(path, tile, "data", bytes(damaged)), Store.open(path) as fresh:
            with pytest.raises(DamagedError, match=f"tile {tile} is damaged"):
                fresh.checkout(edited[version])
            with pytest.raises(DamagedError, match=f"tile {tile} is damaged"):
                fresh.crop(edited[version], Box(0, 0, 300, 128))


def test_no_flipped_byte_of_a_key_reaches_the_pixels_of_its_part(store: Store, path: Path, edited: list[str]) -> None:
    data, wanted, refused = _tiles(path)[0]["data"], store.checkout(edited[2]), 0
    for place in np.linspace(0, len(data) - 1, 40).astype(int):
        damaged = bytearray(data)
        damaged[place] ^= 1 << place % 8
        with _changed(path, 1, "data", bytes(damaged)), Store.open(path) as fresh:
            try:
                # A byte of the key under the part's own rectangle changes nothing here.
                assert fresh.checkout(edited[2]).same_pixels(wanted)
            except DamagedError as error:
                assert "tile 1 is damaged" in error.message
                refused += 1
    assert refused > 20


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("rect", bytes(8)),
        ("rect", b"\x05\0\x05\0\xff\0\x14\0"),
        ("rect", b"\x05\0"),
        ("rect", None),
        ("key_id", None),
        ("key_id", 3),
        ("key_id", 7),
        ("key_id", 999),
        ("codec", 2),
        ("width", 64),
        ("channels", 0),
        ("depth", 16),
    ],
)
def test_every_other_column_of_a_part_is_watched(
    store: Store, path: Path, edited: list[str], column: str, value: object
) -> None:
    with _changed(path, 8, column, value), Store.open(path) as fresh:
        for read in (fresh.checkout, lambda version: fresh.crop(version, Box(0, 0, 300, 128))):
            with pytest.raises(DamagedError):
                read(edited[2])
        assert fresh.checkout(edited[1]).size.width == 300


def test_a_damaged_key_touches_the_versions_of_its_parts(store: Store, path: Path, edited: list[str]) -> None:
    damaged = _tiles(path)[0]["data"][:-3] + bytes(3)
    with (
        _changed(path, 1, "data", damaged),
        Store.open(path) as fresh,
        pytest.raises(DamagedError, match="tile 8 is stored as a part of it") as caught,
    ):
        fresh.checkout(edited[2])
    assert all(version[:12] in caught.value.message for version in edited)


def test_a_damaged_part_touches_only_its_own(store: Store, path: Path, edited: list[str]) -> None:
    with _changed(path, 8, "data", b"nothing"), Store.open(path) as fresh:
        with pytest.raises(DamagedError) as caught:
            fresh.checkout(edited[2])
        assert edited[2][:12] in caught.value.message
        assert not any(version[:12] in caught.value.message for version in edited[:2])
        assert fresh.checkout(edited[0]).size.width == 300


def test_a_commit_that_does_not_come_back_is_refused(
    store: Store, edited: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    packed: Callable[[Pixels], bytes] = codec.pack

    def wrong(planes: Pixels) -> bytes:
        return packed(planes + planes.dtype.type(1))

    monkeypatch.setattr(codec, "pack", wrong)
    with pytest.raises(StoreError, match="did not come back.*nothing was changed"):
        _edit(store, edited[-1], Box(20, 20, 9, 9), 5)
    assert store.branches(1) == {"main": edited[-1]}
