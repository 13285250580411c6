"""What a host says went wrong, as one clean line: its text is shown, and never obeyed."""

from __future__ import annotations

import contextlib
import json
import re
from typing import Any

from retouch.clients.keys import Key

LONGEST = 300
"""Characters of a host's complaint that are shown."""
_BLOB = re.compile(r"[A-Za-z0-9+/_=-]{48,}")
"""A run of this many characters without a space is no word: a picture in base64, a token, a signature."""
_QUERY = re.compile(r"(https?://[^\s?]{1,200})\?\S+")
"""What follows the question mark of a URL is often its signature."""


def complaint(body: bytes, key: Key | None = None) -> str:
    """The message in an error answer, of whichever shape; at most 300 characters, printable, without blobs and key.

    Known shapes: `{"error": {"message"}}` (OpenAI), `{"detail": …}` (FastAPI), `{"code", "message"}` (DashScope),
    `{"error": {…}, "node_errors": {…}}` (ComfyUI); anything else is taken as text.
    """
    text = body[:65536].decode("utf-8", errors="replace")
    with contextlib.suppress(ValueError, RecursionError):  # no JSON: a proxy's page, or plain words
        text = said(json.loads(text)) or text
    return clean(text, key)


def clean(text: str, key: Key | None = None) -> str:
    """`text` as one line that can be shown and stored."""
    if key is not None:
        text = text.replace(key.reveal(), "<key>")
    text = " ".join("".join(c if c.isprintable() else " " for c in text[: 64 * LONGEST]).split())
    text = _BLOB.sub("…", _QUERY.sub(r"\1?…", text))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def said(answer: Any) -> str:
    """The words of an error answer; empty where it has none that are known."""
    if isinstance(answer, str):
        return answer
    if isinstance(answer, list):
        return "; ".join(filter(None, (_field(entry) for entry in answer[:5])))
    if not isinstance(answer, dict):
        return ""
    nodes = at_nodes(answer.get("node_errors"))
    if nodes:
        return nodes
    for name in ("error", "detail", "message", "msg"):
        words = said(answer.get(name)) if answer.get(name) else ""
        if words:
            code = answer.get("code")
            return f"{code}: {words}" if isinstance(code, str) and name == "message" else words
    return ""


def at_nodes(errors: Any) -> str:
    """What ComfyUI says of the nodes of a graph: `{"3": {"class_type", "errors": [{"message", "details"}]}}`."""
    if not isinstance(errors, dict):
        return ""
    return "; ".join(_at_node(node, told) for node, told in list(errors.items())[:5] if isinstance(told, dict))


def _at_node(node: str, told: dict[str, Any]) -> str:
    errors = told.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    words = " ".join(str(first[name]) for name in ("message", "details") if first.get(name))
    return f"node {node} ({told.get('class_type', '?')}): {words or 'wrong'}"


def _field(entry: Any) -> str:
    """One of FastAPI's complaints: where and what, but not the input it repeats."""
    if not isinstance(entry, dict):
        return said(entry)
    place = entry.get("loc")
    where = ".".join(str(p) for p in place[-2:]) + ": " if isinstance(place, list) else ""
    return where + said(entry)
