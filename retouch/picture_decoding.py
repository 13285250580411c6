"""From the bytes of a picture file to a `Picture`: format, limits, depth, orientation, metadata."""

from __future__ import annotations

import re
import struct
import warnings
import zlib
from typing import Any, BinaryIO

import cv2
import numpy as np
from PIL import (
    BmpImagePlugin,
    ExifTags,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from retouch.errors import PictureError, TooLargeError
from retouch.picture import Metadata, Picture, Pixels

READABLE = "PNG, JPEG, WebP, TIFF or BMP"

# The plugins are called directly: `Image.open` has a size limit of its own, which is a global of the process.
_PLUGINS: tuple[tuple[bytes, type[ImageFile.ImageFile]], ...] = (
    (rb"\x89PNG\r\n\x1a\n", PngImagePlugin.PngImageFile),
    (rb"\xff\xd8\xff", JpegImagePlugin.JpegImageFile),
    (rb"RIFF....WEBP", WebPImagePlugin.WebPImageFile),
    (rb"II[*+]\x00|MM\x00[*+]", TiffImagePlugin.TiffImageFile),
    (rb"BM", BmpImagePlugin.BmpImageFile),
    (rb"GIF8[79]a", GifImagePlugin.GifImageFile),
)
_STRANGERS = (
    (rb"%PDF", "a PDF document"),
    (rb"%!PS", "a PostScript file"),
    (rb"\x00\x00\x00.ftyp(avif|avis)", "an AVIF picture"),
    (rb"\x00\x00\x00.ftyp(hei|hev|mif1|msf1)", "a HEIC picture"),
    (rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (rb"8BPS", "a Photoshop file"),
    (rb"\x00\x00\x01\x00", "an icon"),
    (rb"\s*<(\?xml|svg|!DOCTYPE)", "an SVG, XML or HTML text"),
)
_DECODING_FAULTS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    struct.error,
    zlib.error,
)
"""What Pillow's decoders raise for damaged files."""

_STRUCTURAL_TAGS = {*range(254, 260), 262, 263, 266, *range(273, 280), 280, 281, 282, 283, 284, 296, 317, 320}
_STRUCTURAL_TAGS |= {*range(322, 326), 330, 332, 338, 339, 347, 700, 34675}
"""TIFF tags that describe the layout of the pixels or are carried as a field of their own, not EXIF facts."""


def decode(stream: BinaryIO, name: str, max_pixels: int) -> Picture:
    """Read a picture from a seekable stream; `name` is how errors call it. PictureError for anything unusable."""
    with warnings.catch_warnings():
        # Pillow warns of odd metadata; the pixels are right nevertheless and the metadata is carried as it is.
        warnings.simplefilter("ignore")
        image = _identify(stream, name)
        _refuse_unsuitable(image, name, max_pixels)
        pixels = _pixels(image, stream, name)
        orientation = _orientation(image)
        metadata = _metadata(image)
    return Picture(_upright(pixels, orientation), metadata)


def _identify(stream: BinaryIO, name: str) -> ImageFile.ImageFile:
    head = stream.read(32)
    stream.seek(0)
    if not head:
        raise PictureError(f"{name}: the file is empty; expected a {READABLE} picture")
    for magic, plugin in _PLUGINS:
        if re.match(magic, head, re.DOTALL):
            return _opened(plugin, stream, name, head)
    what = next((what for magic, what in _STRANGERS if re.match(magic, head, re.DOTALL)), "no picture that is known")
    raise PictureError(f"{name}: the file is {what}; expected {READABLE}", hint="export it as PNG")


def _opened(plugin: type[ImageFile.ImageFile], stream: BinaryIO, name: str, head: bytes) -> ImageFile.ImageFile:
    try:
        return plugin(stream, name)
    except _DECODING_FAULTS as error:
        kind = plugin.format or "picture"
        if kind == "PNG" and 0 in struct.unpack(">II", head[16:24].rjust(8, b"\x01")):
            raise PictureError(f"{name}: the PNG has no width or no height; expected at least 1x1 pixels") from error
        raise _broken(name, kind, error) from error


def _broken(name: str, kind: str, error: Exception) -> PictureError:
    return PictureError(
        f"{name}: the {kind} file is broken or truncated ({error}); expected a complete picture",
        hint="fetch or export the picture again",
    )


def _refuse_unsuitable(image: ImageFile.ImageFile, name: str, max_pixels: int) -> None:
    """All that the header can tell, before any pixel is decoded."""
    width, height = image.size
    if width < 1 or height < 1:
        raise PictureError(f"{name}: the picture is {width}x{height}; expected at least 1x1 pixels")
    if width * height > max_pixels:
        raise TooLargeError(
            f"{name}: the picture has {width}x{height} = {width * height} pixels; the limit is {max_pixels}",
            hint="scale it down, or raise the limit with RETOUCH_MAX_PIXELS",
        )
    frames = _frames(image, name)
    if frames > 1:
        what = "pages" if image.format == "TIFF" else "frames of an animation"
        raise PictureError(
            f"{name}: the file holds {frames} {what}; expected one picture", hint="export the one wanted"
        )
    if image.format == "GIF":
        raise PictureError(f"{name}: the file is a GIF; expected {READABLE}", hint="save it as PNG, nothing is lost")
    if image.mode in ("CMYK", "YCCK", "LAB", "HSV"):
        raise PictureError(
            f"{name}: the picture is {image.mode}; expected RGB or grey", hint="convert it to sRGB first"
        )
    if image.mode in ("F", "I") or _sample_format(image) != 1:
        raise PictureError(f"{name}: the picture has float, signed or 32-bit values; expected 8 or 16 bit unsigned")


def _frames(image: ImageFile.ImageFile, name: str) -> int:
    try:
        return int(getattr(image, "n_frames", 1))
    except _DECODING_FAULTS as error:
        raise _broken(name, image.format or "picture", error) from error


def _sample_format(image: ImageFile.ImageFile) -> int:
    """TIFF's SampleFormat: 1 unsigned (also the default), 2 signed, 3 float."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return 1
    return int(image.tag_v2.get(339, (1,))[0])


def _depth(image: ImageFile.ImageFile, stream: BinaryIO) -> int:
    """Bits per channel by the file's header; Pillow's mode hides 16 bit in all but grey pictures."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return int(max(image.tag_v2.get(258, (8,))))
    if image.format == "PNG":
        stream.seek(24)
        return int(stream.read(1)[0])
    return 8


def _pixels(image: ImageFile.ImageFile, stream: BinaryIO, name: str) -> Pixels:
    depth = _depth(image, stream)
    try:
        image.load()  # of 16-bit pictures, too: OpenCV fills up a truncated file without a word
    except _DECODING_FAULTS as error:
        raise _broken(name, image.format or "picture", error) from error
    if depth <= 8:
        return _shallow(image)
    if depth != 16:
        raise PictureError(f"{name}: the picture has {depth} bits per channel; expected 8 or 16")
    return _deep(image, stream, name)


def _shallow(image: Image.Image) -> Pixels:
    """8-bit pixels: palettes become RGB, transparency of a palette or a colour becomes alpha, 1 bit becomes grey."""
    transparent = image.has_transparency_data
    base = "L" if image.mode in ("1", "L", "LA") else "RGB"
    pixels = np.asarray(image.convert(base + "A" if transparent else base))
    return pixels[:, :, None] if pixels.ndim == 2 else pixels


def _deep(image: ImageFile.ImageFile, stream: BinaryIO, name: str) -> Pixels:
    """16-bit pixels by OpenCV, in RGB order and without the channels that it adds."""
    _refuse_odd_tiff(image, name)
    stream.seek(0)
    raw = np.frombuffer(stream.read(), np.uint8)
    found = cv2.imdecode(raw, cv2.IMREAD_UNCHANGED)
    if found is None or found.dtype != np.uint16:
        raise PictureError(
            f"{name}: this form of 16-bit {image.format} cannot be decoded", hint="save it as 16-bit PNG"
        )
    if found.ndim == 2:
        return _deep_grey(image, found[:, :, None].astype(np.uint16))
    order = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGBA}[found.shape[2]]
    pixels = cv2.cvtColor(found, order).astype(np.uint16)
    if image.format == "PNG" and raw[25] in (0, 4):  # the colour type: grey, grey with alpha
        pixels = pixels[:, :, ::3]
    elif image.format == "TIFF" and image.mode != "RGBA":
        pixels = pixels[:, :, :3]
    return np.ascontiguousarray(pixels)


