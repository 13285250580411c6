"""How a version is named: id or prefix, branch, tag, `HEAD`, each with `~N` for the N-th first parent."""

from __future__ import annotations

import re

from sqlalchemy import Connection, select

from retouch.errors import UnknownNameError
from retouch.store import references
from retouch.store.schema import VersionRow

SHORTEST = 4
"""Digits of the shortest prefix."""

_SUFFIX = re.compile(r"^(?P<name>[^~]*)(?P<up>(~\d*)*)$")
_LISTED = 8


def resolve(connection: Connection, document_id: int, name: str, branch: str | None) -> str:
    """The id of the version that `name` means; UnknownNameError says what there is, or what it could mean."""
    match = _SUFFIX.match(name.strip())
    if match is None or not match["name"]:
        raise UnknownNameError(f"{name!r} names no version; expected an id, branch, tag or HEAD, with ~N at most")
    version = _start(connection, document_id, match["name"], branch)
    steps = sum(int(digits or 1) for digits in match["up"].split("~")[1:])
    for done in range(steps):
        parent = connection.execute(select(VersionRow.parent).where(VersionRow.id == version)).scalar_one()
        if parent is None:
            raise UnknownNameError(f"{name!r} goes back too far: {match['name']} has {done} versions before it")
        version = parent
    return version


def _start(connection: Connection, document_id: int, name: str, branch: str | None) -> str:
    heads = references.branches(connection, document_id)
    if name == "HEAD":
        return _head(heads, branch)
    if name in heads:
        return heads[name]
    tags = references.tags(connection, document_id)
    return tags[name] if name in tags else _by_prefix(connection, document_id, name, [*heads, *tags])


def _head(heads: dict[str, str], branch: str | None) -> str:
    if branch is None and len(heads) > 1:
        raise UnknownNameError(f"HEAD of which branch? There are {', '.join(heads)}", hint="add --branch")
    name = next(iter(heads), "") if branch is None else branch
    if name not in heads:
        raise UnknownNameError(f"there is no branch {name!r}; branches: {', '.join(heads) or 'none'}")
    return heads[name]


def _by_prefix(connection: Connection, document_id: int, name: str, known: list[str]) -> str:
    prefix = name.lower()
    if not (len(prefix) >= SHORTEST and re.fullmatch(r"[0-9a-f]{1,64}", prefix)):
        raise UnknownNameError(
            f"there is no version, branch or tag {name!r}; branches and tags: {', '.join(known) or 'none'}",
            hint=f"an id can be shortened to {SHORTEST} digits or more",
        )
    # A range instead of LIKE: every database answers it from the index.
    query = select(VersionRow.id).where(
        VersionRow.document_id == document_id, VersionRow.id >= prefix, VersionRow.id <= prefix + "g"
    )
    found = list(connection.execute(query.order_by(VersionRow.id).limit(_LISTED)).scalars())
    if not found:
        raise UnknownNameError(f"there is no version {name!r}", hint="`retouch log` lists them")
    if len(found) > 1:
        raise UnknownNameError(f"{name!r} could be {', '.join(v[:12] for v in found)}", hint="give more digits")
    return found[0]
