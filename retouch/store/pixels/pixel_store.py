"""Pixels of versions: staged (cut, hashed, packed) before a transaction, placed in it, and assembled again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from retouch.errors import CollectedError, DamagedError, PictureError, StoreError
from retouch.geometry import Box
from retouch.patch import Patch, differing, mask_box
from retouch.picture import Picture, Pixels
from retouch.store.database import Database
from retouch.store.pixels import manifest, metadata, tiles
from retouch.store.pixels.assembly import assemble
from retouch.store.pixels.cache import LruCache
from retouch.store.pixels.grid import Grid
from retouch.store.pixels.manifest import Ids, Manifest, StoredMetadata, TileTable
from retouch.store.pixels.merkle import HASH, pixels_hash, root_hash, tile_hash
from retouch.store.pixels.part import Part
from retouch.store.pixels.tables import insert_metadata, load_table, manifest_row, require_current, versions_with
from retouch.store.pixels.tiles import PackedTile, Tile
from retouch.store.tree import refusals

T = TypeVar("T")

_PICTURE_BYTES = 192 << 20
"""Pictures kept at hand: two at 26 MP, fifteen at 4 MP."""
_TILE_BYTES = 16 << 20
_TABLES = 64
_TOGETHER = 256
"""Tiles that are read in one go, to be packed or compared, so that a huge picture is not held twice."""

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Staged:
    """Pixels ready to be written.

    `places` are the tiles that differ from `base` (all where there is none), `packed` what they hold; `hashes` uint8
    (count, 32) are those of all tiles."""

    grid: Grid
    base: TileTable | None
    places: Places
    packed: tuple[PackedTile, ...]
    hashes: NDArray[np.uint8]
    metadata: str
    pixels: bytes
    root: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Pixels that stand in the database."""

    staged: Staged
    ids: Ids
    manifest: Manifest
    metadata: StoredMetadata
    fresh: tuple[Tile, ...]

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of a version row that tell of its pixels."""
        grid = self.staged.grid
        return {
            "width": grid.width,
            "height": grid.height,
            "channels": grid.channels,
            "depth": grid.depth,
            "pixels": self.staged.pixels,
            "root": self.staged.root,
            "metadata_id": self.metadata.id,
        }


class PixelStore:
    """Reads and writes pixels of one project file; safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tables: LruCache[str, TileTable] = LruCache(_TABLES)
        self._pictures: LruCache[str, tuple[TileTable, Picture]] = LruCache(_PICTURE_BYTES)
        self._decoded: LruCache[int, Tile] = LruCache(_TILE_BYTES)

    def steadily(self, work: Callable[[], T]) -> T:
        """What `work` gives; it is done once more if a version's tiles were given back since its table was read, as the
        very same version may have come back with others."""
        try:
            return work()
        except CollectedError:
            self.forget()
            return work()

    def forget(self) -> None:
        """Read again whatever is asked for next: versions that are at hand may have been given back."""
        for cache in (self._tables, self._pictures, self._decoded):
            cache.clear()

    def table(self, version: str) -> TileTable:
        """The tiles of a version, checked against its root; UnknownNameError if there is no such version."""
        table = self._tables.get(version)
        if table is None:
            near = next(iter(self._tables.values()), None)
            with self._database.read() as connection:
                table = load_table(connection, version, near)
            self._tables.put(version, table)
        return table

    def hash_picture(self, picture: Picture) -> Staged:
        """The hashes of `picture` alone: nothing is packed, so it cannot be placed."""
        grid = Grid.of(picture)
        hashes = b"".join(tile_hash(_cut(picture, grid, place)) for place in range(grid.count))
        table = np.frombuffer(hashes, np.uint8).reshape(-1, HASH)
        return _staged(grid, None, np.arange(grid.count), (), table, metadata.encode(picture.metadata))

    def stage_picture(self, picture: Picture, base: TileTable | None = None) -> Staged:
        """All tiles of `picture`; those that `base` has in the same place are not packed again."""
        hashed = self.hash_picture(picture)
        grid, hashes = hashed.grid, hashed.hashes
        base = base if base is not None and base.grid == grid else None
        places = hashed.places if base is None else np.flatnonzero((hashes != base.hashes).any(axis=1))
        packed = self._pack(base, places, lambda place: _cut(picture, grid, place), hashes)
        return replace(hashed, base=base, places=places, packed=packed)

    def stage_patch(self, base: TileTable, patch: Patch) -> Staged:
        """`base` with the patch; only tiles under the patch are read, compared and packed."""
        places = base.grid.covering(_inside(patch, base.grid))
        if not places.size:
            return _staged(base.grid, base, places, (), base.hashes, base.metadata.text)
        frame = base.grid.block(patch.box)
        block = self.crop(base, frame)
        Patch(patch.box.relative_to(frame), patch.pixels, patch.mask).apply_to(block)
        cut = {int(i): np.ascontiguousarray(block[base.grid.box(int(i)).relative_to(frame).slices]) for i in places}
        hashes = base.hashes.copy()
        for place, tile in cut.items():
            hashes[place] = np.frombuffer(tile_hash(tile), np.uint8)
        changed = places[(hashes[places] != base.hashes[places]).any(axis=1)]
        packed = self._pack(base, changed, cut.__getitem__, hashes)
        return _staged(base.grid, base, changed, packed, hashes, base.metadata.text)

    def _pack(
        self, base: TileTable | None, places: Places, cut: Callable[[int], Pixels], hashes: NDArray[np.uint8]
    ) -> tuple[PackedTile, ...]:
        """Pack the tiles that `cut` gives for `places`, each as a part of what `base` has there where that pays."""
        packed: list[PackedTile] = []
        for start in range(0, places.size, _TOGETHER):
            some = places[start : start + _TOGETHER]
            pixels = [cut(place) for place in some.tolist()]
            parts: list[Part | None] = [None] * len(pixels)
            if base is not None:
                parts = [old.part_for(new) for old, new in zip(self._tiles(base.ids[some]), pixels, strict=True)]
            keys = (hashes[place].tobytes() for place in some)
            packed += tiles.pack(dict(zip(keys, zip(pixels, parts, strict=True), strict=True)))
        return tuple(packed)

    def place(self, connection: Connection, staged: Staged) -> Placed:
        """Write what is not there yet; part of a write transaction."""
        base, grid = staged.base, staged.grid
        if base is not None:
            require_current(connection, base)
        ids = base.ids.copy() if base is not None else np.zeros(grid.count, np.uint32)
        known, fresh = tiles.write(connection, staged.packed)
        ids[staged.places] = [known[staged.hashes[place].tobytes()] for place in staged.places]
        kept = base.metadata if base is not None and base.metadata.text == staged.metadata else None
        told = kept or insert_metadata(connection, staged.metadata)
        return Placed(staged, ids, manifest.pack(ids, grid, base), told, fresh)

    def remember(self, placed: Placed, version: Mapping[str, Any]) -> None:
        """Keep the table of a new version and its new tiles, so that the next commit need not read them.

        Only after the transaction has ended: an id that was given in one that failed is given again."""
        staged, base = placed.staged, placed.staged.base
        whole = base is None or placed.manifest.key is None
        table = TileTable(
            id=version["id"],
            number=version["number"],
            grid=staged.grid,
            ids=placed.ids,
            hashes=staged.hashes,
            key=version["number"] if whole or base is None else base.key,
            key_ids=placed.ids if whole or base is None else base.key_ids,
            since_key=placed.manifest.since_key,
            metadata=placed.metadata,
            root=staged.root,
            seal=manifest_row(version["number"], placed.manifest)["seal"],
        )
        self._tables.put(table.id, table)
        self._keep(placed.fresh)

    def checkout(self, version: str) -> Picture:
        """The picture of a version, every tile checked against its hash; DamagedError names the versions touched."""
        return self.steadily(lambda: self._checkout(version))

    def _checkout(self, version: str) -> Picture:
        kept = self._pictures.get(version)
        if kept is None:
            table = self.table(version)
            pixels = self._from_neighbour(table)
            if pixels is None:
                pixels = self._whole(table)
            kept = table, Picture(pixels, metadata.decode(table.metadata.text))
            self._pictures.put(version, kept, pixels.nbytes)
        return kept[1]

    def change(self, a: TileTable, b: TileTable, within: Box | None = None) -> Patch:
        """The tightest patch that turns `a` into `b`, or does so inside `within`; only tiles that differ are read.
        PictureError if sizes differ."""
        if a.grid != b.grid:
            raise PictureError(f"cannot compare {a.id[:12]} with {b.id[:12]}: size, mode and depth must be equal")
        places = np.flatnonzero(a.ids != b.ids)
        if within is not None:
            places = np.intersect1d(places, a.grid.covering(_require_inside(within, a.grid)))
        if not places.size:
            nothing = Box(0, 0, 0, 0)
            return Patch(nothing, a.grid.empty_block(nothing), np.zeros((0, 0), np.bool_))
        frame = Box.around([a.grid.box(int(place)) for place in places])
        frame = frame if within is None else frame.intersection(within)
        # Zeros take no memory until they are written to, so that edits far apart cost what they changed.
        pixels = np.zeros((frame.height, frame.width, a.grid.channels), a.grid.dtype)
        mask = np.zeros((frame.height, frame.width), np.bool_)
        for start in range(0, places.size, _TOGETHER):
            part = places[start : start + _TOGETHER]
            for place, old, new in zip(part, self._tiles(a.ids[part]), self._tiles(b.ids[part]), strict=True):
                tile = a.grid.box(int(place))
                here = tile.intersection(frame)
                inner, outer = here.relative_to(tile).slices, here.relative_to(frame).slices
                pixels[outer] = new.pixels[inner]
                mask[outer] = differing(old.pixels[inner], new.pixels[inner])
        box = mask_box(mask)
        return Patch(box.moved(frame.x, frame.y), pixels[box.slices], mask[box.slices])

    def crop(self, table: TileTable, box: Box) -> Pixels:
        """A writable copy of the pixels in `box`, read from its tiles alone; PictureError if it leaves the picture."""
        frame = table.grid.block(_require_inside(box, table.grid))
        block = table.grid.empty_block(frame)
        places = table.grid.covering(box)
        for place, tile in zip(places, self._tiles(table.ids[places]), strict=True):
            block[table.grid.box(int(place)).relative_to(frame).slices] = tile.pixels
        return np.ascontiguousarray(block[box.relative_to(frame).slices])

    def _from_neighbour(self, table: TileTable) -> Pixels | None:
        """A copy of a picture at hand with the few tiles exchanged that differ."""
        near: tuple[Picture, NDArray[np.intp]] | None = None
        for other, picture in self._pictures.values():
            if other.grid == table.grid:
                places = np.flatnonzero(other.ids != table.ids)
                if 4 * places.size < table.grid.count and (near is None or places.size < near[1].size):
                    near = picture, places
        if near is None:
            return None
        pixels = near[0].pixels.copy()
        for place, tile in zip(near[1], self._tiles(table.ids[near[1]]), strict=True):
            pixels[table.grid.box(int(place)).slices] = tile.pixels
        return pixels

    def _whole(self, table: TileTable) -> Pixels:
        return assemble(table, self._rows, self._damage)

    def _rows(self, ids: Ids) -> dict[int, Any]:
        """The rows of tiles by id, none missing."""
        with self._database.read() as connection:
            found = tiles.rows(connection, ids.tolist())
        self._complete(found, ids)
        return found

    def _tiles(self, ids: Ids) -> list[Tile]:
        """The tiles with these ids, from the cache where they are there."""
        found = {i: tile for i in ids.tolist() if (tile := self._decoded.get(i)) is not None}
        missing = [i for i in ids.tolist() if i not in found]
        if missing:
            unpacked = tiles.unpack(list(self._rows(np.array(missing, np.uint32)).values()), self._damage)
            self._keep(unpacked.values())
            found |= unpacked
        return [found[i] for i in ids.tolist()]

    def _keep(self, read: Iterable[Tile]) -> None:
        for tile in read:
            self._decoded.put(tile.id, tile, tile.pixels.nbytes)

    def _complete(self, rows: Mapping[int, Any], ids: Ids) -> None:
        missing = next((i for i in ids.tolist() if i not in rows), None)
        if missing is not None:
            raise self._missing(missing)

    def _missing(self, tile: int) -> StoreError:
        """A tile that no version needs was given back by another process, after the version's table had been read."""
        with self._database.read() as connection:
            touched = versions_with(connection, tile)
        if touched:
            return self._damaged(tile, "it is missing", touched)
        return refusals.collected("a version that was just read")

    def _damage(self, tile: int, reason: str) -> DamagedError:
        """The error for a damaged tile, with the names of the versions that it touches."""
        with self._database.read() as connection:
            touched = versions_with(connection, tile)
        return self._damaged(tile, reason, touched)

    def _damaged(self, tile: int, reason: str, touched: Sequence[str]) -> DamagedError:
        names = ", ".join(version[:12] for version in touched) or "no version"
        return DamagedError(
            f"{self._database.path}: tile {tile} is damaged ({reason}); it is part of {names}",
            hint="other versions can still be read; restore a backup for these",
        )


def _cut(picture: Picture, grid: Grid, place: int) -> Pixels:
    return np.ascontiguousarray(picture.pixels[grid.box(place).slices])


def _require_inside(box: Box, grid: Grid) -> Box:
    if not box.empty and not grid.frame.contains(box):
        raise PictureError(f"{box} does not lie inside the picture of {grid.width}x{grid.height}")
    return box


def _inside(patch: Patch, grid: Grid) -> Box:
    if not patch.empty and not grid.frame.contains(patch.box):
        raise PictureError(f"patch {patch.box} does not lie inside the picture of {grid.width}x{grid.height}")
    return patch.box


def _staged(
    grid: Grid,
    base: TileTable | None,
    places: Places,
    packed: tuple[PackedTile, ...],
    hashes: NDArray[np.uint8],
    text: str,
) -> Staged:
    pixels = pixels_hash(grid, hashes)
    root = root_hash(pixels, metadata.metadata_hash(text))
    return Staged(grid, base, places, packed, hashes, text, pixels, root)
