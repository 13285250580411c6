"""What travels with a picture, as it is stored: canonical JSON, bytes as base64."""

from __future__ import annotations

import base64
import json
from typing import Any

from retouch.picture import Metadata
from retouch.store.canonical import canonical, digest


def encode(metadata: Metadata) -> str:
    """The stored text; an absent field is left out, so that a field added later changes no hash."""
    fields: dict[str, Any] = {
        "icc_profile": _text(metadata.icc_profile),
        "dpi": metadata.dpi and [float(value) for value in metadata.dpi],
        "exif": _text(metadata.exif),
        "xmp": _text(metadata.xmp),
        "text": [list(pair) for pair in metadata.text] or None,
        "format": metadata.format,
    }
    return canonical({name: value for name, value in fields.items() if value is not None})


def decode(data: str) -> Metadata:
    """The inverse of `encode`."""
    fields = json.loads(data)
    dpi = fields.get("dpi")
    return Metadata(
        icc_profile=_bytes(fields.get("icc_profile")),
        dpi=(dpi[0], dpi[1]) if dpi else None,
        exif=_bytes(fields.get("exif")),
        xmp=_bytes(fields.get("xmp")),
        text=tuple((keyword, text) for keyword, text in fields.get("text", ())),
        format=fields.get("format"),
    )


def metadata_hash(data: str) -> bytes:
    return digest("metadata", data.encode("ascii"))


def _text(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode("ascii")


def _bytes(value: str | None) -> bytes | None:
    return None if value is None else base64.b64decode(value)
