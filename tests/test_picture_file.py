"""Picture files: every kind that is read comes back as it went out, every other one is refused with the reason."""

from __future__ import annotations

import os
import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from retouch.errors import PictureError
from retouch.picture import Metadata, Picture
from retouch.picture_file import check_output, decode_bytes, encode_png, read, write

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LOSSLESS = (".png", ".tif", ".tiff", ".webp", ".bmp")


def values(depth: int, channels: int, height: int = 13, width: int = 17) -> Picture:
    numbers = np.random.default_rng(depth + channels).integers(0, 2**depth, (height, width, channels))
    return Picture(numbers.astype(np.uint16 if depth == 16 else np.uint8))


def exif(orientation: int | None = None) -> bytes:
    block = Image.Exif()
    block[0x010F] = "Maker"
    block.get_ifd(0x8769)[0x9003] = "2020:01:01 00:00:00"
    if orientation is not None:
        block[0x0112] = orientation
    return block.tobytes()


def tags(block: bytes | None) -> dict[int, object]:
    loaded = Image.Exif()
    loaded.load(block or b"")
    return {**{tag: loaded[tag] for tag in loaded if tag != 0x8769}, **loaded.get_ifd(0x8769)}


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, rows: bytes, depth: int = 8, colour: int = 2, extra: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


# what comes back


@pytest.mark.parametrize("ending", LOSSLESS)
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("depth", [8, 16])
def test_lossless_formats_return_every_value(tmp_path: Path, ending: str, channels: int, depth: int) -> None:
    picture, file = values(depth, channels), tmp_path / f"x{ending}"
    try:
        write(picture, file)
    except PictureError as error:
        # Refused, never flattened: these formats have no such pixels.
        assert (ending, depth) in [(".webp", 16), (".bmp", 16)] or picture.alpha is not None
        assert str(file) in str(error) and error.hint
        return
    back = read(file)
    if ending == ".webp" and channels < 3:  # WebP knows colour only
        assert np.array_equal(back.pixels[:, :, 0], picture.pixels[:, :, 0])
        assert back.alpha is None or np.array_equal(back.pixels[:, :, -1], picture.pixels[:, :, -1])
        return
    assert back.same_pixels(picture)


@pytest.mark.parametrize(("ending", "depth"), [(".png", 8), (".png", 16), (".tif", 8), (".tif", 16), (".webp", 8)])
def test_profile_exif_xmp_and_resolution_are_carried(tmp_path: Path, ending: str, depth: int) -> None:
    metadata = Metadata(icc_profile=SRGB, dpi=(300.0, 150.0), exif=exif(), xmp=b"<x:xmpmeta/>")
    file = tmp_path / f"x{ending}"
    write(Picture(values(depth, 3).pixels, metadata), file)
    back = read(file).metadata
    assert back.icc_profile == SRGB
    assert back.xmp == b"<x:xmpmeta/>"
    assert tags(back.exif) == {0x010F: "Maker", 0x9003: "2020:01:01 00:00:00"}
    if ending != ".webp":  # WebP has no field for it
        assert back.dpi == pytest.approx((300, 150), abs=0.02)


@pytest.mark.parametrize("depth", [8, 16])
def test_text_of_a_png_is_carried(depth: int) -> None:
    metadata = Metadata(text=(("Title", "蘭亭集序"), ("Author", "ü")))
    back = decode_bytes(encode_png(Picture(values(depth, 1).pixels, metadata)))
    assert back.metadata.text == metadata.text


