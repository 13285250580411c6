"""How a version is named: id or prefix, branch, tag, `HEAD`, each with `~N` for the N-th first parent."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from retouch.errors import UnknownNameError, UsageError
from retouch.version import DocumentRecord

SHORTEST = 4
"""Digits of the shortest prefix."""

LISTED = 8
"""How many versions are listed that an ambiguous prefix could mean."""

_SUFFIX = re.compile(r"^(?P<name>[^~]*)(?P<up>(~\d*)*)$")
_FORBIDDEN = re.compile(r"[\s~^:?*\[\\\x00-\x1f\x7f]|\.\.|^[-./]|[./]$|^HEAD$|^$")


@dataclass(frozen=True, slots=True)
class Names:
    """What can be named in a document: its branches and tags, and how a store finds a version.

    `starting` gives the ids that begin with a prefix, in order, `LISTED` at most; `parent` the first parent."""

    branches: Mapping[str, str]
    tags: Mapping[str, str]
    starting: Callable[[str], Sequence[str]]
    parent: Callable[[str], str | None]


def resolve(names: Names, name: str, branch: str | None) -> str:
    """The id of the version that `name` means; UnknownNameError says what there is, or what it could mean."""
    match = _SUFFIX.match(name.strip())
    if match is None or not match["name"]:
        raise UnknownNameError(f"{name!r} names no version; expected an id, branch, tag or HEAD, with ~N at most")
    version = _start(names, match["name"], branch)
    steps = sum(int(digits or 1) for digits in match["up"].split("~")[1:])
    for done in range(steps):
        parent = names.parent(version)
        if parent is None:
            raise UnknownNameError(f"{name!r} goes back too far: {match['name']} has {done} versions before it")
        version = parent
    return version


def check_free(name: str, branches: Mapping[str, str], tags: Mapping[str, str]) -> None:
    """UsageError if `name` cannot be the name of a new branch or tag, or is taken."""
    if _FORBIDDEN.search(name):
        raise UsageError(
            f"{name!r} cannot be the name of a branch or tag", hint="letters, digits, '-', '_' and '/' can"
        )
    for kind, known in (("branch", branches), ("tag", tags)):
        if name in known:
            raise UsageError(f"there is a {kind} {name!r} already, at {known[name][:12]}")


def find_document(known: Sequence[DocumentRecord], name: str | None, where: object) -> DocumentRecord:
    """The document of that name, without a name the only one; `where` is what an error calls the history."""
    found = [document for document in known if name is None or document.name == name]
    if len(found) == 1:
        return found[0]
    names = listed(document.name for document in known)
    if name is None and known:
        raise UnknownNameError(f"{where} has several documents: {names}", hint="add --document")
    wanted = "a document" if name is None else f"document {name!r}"
    raise UnknownNameError(f"{where} does not have {wanted}; documents: {names}")


def check_document_name(name: str, known: Iterable[str]) -> None:
    """UsageError if `name` cannot be the name of a new document, or is taken."""
    if not name.strip():
        raise UsageError("a document's name must not be empty")
    if name in known:
        raise UsageError(f"there is a document {name!r} already", hint="import it under another name")


def free_name(name: str, taken: Collection[str]) -> str:
    """`name`, or the first of `name-2`, `name-3` … that is not taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    return free


def listed(names: Iterable[str]) -> str:
    """Names in a row, or `none`."""
    return ", ".join(names) or "none"


def _start(names: Names, name: str, branch: str | None) -> str:
    if name == "HEAD":
        return _head(names.branches, branch)
    if name in names.branches:
        return names.branches[name]
    return names.tags[name] if name in names.tags else _by_prefix(names, name)


def _head(heads: Mapping[str, str], branch: str | None) -> str:
    if branch is None and len(heads) > 1:
        raise UnknownNameError(f"HEAD of which branch? There are {', '.join(heads)}", hint="add --branch")
    name = next(iter(heads), "") if branch is None else branch
    if name not in heads:
        raise UnknownNameError(f"there is no branch {name!r}; branches: {listed(heads)}")
    return heads[name]


def _by_prefix(names: Names, name: str) -> str:
    prefix = name.lower()
    if not (len(prefix) >= SHORTEST and re.fullmatch(r"[0-9a-f]{1,64}", prefix)):
        raise UnknownNameError(
            f"there is no version, branch or tag {name!r}; branches and tags: {listed([*names.branches, *names.tags])}",
            hint=f"an id can be shortened to {SHORTEST} digits or more",
        )
    found = names.starting(prefix)
    if not found:
        raise UnknownNameError(f"there is no version {name!r}", hint="`retouch log` lists them")
    if len(found) > 1:
        raise UnknownNameError(f"{name!r} could be {', '.join(v[:12] for v in found)}", hint="give more digits")
    return found[0]
