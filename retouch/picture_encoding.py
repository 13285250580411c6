"""From a `Picture` to the bytes of a file: lossless but for JPEG, with everything the format can carry."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin, TiffImagePlugin

from retouch.colour import is_srgb
from retouch.errors import PictureError
from retouch.picture import Picture

ENDINGS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WebP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".bmp": "BMP",
}
"""File endings that can be written and their formats; JPEG is the only lossy one."""

_LONGEST_SIDE = {"JPEG": 65_500, "WebP": 16_383}
_JPEG_QUALITY = 95
"""Together with full colour resolution (4:4:4); text keeps clean edges at this quality."""
_EXIF_PREFIX = b"Exif\x00\x00"
_INCHES_PER_METRE = 1 / 0.0254


def encode(picture: Picture, kind: str, name: str) -> bytes:
    """The file's bytes in the format `kind` (a value of `ENDINGS`); PictureError where it cannot hold the picture."""
    refuse_lossy(picture, kind, name)
    try:
        return _ENCODERS[kind](picture)
    except (OSError, ValueError, struct.error) as error:
        raise PictureError(f"{name}: writing {kind} failed ({error})", hint="save it as PNG") from error


def refuse_lossy(picture: Picture, kind: str, name: str) -> None:
    """PictureError for what the format would drop without a word."""
    longest = _LONGEST_SIDE.get(kind)
    if longest and max(picture.size.width, picture.size.height) > longest:
        side = max(picture.size.width, picture.size.height)
        raise PictureError(f"{name}: a side has {side} pixels, {kind} holds {longest}", hint="save it as PNG")
    if picture.depth == 16 and kind in ("JPEG", "WebP", "BMP"):
        raise PictureError(f"{name}: the picture has 16 bit, {kind} holds 8", hint="save it as PNG or TIFF")
    if picture.alpha is not None and kind in ("JPEG", "BMP"):
        raise PictureError(f"{name}: the picture has an alpha channel, {kind} has none", hint="save it as PNG or WebP")
    if picture.depth == 16 and kind == "TIFF" and picture.mode == "LA":
        raise PictureError(f"{name}: 16-bit grey with alpha is not written as TIFF", hint="save it as PNG")
    if kind == "BMP" and not is_srgb(picture.metadata.icc_profile, len(picture.mode)):
        raise PictureError(f"{name}: BMP cannot carry the picture's colour profile", hint="save it as PNG or TIFF")


def _image(picture: Picture) -> Image.Image:
    """As Pillow's image; only 8 bit and 16-bit grey have one."""
    pixels = picture.pixels
    return Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)


def _carried(picture: Picture, *fields: str) -> dict[str, Any]:
    found = {field: getattr(picture.metadata, field) for field in fields}
    return {field: value for field, value in found.items() if value is not None}


