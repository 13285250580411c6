"""Canonical JSON and the hashes that are made of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from blake3 import blake3

from retouch.errors import UsageError

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def canonical(value: Any) -> str:
    """The one JSON text of `value`: keys sorted, no spaces, ASCII only (so that no database refuses it).

    UsageError if it holds something that JSON cannot say, such as NaN or an array.
    """
    try:
        return _ENCODER.encode(value)
    except (TypeError, ValueError) as error:
        raise UsageError(f"a stored record must be plain JSON: {error}", hint="convert numpy values and NaN") from error


def digester(purpose: str) -> Callable[[bytes], bytes]:
    """`digest` of a single part, for many of them: half a microsecond each less (measured)."""
    head = f"retouch {purpose} 1 ".encode()
    return lambda part: blake3(b"%b%d\n%b" % (head, len(part), part)).digest()


def digest(purpose: str, *parts: bytes) -> bytes:
    """blake3 (32 bytes) of the parts, each with its length in front; `purpose` keeps kinds of hashes apart."""
    lengths = " ".join(map(str, map(len, parts)))
    return blake3(f"retouch {purpose} 1 {lengths}\n".encode() + b"".join(parts)).digest()
