"""A picture in memory: its pixels as they are stored, and what must travel with them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retouch.errors import PictureError
from retouch.geometry import Box, Size

MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}

Pixels = NDArray[np.unsignedinteger[Any]]
"""uint8 or uint16, (height, width, channels)."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a picture carries beside its pixels. Orientation has been applied, so `exif` no longer holds the tag."""

    icc_profile: bytes | None = None
    dpi: tuple[float, float] | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    text: tuple[tuple[str, str], ...] = ()
    """PNG text chunks: keyword and text."""
    format: str | None = None
    """Pillow's name of the file format it came from, e.g. "PNG"."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """`pixels`: uint8 or uint16, C-contiguous (height, width, channels); channels 1 to 4 are L, LA, RGB, RGBA.

    Values are in the picture's own profile and depth, and read-only. Two pictures are compared with `same_pixels`.
    """

    pixels: Pixels
    metadata: Metadata = field(default_factory=Metadata)

    def __post_init__(self) -> None:
        p = self.pixels
        if p.ndim != 3 or p.shape[2] not in MODES or p.dtype not in (np.uint8, np.uint16) or 0 in p.shape:
            raise PictureError(
                f"pixels are {p.dtype} {p.shape}; expected uint8 or uint16 (height, width, 1 to 4 channels), not empty"
            )
        p = np.ascontiguousarray(p).view()
        p.flags.writeable = False
        object.__setattr__(self, "pixels", p)

    @property
    def size(self) -> Size:
        return Size(self.pixels.shape[1], self.pixels.shape[0])

    @property
    def box(self) -> Box:
        """The whole picture as a box."""
        return Box(0, 0, *self._extent)

    @property
    def _extent(self) -> tuple[int, int]:
        return self.pixels.shape[1], self.pixels.shape[0]

    @property
    def mode(self) -> str:
        """`L`, `LA`, `RGB` or `RGBA`."""
        return MODES[self.pixels.shape[2]]

    @property
    def depth(self) -> int:
        """Bits per channel: 8 or 16."""
        return self.pixels.dtype.itemsize * 8

    @property
    def alpha(self) -> Pixels | None:
        """The alpha plane (height, width), or None."""
        return self.pixels[:, :, -1] if self.pixels.shape[2] in (2, 4) else None

    def crop(self, box: Box) -> Picture:
        """The part inside `box`, which must lie inside the picture; metadata is kept."""
        if box.empty or not self.box.contains(box):
            raise PictureError(f"crop {box} does not lie inside the picture of {self.size.width}x{self.size.height}")
        return replace(self, pixels=self.pixels[box.slices])

    def same_pixels(self, other: Picture) -> bool:
        """True if size, mode, depth and every value are equal."""
        return self.pixels.dtype == other.pixels.dtype and np.array_equal(self.pixels, other.pixels)

    def srgb(self, box: Box | None = None) -> NDArray[np.uint8]:
        """The pixels (or those of `box`) as 8-bit sRGB (height, width, 3), alpha left out; see `retouch.colour`."""
        from retouch.colour import to_srgb

        part = self.pixels if box is None else self.crop(box).pixels
        return to_srgb(part, self.metadata.icc_profile)

    def _repr_png_(self) -> bytes:
        from retouch.picture_file import encode_png

        return encode_png(self)

    def __repr__(self) -> str:
        return f"<Picture {self.size.width}x{self.size.height} {self.mode} {self.depth} bit>"

    @classmethod
    def open(cls, path: Any) -> Picture:
        """Read a picture file; see `retouch.picture_file.read`."""
        from retouch.picture_file import read

        return read(path)

    def save(self, path: Any) -> None:
        """Write to `path`; the ending names the format; see `retouch.picture_file.write`."""
        from retouch.picture_file import write

        write(self, path)
