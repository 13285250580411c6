"""Picture files: read one safely, write one atomically."""

from __future__ import annotations

import os
import secrets
from io import BytesIO
from pathlib import Path

from retouch.errors import PictureError
from retouch.picture import Picture
from retouch.picture_decoding import READABLE, decode
from retouch.picture_encoding import ENDINGS, encode, encode_png, refuse_lossy

__all__ = ["ENDINGS", "check_output", "decode_bytes", "encode_png", "read", "write", "write_bytes"]


def read(path: str | os.PathLike[str], max_pixels: int | None = None) -> Picture:
    """The picture in a file, upright, its metadata beside it.

    `max_pixels` (default: the setting) is checked before anything is decoded. PictureError names the file, the
    reason and what would be right: missing, a folder, no picture, broken, animated, CMYK, too large, …
    """
    file = Path(path)
    if file.is_dir():
        raise PictureError(f"{file}: this is a folder; expected a {READABLE} picture")
    try:
        with file.open("rb") as stream:
            return decode(stream, str(file), _limit(max_pixels))
    except FileNotFoundError:
        raise PictureError(f"{file}: there is no such file; expected a {READABLE} picture") from None
    except OSError as error:
        raise PictureError(f"{file}: the file cannot be read ({error.strerror or error})") from error


def decode_bytes(data: bytes, name: str = "picture", max_pixels: int | None = None) -> Picture:
    """The picture in `data`, under the same rules as `read`."""
    return decode(BytesIO(data), name, _limit(max_pixels))


def write(picture: Picture, path: str | os.PathLike[str]) -> None:
    """Write the picture; the ending names the format, `.jpg` alone is lossy.

    The file appears whole or not at all: it is written beside its place, flushed to disk and renamed. PictureError
    if the ending is unknown, the format cannot hold the picture, or the place cannot be written.
    """
    file = Path(path)
    write_bytes(encode(picture, _kind(file), str(file)), file)


def write_bytes(data: bytes, path: str | os.PathLike[str]) -> None:
    """Write an encoded picture or animation as `write` does: whole or not at all."""
    try:
        _replace(Path(path).resolve(), data)
    except OSError as error:
        raise PictureError(f"{path}: the file cannot be written ({error.strerror or error})") from error


def check_output(picture: Picture, path: str | os.PathLike[str]) -> None:
    """Raise now what `write` would raise later for a picture of this mode, depth and size; nothing is written."""
    file = Path(path)
    refuse_lossy(picture, _kind(file), str(file))
    if not file.resolve().parent.is_dir():
        raise PictureError(f"{file}: there is no folder {file.parent}", hint="make it, or name another place")
    if file.is_dir():
        raise PictureError(f"{file}: this is a folder; expected the name of a file")


def _kind(file: Path) -> str:
    kind = ENDINGS.get(file.suffix.lower())
    if kind is None:
        raise PictureError(
            f"{file}: the ending {file.suffix!r} names no format to write; expected {', '.join(ENDINGS)}",
            hint="name the output like page.png",
        )
    return kind


def _limit(max_pixels: int | None) -> int:
    if max_pixels is not None:
        return max_pixels
    from retouch.settings import load

    return load().max_pixels


def _replace(target: Path, data: bytes) -> None:
    part = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
    try:
        with part.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
