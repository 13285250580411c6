"""Pictures of a history in memory: hashed as every store hashes them, changed and compared whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retouch.errors import PictureError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.store import metadata
from retouch.store.grid import Grid
from retouch.store.memory_content import KeptVersion
from retouch.store.merkle import pixels_hash, root_hash, tile_hash


@dataclass(frozen=True, slots=True, eq=False)
class HashedPicture:
    """A picture that its giver can no longer change, with the hashes of its pixels, of all of it and of its tiles."""

    picture: Picture
    pixels: bytes
    root: bytes
    tiles: frozenset[bytes]


def pictured(picture: Picture) -> HashedPicture:
    grid = Grid.of(picture)
    kept = picture.pixels.copy()
    tiles = [tile_hash(np.ascontiguousarray(kept[grid.box(place).slices])) for place in range(grid.count)]
    pixels = pixels_hash(grid, np.frombuffer(b"".join(tiles), np.uint8).reshape(grid.count, -1))
    text = metadata.encode(picture.metadata)
    root = root_hash(pixels, metadata.metadata_hash(text))
    return HashedPicture(Picture(kept, metadata.decode(text)), pixels, root, frozenset(tiles))


def patched(picture: Picture, patch: Patch) -> Picture:
    """The picture with the patch; PictureError if that does not lie inside it or is of another kind."""
    if not patch.empty and not picture.box.contains(patch.box):
        raise PictureError(
            f"patch {patch.box} does not lie inside the picture of {picture.size.width}x{picture.size.height}"
        )
    return patch.apply(picture)


def changed(a: KeptVersion, b: KeptVersion, within: Box | None) -> Patch:
    """The tightest patch that turns `a` into `b` (inside `within`)."""
    if a.grid != b.grid:
        first, other = a.facts["id"][:12], b.facts["id"][:12]
        raise PictureError(f"cannot compare {first} with {other}: size, mode and depth must be equal")
    if within is not None and not within.empty and not a.picture.box.contains(within):
        raise PictureError(f"{within} does not lie inside the picture of {a.grid.width}x{a.grid.height}")
    patch = Patch.between(a.picture, b.picture, within)
    return patch if not patch.empty else Patch(Box(0, 0, 0, 0), patch.pixels[:0, :0], patch.mask[:0, :0])
