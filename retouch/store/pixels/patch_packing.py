"""A patch as bytes, and its hash: what stands in the journal until a version holds it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from retouch.errors import DamagedError
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Pixels
from retouch.store.canonical import digest
from retouch.store.pixels import codec


@dataclass(frozen=True, slots=True)
class PackedPatch:
    """`hash` covers box, depth, mask and the pixels under the mask; `pixels` is None where a version holds them."""

    box: Box
    channels: int
    depth: int
    hash: bytes
    mask: bytes
    pixels: bytes | None


def pack(patch: Patch) -> PackedPatch:
    return PackedPatch(
        box=patch.box,
        channels=patch.pixels.shape[2],
        depth=patch.pixels.dtype.itemsize * 8,
        hash=patch_hash(patch),
        mask=codec.compress(np.packbits(patch.mask).tobytes()),
        pixels=b"" if patch.empty else codec.encode(patch.pixels[None])[0],
    )


def unpack(packed: PackedPatch, kept: Pixels | None = None) -> Patch:
    """The inverse of `pack`; `kept` are the box's pixels where a version holds them. DamagedError if hashes differ."""
    box, area = packed.box, packed.box.area
    bits = np.frombuffer(codec.decompress(packed.mask, -(-area // 8)), np.uint8)
    mask = np.unpackbits(bits, count=area).reshape(box.height, box.width).astype(np.bool_)
    pixels = kept if packed.pixels is None else _decoded(packed)
    if pixels is None:
        raise DamagedError(f"the pixels of patch {box} are missing")
    patch = Patch(box, pixels, mask)
    if patch_hash(patch) != packed.hash:
        raise DamagedError(f"the stored patch {box} does not match its hash")
    return patch


def patch_hash(patch: Patch) -> bytes:
    """Two patches with the same hash do the same to every picture."""
    shape = f"{patch.box} {patch.pixels.shape[2]} {patch.pixels.dtype.itemsize}".encode()
    masked = patch.pixels * patch.mask[:, :, None]
    return digest("patch", shape, np.packbits(patch.mask).tobytes(), masked.tobytes())


def _decoded(packed: PackedPatch) -> Pixels:
    box = packed.box
    if box.empty:
        return np.empty((box.height, box.width, packed.channels), np.uint8 if packed.depth == 8 else np.uint16)
    pixels: Pixels = codec.decode([packed.pixels or b""], box.height, box.width, packed.channels, packed.depth)[0]
    return pixels
