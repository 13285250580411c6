"""Rendering: parts of versions as 8-bit sRGB, and as the bytes that a browser takes."""

from __future__ import annotations

from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from retouch.colour import to_srgb
from retouch.geometry import Box, Size
from retouch.interfaces.web.reading.pyramid import BASE, level_size, reduced, source_box, tile_box, top_level
from retouch.interfaces.web.reading.shelf import Shelf
from retouch.picture import Pixels
from retouch.store import History

Shown = NDArray[np.uint8]
"""8-bit sRGB (height, width, 3), with alpha (height, width, 4)."""
LONGEST_VIEW = 2048
"""Pixels of a part that is sent as one picture."""
_THUMBNAIL_QUALITY = 80


def tile(shelf: Shelf, store: History, version: str, level: int, x: int, y: int) -> Shown:
    """A tile of a version; UnknownNameError if there is none there."""
    size = size_of(store, version)
    halvings = top_level(size) - level
    box = tile_box(size, halvings, x, y)
    if halvings < BASE:
        part = reduced(store.crop(version, source_box(box, halvings, size)), halvings)
    else:
        part = shelf.coarse(store, version).levels[halvings - BASE][box.slices]
    return shown(part, store.metadata(version).icc_profile)


def thumbnail(shelf: Shelf, store: History, version: str, side: int) -> Shown:
    """A version in a square of `side` pixels, never enlarged."""
    size = size_of(store, version)
    scale = min(1.0, side / max(size.width, size.height))
    wanted = (max(1, round(size.width * scale)), max(1, round(size.height * scale)))
    halvings = next((n for n in range(top_level(size), -1, -1) if max(_sides(level_size(size, n))) >= max(wanted)), 0)
    if halvings < BASE:
        part = reduced(store.checkout(version).pixels, halvings)
    else:
        part = shelf.coarse(store, version).levels[halvings - BASE]
    view = shown(part, store.metadata(version).icc_profile)
    return np.asarray(cv2.resize(view, wanted, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def part_of(store: History, version: str, box: Box) -> Shown:
    """The part of a version in `box`, at full size where it is not larger than a screen."""
    return shown(fitted(store.crop(version, box)), store.metadata(version).icc_profile)


def fitted(pixels: Pixels) -> Pixels:
    """Pixels halved until no side is longer than `LONGEST_VIEW`."""
    longest = max(pixels.shape[:2])
    return reduced(pixels, next(n for n in range(32) if -(-longest >> n) <= LONGEST_VIEW))


def size_of(store: History, version: str) -> Size:
    """The size of a version's picture."""
    grid = store.grid(version)
    return Size(grid.width, grid.height)


def shown(pixels: Pixels, icc: bytes | None) -> Shown:
    """Pixels of a picture as a screen shows them; alpha is kept."""
    rgb = to_srgb(pixels, icc)
    if pixels.shape[2] not in (2, 4):
        return rgb
    alpha = pixels[:, :, -1:]
    if alpha.dtype == np.uint16:
        alpha = np.rint(alpha / 257)
    return np.concatenate([rgb, alpha.astype(np.uint8)], axis=2)


def exact_webp(view: Shown) -> bytes:
    """Lossless, so that what is judged at full size are the version's own pixels; 2 to 4 ms a tile, which is no more
    than a lossy one takes (measured), at five to nine times the bytes."""
    return _webp(view, lossless=True, quality=0, method=0, exact=True)


def small_webp(view: Shown) -> bytes:
    """Lossy, for thumbnails."""
    return _webp(view, quality=_THUMBNAIL_QUALITY, method=2)


def _webp(view: Shown, **options: bool | int) -> bytes:
    out = BytesIO()
    Image.fromarray(np.ascontiguousarray(view)).save(out, "WEBP", **options)
    return out.getvalue()


def png(view: Shown) -> bytes:
    """Lossless, packed quickly."""
    out = BytesIO()
    Image.fromarray(np.ascontiguousarray(view)).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _sides(size: Size) -> tuple[int, int]:
    return size.width, size.height
