"""Pictures of a history in memory: hashed as every store hashes them, changed and compared whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from retouch.errors import PictureError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture
from retouch.store.memory.content import KeptPicture
from retouch.store.pixels import metadata
from retouch.store.pixels.grid import Grid
from retouch.store.pixels.merkle import pixels_hash, root_hash, tile_hash


def pictured(picture: Picture) -> KeptPicture:
    grid = Grid.of(picture)
    kept = picture.pixels.copy()
    tiles = [tile_hash(np.ascontiguousarray(kept[grid.box(place).slices])) for place in range(grid.count)]
    pixels = pixels_hash(grid, np.frombuffer(b"".join(tiles), np.uint8).reshape(grid.count, -1))
    text = metadata.encode(picture.metadata)
    root = root_hash(pixels, metadata.metadata_hash(text))
    return KeptPicture(Picture(kept, metadata.decode(text)), pixels, root, frozenset(tiles))


def patched(picture: Picture, patch: Patch) -> Picture:
    """The picture with the patch; PictureError if that does not lie inside it or is of another kind."""
    if not patch.empty and not picture.box.contains(patch.box):
        raise PictureError(
            f"patch {patch.box} does not lie inside the picture of {picture.size.width}x{picture.size.height}"
        )
    return patch.apply(picture)


def changed(a: Picture, b: Picture, within: Box | None, names: Sequence[str]) -> Patch:
    """The tightest patch that turns `a` into `b` (inside `within`); `names` is what an error calls them."""
    if Grid.of(a) != Grid.of(b):
        raise PictureError(f"cannot compare {' with '.join(names)}: size, mode and depth must be equal")
    if within is not None and not within.empty and not a.box.contains(within):
        raise PictureError(f"{within} does not lie inside the picture of {a.size.width}x{a.size.height}")
    patch = Patch.between(a, b, within)
    return patch if not patch.empty else Patch(Box(0, 0, 0, 0), patch.pixels[:0, :0], patch.mask[:0, :0])
