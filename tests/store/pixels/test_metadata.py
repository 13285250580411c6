"""Metadata: stored without loss, and the same metadata has the same hash."""

from __future__ import annotations

import pytest

from retouch.picture import Metadata
from retouch.store.pixels.metadata import decode, encode, metadata_hash

FULL = Metadata(
    icc_profile=bytes(range(256)),
    dpi=(299.9994, 72.0),
    exif=b"Exif\0\0",
    xmp=b"<x/>",
    text=(("Title", "蘭亭集序"), ("Title", "twice")),
    format="TIFF",
)


@pytest.mark.parametrize("metadata", [Metadata(), FULL, Metadata(icc_profile=b"")])
def test_metadata_come_back(metadata: Metadata) -> None:
    assert decode(encode(metadata)) == metadata


def test_other_metadata_have_another_hash() -> None:
    assert metadata_hash(encode(FULL)) == metadata_hash(encode(decode(encode(FULL))))
    assert metadata_hash(encode(FULL)) != metadata_hash(encode(Metadata()))
