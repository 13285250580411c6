"""The hashes that bind a version to its pixels, its parents and its step record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from blake3 import blake3
from numpy.typing import NDArray

from retouch.picture import Pixels
from retouch.store.canonical import canonical, digest
from retouch.store.pixels.grid import Grid

HASH = 32
"""Bytes of a hash."""


def tile_hash(pixels: Pixels) -> bytes:
    """The hash of a tile: its size, channels and depth, then its raw pixels (C-contiguous).

    The size stands in it because a blank tile of 64 × 128 has the same bytes as one of 128 × 64.
    """
    height, width, channels = pixels.shape
    hasher = blake3(b"%d %d %d %d\n" % (width, height, channels, pixels.itemsize * 8))
    return hasher.update(pixels.data.cast("B")).digest()


def pixels_hash(grid: Grid, tiles: NDArray[np.uint8]) -> bytes:
    """The hash of a picture's pixels from those of its tiles, (count, 32)."""
    shape = f"{grid.width} {grid.height} {grid.channels} {grid.depth}".encode()
    return digest("pixels", shape, tiles.tobytes())


def root_hash(pixels: bytes, metadata: bytes) -> bytes:
    """The hash of a whole picture: its pixels and what travels with them."""
    return digest("root", pixels, metadata)


def version_id(parents: Sequence[str], root: bytes, step: str) -> str:
    """The id of a version, 64 hex digits, from its parents' ids, its root and its step record as canonical JSON."""
    return digest("version", canonical(list(parents)).encode(), root, step.encode("ascii")).hex()
