"""Addresses and file names in a model's words, which nobody gave it: they are refused and never followed."""

from __future__ import annotations

import re
from collections.abc import Iterable

_STRANGE = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://\S+"  # any scheme
    r"|\b(?:file|data|javascript|mailto):\S+"
    r"|\bwww\.\S+"
    r"|(?:^|(?<=[\s\"'“”(=]))(?:~|\.{1,2})?/[\w.~-]+(?:/[\w.~-]*)*"  # /etc/passwd, ../x, ~/x
    r"|\b[a-z]:\\\S*|\\\\\w+\\\S*"  # C:\x, \\host\x
    r"|\$\(|`|\$\{|<script|\{\{",
    re.IGNORECASE,
)


def strange(text: str, given: Iterable[str] = ()) -> str | None:
    """The first address, path or command in `text` that does not stand in `given`, the words of the user; or None.

    A slash between words (`and/or`, `2024/25`) is none.
    """
    own = " ".join(given)
    return next((found for found in _STRANGE.findall(text) if found not in own), None)