def test_a_jpeg_keeps_its_metadata_and_nearly_its_values(tmp_path: Path) -> None:
    smooth = np.repeat(np.linspace(0, 255, 64, dtype=np.uint8)[:, None, None], 64, axis=1).repeat(3, axis=2)
    file = tmp_path / "x.jpg"
    write(Picture(smooth, Metadata(icc_profile=SRGB, dpi=(300.0, 300.0), exif=exif(), xmp=b"<x/>")), file)
    back = read(file)
    assert int(np.abs(back.pixels.astype(int) - smooth).max()) <= 3
    assert back.metadata.icc_profile == SRGB
    assert back.metadata.dpi == (300, 300)
    assert tags(back.metadata.exif)[0x010F] == "Maker"
    assert back.metadata.xmp == b"<x/>"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_once(kind: str, orientation: int) -> None:
    image = Image.fromarray(np.arange(16 * 24 * 3, dtype=np.uint32).reshape(16, 24, 3).astype(np.uint8))
    options = {"lossless": True} if kind == "WEBP" else {}
    data = saved(image, kind, exif=exif(orientation), **options)
    with Image.open(BytesIO(data)) as stored:
        expected = np.asarray(ImageOps.exif_transpose(stored))
    picture = decode_bytes(data)
    assert np.array_equal(picture.pixels, expected)
    assert 0x0112 not in tags(picture.metadata.exif)
    again = decode_bytes(encode_png(picture))
    assert again.same_pixels(picture)


def test_orientation_in_xmp_is_taken_out() -> None:
    xmp = b'<rdf:Description tiff:Orientation="6" tiff:Make="M"/><tiff:Orientation>6</tiff:Orientation>'
    picture = decode_bytes(saved(Image.new("RGB", (4, 4)), "JPEG", xmp=xmp))
    assert picture.metadata.xmp == b'<rdf:Description tiff:Make="M"/>'


@pytest.mark.parametrize(
    ("image", "options", "mode"),
    [
        (Image.new("P", (4, 4)), {}, "RGB"),
        (Image.new("P", (4, 4)), {"transparency": 0}, "RGBA"),
        (Image.new("1", (4, 4)), {}, "L"),
        (Image.new("L", (4, 4)), {"transparency": 0}, "LA"),
        (Image.new("RGB", (4, 4)), {"transparency": (0, 0, 0)}, "RGBA"),
    ],
)
def test_palettes_and_transparent_colours_become_channels(
    image: Image.Image, options: dict[str, object], mode: str
) -> None:
    picture = decode_bytes(saved(image, "PNG", **options))
    assert (picture.mode, picture.depth) == (mode, 8)
    assert picture.alpha is None or int(picture.alpha.max()) == 0


def test_sixteen_bit_grey_with_a_transparent_value_gets_alpha() -> None:
    rows = b"\x00" + struct.pack(">HHH", 5, 60000, 7)
    picture = decode_bytes(png(3, 1, rows, depth=16, colour=0, extra=chunk(b"tRNS", struct.pack(">H", 60000))))
    assert picture.pixels[0].tolist() == [[5, 65535], [60000, 0], [7, 65535]]


def test_a_gamma_chunk_does_not_change_values() -> None:
    rows = b"\x00" + struct.pack(">HHH", 100, 20000, 60000)
    picture = decode_bytes(png(1, 1, rows, depth=16, extra=chunk(b"gAMA", struct.pack(">I", 100000))))
    assert picture.pixels[0, 0].tolist() == [100, 20000, 60000]


def test_a_large_resolution_of_zero_is_no_resolution() -> None:
    rows = b"\x00\x01\x02\x03"
    assert decode_bytes(png(1, 1, rows, extra=chunk(b"pHYs", struct.pack(">IIB", 0, 0, 1)))).metadata.dpi is None


# what is refused

