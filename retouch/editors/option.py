"""Options of remote editors, checked before anything is sent."""

from __future__ import annotations

from typing import Any

from retouch.clients.patience import Limits
from retouch.errors import SpecError


def whole(part: str, option: str, value: Any) -> int:
    """An option that counts; SpecError if it is no whole number above 0."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise SpecError(f"{part}: {option}={value!r}: expected a whole number of at least 1")
    return value


def patience(part: str, timeout: Any, tries: Any) -> Limits:
    """The limits for an editor that may take `timeout` seconds to answer: twice that for a call with all its tries."""
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout < 1e6:
        raise SpecError(f"{part}: timeout={timeout!r}: expected seconds, above 0")
    return Limits(read=float(timeout), total=2.0 * timeout, tries=whole(part, "tries", tries))
