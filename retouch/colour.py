"""From a picture's own values to 8-bit sRGB and back, so that every part works in one colour space.

Law: `from_srgb(to_srgb(p, icc), p, icc)` equals `p` bit for bit. A value is converted back only where the sRGB value
was changed, so no picture suffers from being looked at.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from retouch.picture import Pixels

RGB = NDArray[np.uint8]

_STEP = 257
"""One 8-bit step in 16 bit: 255 × 257 = 65535, so black and white are exact in both directions."""
_IDENTITY_TOLERANCE = 1
"""sRGB profiles of different makers differ by at most one of 255 after rounding; such a profile needs no conversion."""


def to_srgb(pixels: Pixels, icc: bytes | None = None) -> RGB:
    """uint8 or uint16 (height, width, 1 to 4 channels) as a new uint8 sRGB array (height, width, 3), alpha left out.

    16 bit is rounded to 8. Values without a profile are taken for sRGB, and so are those under a profile that is
    damaged or made for another number of channels (`profile_fault` says so): what picture viewers do as well.
    """
    shallow = _to_8_bit(pixels[:, :, : _colours(pixels)])
    transform = _transform(icc, shallow.shape[2], "to-srgb") if icc else None
    if transform is not None:
        return _apply(transform, shallow)
    return np.repeat(shallow, 3, axis=2) if shallow.shape[2] == 1 else shallow.copy()


def from_srgb(rgb: RGB, like: Pixels, icc: bytes | None = None) -> Pixels:
    """`rgb` (height, width, 3) in the profile, depth and channels of `like`, the parent's pixels at the same place.

    Alpha is that of `like`; grey stays grey (its luma, ITU-R BT.601, where the profile names no other way); 16 bit is
    8 bit × 257. Where `rgb` equals `to_srgb(like)` the value of `like` is kept.
    """
    colours = _colours(like)
    transform = _transform(icc, colours, "from-srgb") if icc else None
    if transform is not None:
        own: Pixels = _apply(transform, rgb)
    else:
        own = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)[:, :, None].astype(np.uint8) if colours == 1 else rgb
    if like.dtype == np.uint16:
        own = own.astype(np.uint16) * _STEP
    changed = (rgb != to_srgb(like, icc)).any(axis=2)
    out = like.copy()
    out[changed, :colours] = own[changed]
    return out


def profile_fault(icc: bytes | None, channels: int) -> str | None:
    """Why the profile cannot be used for pixels of so many channels, in words; None if it can, or if there is none."""
    if icc is None:
        return None
    space = _space(icc)
    wanted = "GRAY" if channels < 3 else "RGB"
    if space is None:
        return "the colour profile is damaged and was ignored; values are taken for sRGB"
    if space != wanted:
        return f"the colour profile is for {space}, the picture is {wanted}; it was ignored, values are taken for sRGB"
    return None


def is_srgb(icc: bytes | None, channels: int) -> bool:
    """True if values under this profile are sRGB already, or are taken for sRGB."""
    return icc is None or _transform(icc, 1 if channels < 3 else 3, "to-srgb") is None


def _colours(pixels: Pixels) -> int:
    return 1 if pixels.shape[2] < 3 else 3


def _to_8_bit(pixels: Pixels) -> RGB:
    if pixels.dtype == np.uint8:
        return pixels.astype(np.uint8, copy=False)
    return ((pixels.astype(np.uint32) + _STEP // 2) // _STEP).astype(np.uint8)


@lru_cache(maxsize=16)
def _space(icc: bytes) -> str | None:
    """The ICC colour space signature, e.g. "RGB" or "GRAY"; None if the profile cannot be read."""
    try:
        return ImageCms.ImageCmsProfile(BytesIO(icc)).profile.xcolor_space.strip()
    except (OSError, TypeError, ImageCms.PyCMSError):
        return None


@lru_cache(maxsize=16)
def _transform(icc: bytes, colours: int, way: Literal["to-srgb", "from-srgb"]) -> Any | None:
    """The colour transform, or None where none is needed or possible."""
    if profile_fault(icc, colours) is not None:
        return None
    own, srgb = ImageCms.ImageCmsProfile(BytesIO(icc)), ImageCms.createProfile("sRGB")
    mode = "L" if colours == 1 else "RGB"
    try:
        forth = _build(own, srgb, mode, "RGB")
        back = _build(srgb, own, "RGB", mode)
    except ImageCms.PyCMSError:
        return None
    if _changes_nothing(forth, colours):
        return None
    return forth if way == "to-srgb" else back


def _build(source: Any, target: Any, mode_in: str, mode_out: str) -> Any:
    """Relative colorimetric with black-point compensation: what both profiles can show is left as it is."""
    return ImageCms.buildTransform(
        source,
        target,
        mode_in,
        mode_out,
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


def _changes_nothing(transform: Any, colours: int) -> bool:
    ramp = np.arange(0, 256, 17, dtype=np.uint8)
    grid = np.stack(np.meshgrid(*[ramp] * colours, indexing="ij"), axis=-1).reshape(1, -1, colours)
    moved = np.abs(_apply(transform, grid).astype(int) - grid.astype(int))
    return int(moved.max()) <= _IDENTITY_TOLERANCE


def _apply(transform: Any, pixels: RGB) -> RGB:
    image = Image.fromarray(np.ascontiguousarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels))
    out = np.asarray(ImageCms.applyTransform(image, transform))
    return out[:, :, None].copy() if out.ndim == 2 else out.copy()
