"""How pixels become bytes: planes, differences between rows, zstd.

Red and blue are stored as their difference to green, each row as its difference to the row above (both modulo
2^depth), planes one after the other, 16-bit values with all low bytes before all high bytes; then zstd level 1. On a
textured page this is smaller than PNG level 6 and 10 to 100 times faster to write (measured); on such residuals zstd
level 3 is slower and bigger. Tiles are handled in stacks, because numpy then does a row of all of them at once.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import cv2
import numpy as np
import zstandard

from retouch.errors import DamagedError
from retouch.picture import Pixels

PLANES = 1
"""The codec's number in the tile table; another way of packing gets another number."""

_LEVEL = 1
_OWN = threading.local()
"""The compressors of each thread: making one costs as much as packing a small part, and two threads cannot share it."""


def differences(stack: Pixels) -> Pixels:
    """The planes (count, channels, height, width) of a stack of pictures, uint8 or uint16 (count, height, width,
    channels 1 to 4): what `pack` takes, plane by plane or any piece of them."""
    planes = np.moveaxis(stack, 3, 1).copy()
    if planes.shape[1] >= 3:
        red, blue = planes[:, 0] - planes[:, 1], planes[:, 2] - planes[:, 1]
        planes[:, 0] = planes[:, 1]
        planes[:, 1], planes[:, 2] = red, blue
    planes[:, :, 1:] -= planes[:, :, :-1].copy()
    return planes


def pack(planes: Pixels) -> bytes:
    """The bytes of differences (channels, height, width), C-contiguous; `residuals` is the inverse."""
    return compress(_split_bytes(planes))


def encode(stack: Pixels) -> list[bytes]:
    """The bytes of each picture of a stack, uint8 or uint16 (count, height, width, channels 1 to 4)."""
    return [pack(planes) for planes in differences(stack)]


def decode(data: Sequence[bytes], height: int, width: int, channels: int, depth: int) -> Pixels:
    """The inverse of `encode`; DamagedError if the bytes are not such pixels."""
    planes = [residuals(packed, height, width, channels, depth) for packed in data]
    return np.ascontiguousarray(pixels_of(planes, height, width, channels, depth))


def pixels_of(planes: Sequence[Pixels], height: int, width: int, channels: int, depth: int) -> Pixels:
    """The pictures (count, height, width, channels) of differences, one for each of `planes`.

    The same row of all of them lies together, so that numpy does it in one step, in half the time (measured)."""
    rows = np.empty((height, len(planes), width, channels), np.uint8 if depth == 8 else np.uint16)
    stack = np.moveaxis(rows, 1, 0)
    for picture, values in zip(stack, planes, strict=True):
        weave(values, picture)
    undo_rows(rows.reshape(height, -1, channels))
    return stack


def residuals(data: bytes, height: int, width: int, channels: int, depth: int) -> Pixels:
    """The stored planes (channels, height, width), still differences; read-only."""
    raw = np.frombuffer(decompress(data, height * width * channels * depth // 8), np.uint8)
    if depth == 16:
        raw = np.ascontiguousarray(raw.reshape(2, -1).T).reshape(-1).view(np.uint16)
    return raw.reshape(channels, height, width)


def weave(planes: Pixels, out: Pixels) -> None:
    """Write planes (channels, height, width) as they are stored to `out` (height, width, channels): what is left are
    the differences between rows."""
    if len(planes) == 1:
        out[:, :, 0] = planes[0]
    elif len(planes) == 2:
        cv2.merge(list(planes), out)
    else:
        green, red, blue, *others = planes
        cv2.merge([red + green, green, blue + green, *others], out)


def undo_rows(pixels: Pixels) -> None:
    """Sum the differences between rows (…, height, width, channels) in place; all pictures of a stack at once, because
    numpy then does a row of all of them in one step."""
    above, *below = np.moveaxis(pixels.reshape(*pixels.shape[:-2], -1), -2, 0)
    for row in below:
        np.add(row, above, out=row)
        above = row


def compress(raw: bytes) -> bytes:
    """One zstd frame. Its header does not tell the size, lest a damaged one asks for gigabytes."""
    if not hasattr(_OWN, "compressor"):
        _OWN.compressor = zstandard.ZstdCompressor(level=_LEVEL, write_content_size=False)
    packed: bytes = _OWN.compressor.compress(raw)
    return packed


def decompress(data: bytes, size: int) -> bytes:
    """Exactly `size` bytes; DamagedError if there are not."""
    try:
        raw = _decompressor().decompress(data, max_output_size=size) if size else b""
    except zstandard.ZstdError as error:
        raise DamagedError(f"stored bytes cannot be unpacked: {error}") from error
    if len(raw) != size:
        raise DamagedError(f"stored bytes unpack to {len(raw)}, expected {size}")
    return raw


def _decompressor() -> zstandard.ZstdDecompressor:
    if not hasattr(_OWN, "decompressor"):
        _OWN.decompressor = zstandard.ZstdDecompressor()
    own: zstandard.ZstdDecompressor = _OWN.decompressor
    return own


def _split_bytes(planes: Pixels) -> bytes:
    raw = planes.reshape(-1).view(np.uint8)
    return raw.tobytes() if planes.dtype == np.uint8 else np.ascontiguousarray(raw.reshape(-1, 2).T).tobytes()