def _refuse_odd_tiff(image: ImageFile.ImageFile, name: str) -> None:
    """Forms of 16-bit TIFF that OpenCV misreads without a word."""
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return
    if image.mode not in ("RGB", "RGBA", "RGBX") and not image.mode.startswith("I;16"):
        odd = f"16-bit {image.mode}"
    elif image.tag_v2.get(284) == 2:
        odd = "16 bit with separate colour planes"
    elif 1 in image.tag_v2.get(338, ()):
        odd = "16 bit with premultiplied alpha"
    else:
        return
    raise PictureError(f"{name}: the TIFF is {odd}; expected 16-bit grey, RGB or RGBA", hint="save it as 16-bit PNG")


def _deep_grey(image: ImageFile.ImageFile, pixels: Pixels) -> Pixels:
    """16-bit grey with what OpenCV leaves out: TIFF's white-is-zero, PNG's transparent grey value."""
    if isinstance(image, TiffImagePlugin.TiffImageFile) and image.tag_v2.get(262) == 0:
        return 65535 - pixels
    clear = image.info.get("transparency")
    if not isinstance(clear, int):
        return pixels
    return np.dstack([pixels, np.where(pixels == clear, 0, 65535).astype(np.uint16)])


def _orientation(image: ImageFile.ImageFile) -> int:
    """EXIF orientation 1 to 8; 1 where there is none or the tag makes no sense."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except _DECODING_FAULTS:
        return 1
    return value if value in range(1, 9) else 1


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Turned so that the picture stands as it is meant to be shown (EXIF 2.32, tag 274)."""
    turned = pixels.transpose(1, 0, 2) if orientation >= 5 else pixels
    if orientation in (3, 4, 7, 8):
        turned = turned[::-1]
    if orientation in (2, 3, 6, 7):
        turned = turned[:, ::-1]
    return turned