def _saved(picture: Picture, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    _image(picture).save(out, kind, **options)
    return out.getvalue()


def encode_png(picture: Picture, level: int = 6) -> bytes:
    """PNG with profile, resolution, EXIF, XMP and text; `level` 0 to 9 is zlib's effort."""
    if picture.depth == 16:
        return _deep_png(picture, level)
    chunks = PngImagePlugin.PngInfo()
    for keyword, text in picture.metadata.text:
        chunks.add_itxt(keyword, text)
    if picture.metadata.xmp:
        chunks.add_itxt("XML:com.adobe.xmp", picture.metadata.xmp.decode("utf-8", "replace"))
    carried = _carried(picture, "icc_profile", "dpi", "exif")
    return _saved(picture, "PNG", pnginfo=chunks, compress_level=level, **carried)


def _jpeg(picture: Picture) -> bytes:
    carried = _carried(picture, "icc_profile", "dpi", "exif", "xmp")
    if "dpi" in carried:
        carried["dpi"] = tuple(round(value) for value in carried["dpi"])
    return _saved(picture, "JPEG", quality=_JPEG_QUALITY, subsampling=0, **carried)


def _webp(picture: Picture) -> bytes:
    # `exact` keeps the colour of fully transparent pixels, which the encoder would otherwise flatten.
    carried = _carried(picture, "icc_profile", "exif", "xmp")
    return _saved(picture, "WebP", lossless=True, exact=True, quality=75, method=4, **carried)


def _bmp(picture: Picture) -> bytes:
    return _saved(picture, "BMP", **_carried(picture, "dpi"))


# Pillow writes 16 bit for grey only, OpenCV writes no metadata; hence these two.


def _deep_png(picture: Picture, level: int) -> bytes:
    """16-bit PNG (ISO/IEC 15948): header, metadata chunks, filtered and deflated rows."""
    colour_type = {"L": 0, "LA": 4, "RGB": 2, "RGBA": 6}[picture.mode]
    header = struct.pack(">IIBBBBB", picture.size.width, picture.size.height, 16, colour_type, 0, 0, 0)
    rows = zlib.compress(_filtered_rows(picture.pixels), level)
    chunks = [(b"IHDR", header), *_metadata_chunks(picture), (b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _filtered_rows(pixels: NDArray[Any]) -> bytes:
    """Each row with the PNG filter `up` (2) in front: differences to the row above, modulo 256."""
    height = pixels.shape[0]
    rows = np.ascontiguousarray(pixels.astype(">u2")).view(np.uint8).reshape(height, -1)
    above = np.vstack([np.zeros_like(rows[:1]), rows[:-1]])
    return np.hstack([np.full((height, 1), 2, np.uint8), rows - above]).tobytes()


def _metadata_chunks(picture: Picture) -> list[tuple[bytes, bytes]]:
    metadata, chunks = picture.metadata, list[tuple[bytes, bytes]]()
    if metadata.icc_profile:
        chunks.append((b"iCCP", b"ICC Profile\x00\x00" + zlib.compress(metadata.icc_profile)))
    if metadata.dpi:
        x, y = (round(value * _INCHES_PER_METRE) for value in metadata.dpi)
        chunks.append((b"pHYs", struct.pack(">IIB", x, y, 1)))
    if metadata.exif:
        chunks.append((b"eXIf", metadata.exif.removeprefix(_EXIF_PREFIX)))
    texts = list(metadata.text)
    if metadata.xmp:
        texts.append(("XML:com.adobe.xmp", metadata.xmp.decode("utf-8", "replace")))
    for keyword, text in texts:
        # keyword, not compressed, no language, no translated keyword
        chunks.append((b"iTXt", keyword.encode("latin-1", "replace") + b"\x00\x00\x00\x00\x00" + text.encode()))
    return chunks


def _tiff(picture: Picture) -> bytes:
    """TIFF 6.0 in one deflated strip; Pillow serialises the directory. (Its own writer loses EXIF when it deflates.)"""
    depth, channels = picture.depth, picture.pixels.shape[2]
    strip = zlib.compress(np.ascontiguousarray(picture.pixels.astype(f"<u{depth // 8}")).tobytes())
    tags = _tiff_facts(picture)
    tags[256], tags[257] = picture.size.width, picture.size.height
    tags[258], tags[259] = (depth,) * channels, 8  # bits of each channel; Adobe deflate
    tags[262] = 1 if channels < 3 else 2  # black is zero; RGB
    tags[273], tags[278], tags[279] = 0, picture.size.height, len(strip)  # Pillow adds the directory's end to 273
    tags[277], tags[284] = channels, 1  # channels stand together
    if channels in (2, 4):
        tags[338] = 2  # alpha, not premultiplied
    return b"II*\x00\x08\x00\x00\x00" + tags.tobytes(8) + strip


def _tiff_facts(picture: Picture) -> TiffImagePlugin.ImageFileDirectory_v2:
    """What the picture carries as TIFF tags; EXIF with its two nested directories, Exif and GPS."""
    metadata = picture.metadata
    tags = TiffImagePlugin.ImageFileDirectory_v2(b"II*\x00\x00\x00\x00\x00")
    if metadata.exif:
        exif = Image.Exif()
        exif.load(metadata.exif)
        nested = {tag: dict(exif.get_ifd(tag)) for tag in (34665, 34853)}
        for tag, value in {**exif, **nested}.items():
            if value:
                tags[tag] = value
    if metadata.dpi:
        tags[282], tags[283], tags[296] = *metadata.dpi, 2
    for tag, block in ((34675, metadata.icc_profile), (700, metadata.xmp)):
        if block:
            tags[tag] = block
    return tags


_ENCODERS: dict[str, Callable[[Picture], bytes]] = {
    "PNG": encode_png,
    "JPEG": _jpeg,
    "WebP": _webp,
    "TIFF": _tiff,
    "BMP": _bmp,
}
