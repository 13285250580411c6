"""Canonical JSON and the hashes that are made of it."""

from __future__ import annotations

import json
from typing import Any

from blake3 import blake3

from retouch.errors import UsageError


def canonical(value: Any) -> str:
    """The one JSON text of `value`: keys sorted, no spaces, ASCII only (so that no database refuses it).

    UsageError if it holds something that JSON cannot say, such as NaN or an array.
    """
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise UsageError(f"a stored record must be plain JSON: {error}", hint="convert numpy values and NaN") from error


def digest(purpose: str, *parts: bytes) -> bytes:
    """blake3 (32 bytes) of the parts, each with its length in front; `purpose` keeps kinds of hashes apart."""
    hasher = blake3(f"retouch {purpose} 1\n".encode())
    for part in parts:
        hasher.update(len(part).to_bytes(8, "little"))
        hasher.update(part)
    return hasher.digest()


def seal(table: str, *values: str | int | float | bytes | None) -> bytes:
    """The hash of a row's values in the order of its columns; it stands in the row and is checked on reading."""
    plain = [value.hex() if isinstance(value, bytes) else value for value in values]
    return digest(f"row {table}", canonical(plain).encode("ascii"))