def _metadata(image: ImageFile.ImageFile) -> Metadata:
    dpi = image.info.get("dpi")
    xmp = image.info.get("xmp")
    return Metadata(
        icc_profile=image.info.get("icc_profile") or None,
        dpi=(float(dpi[0]), float(dpi[1])) if dpi and min(dpi) > 0 else None,
        exif=_exif(image),
        xmp=_without_orientation(xmp) if isinstance(xmp, bytes) else None,
        text=_text(image),
        format=image.format,
    )


def _exif(image: ImageFile.ImageFile) -> bytes | None:
    """The EXIF block without the orientation tag; byte for byte as found where it has none."""
    raw = image.info.get("exif")
    try:
        exif = image.getexif()
        facts = {int(tag) for tag in exif} - (_STRUCTURAL_TAGS if image.format == "TIFF" else set())
        if not facts - {ExifTags.Base.Orientation}:
            return None
        if raw and ExifTags.Base.Orientation not in exif and image.format != "TIFF":
            return bytes(raw)
        for tag in set(exif) - (facts - {ExifTags.Base.Orientation}):
            del exif[tag]
        return exif.tobytes()
    except _DECODING_FAULTS:
        return bytes(raw) if raw else None


def _without_orientation(xmp: bytes) -> bytes:
    """XMP repeats the orientation, as an attribute or as an element."""
    bare = re.sub(rb'\s+tiff:Orientation="[0-9]"', b"", xmp)
    return re.sub(rb"<tiff:Orientation>[0-9]</tiff:Orientation>", b"", bare)


def _text(image: Any) -> tuple[tuple[str, str], ...]:
    if image.format != "PNG":
        return ()
    return tuple((str(k), str(v)) for k, v in image.text.items() if k != "XML:com.adobe.xmp")