RED = Image.new("RGB", (32, 32), "red")
NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8))
FRAMES: dict[str, object] = {"save_all": True, "append_images": [Image.new("RGB", (32, 32), "blue")]}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"hello", "no picture that is known"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\x00\x00\x00\x20ftypavif", "an AVIF picture"),
        (b'<?xml version="1.0"?><svg/>', "SVG"),
        (saved(RED, "GIF"), "a GIF"),
        (saved(RED, "PNG", **FRAMES), "2 frames of an animation"),
        (saved(RED, "GIF", **FRAMES), "2 frames of an animation"),
        (saved(RED, "WEBP", **FRAMES), "2 frames of an animation"),
        (saved(RED, "TIFF", **FRAMES), "2 pages"),
        (saved(RED.convert("CMYK"), "JPEG"), "CMYK"),
        (saved(RED.convert("CMYK"), "TIFF"), "CMYK"),
        (saved(Image.new("F", (3, 3)), "TIFF"), "float"),
        (png(0, 5, b""), "no width or no height"),
        (png(5, 0, b""), "no width or no height"),
        (png(100_000, 100_000, b""), "the limit is 200000000"),
        (b"\x89PNG\r\n\x1a\n", "broken or truncated"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_reason(tmp_path: Path, data: bytes, said: str) -> None:
    file = tmp_path / "page.png"
    file.write_bytes(data)
    with pytest.raises(PictureError, match=said) as caught:
        read(file, max_pixels=200_000_000)
    assert str(file) in str(caught.value)
    assert "expected" in str(caught.value) or "limit" in str(caught.value)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "BMP"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
def test_truncated_files_are_refused(kind: str, share: float) -> None:
    data = saved(NOISE, kind)
    with pytest.raises(PictureError, match="broken or truncated"):
        decode_bytes(data[: int(len(data) * share)])


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_truncated_sixteen_bit_pictures_are_refused(share: float) -> None:
    data = encode_png(values(16, 3, 64, 64))
    with pytest.raises(PictureError, match="broken or truncated"):
        decode_bytes(data[: int(len(data) * share)])


def test_a_flipped_byte_in_a_png_is_noticed() -> None:
    data = bytearray(saved(NOISE, "PNG"))
    data[len(data) // 2] ^= 255
    with pytest.raises(PictureError, match="broken or truncated"):
        decode_bytes(bytes(data))


def test_the_limit_is_checked_before_anything_is_decoded() -> None:
    with pytest.raises(PictureError, match="32x32 = 1024 pixels; the limit is 1023"):
        decode_bytes(saved(RED, "PNG"), max_pixels=1023)
    assert decode_bytes(saved(RED, "PNG"), max_pixels=1024).size.area == 1024


def test_missing_files_and_folders_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="no such file"):
        read(tmp_path / "none.png")
    with pytest.raises(PictureError, match="is a folder"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("picture", "ending", "said"),
    [
        (values(16, 3), ".jpg", "16 bit"),
        (values(8, 4), ".jpg", "alpha"),
        (values(16, 1), ".webp", "16 bit"),
        (values(8, 2), ".bmp", "alpha"),
        (values(8, 3, 1, 16_400), ".webp", "holds 16383"),
        (values(16, 2), ".tif", "grey with alpha"),
        (values(8, 3), ".gif", "names no format"),
        (values(8, 3), "", "names no format"),
    ],
)
def test_nothing_is_flattened_to_fit_a_format(tmp_path: Path, picture: Picture, ending: str, said: str) -> None:
    for refuse in (write, check_output):
        with pytest.raises(PictureError, match=said):
            refuse(picture, tmp_path / f"out{ending}")
    assert list(tmp_path.iterdir()) == []


def test_output_is_checked_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="no folder"):
        check_output(values(8, 3), tmp_path / "none" / "out.png")
    check_output(values(8, 3), tmp_path / "out.png")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "out.png"
    file.write_bytes(b"the old one")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PictureError, match="No space left"):
        write(values(8, 3), file)
    assert file.read_bytes() == b"the old one"
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_is_written_through(tmp_path: Path) -> None:
    real, link = tmp_path / "real.png", tmp_path / "link.png"
    real.write_bytes(b"")
    link.symlink_to(real)
    write(values(8, 3), link)
    assert link.is_symlink()
    assert read(real).same_pixels(values(8, 3))
