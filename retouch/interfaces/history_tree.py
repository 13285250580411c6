"""The tree of versions laid out line by line, for the terminal and for the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retouch.version import VersionRecord


@dataclass(frozen=True, slots=True)
class TreeLine:
    """One version. `depth` is 0 on the main line and grows by one where a version leaves its parent's line."""

    version: VersionRecord
    depth: int
    labels: tuple[str, ...]
    """Branches and tags that stand here."""


def tree_lines(
    versions: Sequence[VersionRecord], branches: Mapping[str, str], tags: Mapping[str, str]
) -> tuple[TreeLine, ...]:
    """All versions, parents above children; candidates and side branches stand indented before the line goes on.

    `versions` are one document's, oldest first; `branches` and `tags` name version ids. The main line is that of the
    branch `main`, else of the first one.
    """
    children: dict[str | None, list[VersionRecord]] = {}
    for version in versions:
        children.setdefault(version.parents[0] if version.parents else None, []).append(version)
    trunk = _trunk(versions, branches)
    lines: list[TreeLine] = []
    # A stack instead of recursion: histories are longer than Python's call stack.
    waiting = [(version, 0) for version in reversed(children.get(None, []))]
    while waiting:
        version, depth = waiting.pop()
        lines.append(TreeLine(version, depth, _labels(version.id, branches, tags)))
        here = children.get(version.id, [])
        onward = _onward(here, trunk)
        if onward is not None:
            waiting.append((onward, depth))
        waiting.extend((child, depth + 1) for child in reversed(here) if child is not onward)
    return tuple(lines)


def _trunk(versions: Sequence[VersionRecord], branches: Mapping[str, str]) -> frozenset[str]:
    """Ids of the main line and, behind it, of every other branch's line."""
    parents = {version.id: version.parents[0] if version.parents else None for version in versions}
    found: set[str] = set()
    for name in sorted(branches, key=lambda name: name != "main"):
        version: str | None = branches[name]
        while version is not None and version not in found:
            found.add(version)
            version = parents.get(version)
        if name == "main":
            break
    return frozenset(found)


def _onward(children: Sequence[VersionRecord], trunk: frozenset[str]) -> VersionRecord | None:
    """The child that continues its parent's line: the one on the main line, else an only edit."""
    on_trunk = [child for child in children if child.id in trunk]
    if on_trunk:
        return on_trunk[0]
    edits = [child for child in children if child.kind != "candidate"]
    return edits[0] if len(edits) == 1 else None


def _labels(version: str, branches: Mapping[str, str], tags: Mapping[str, str]) -> tuple[str, ...]:
    heads = [name for name, head in branches.items() if head == version]
    return (*heads, *(f"tag {name}" for name, target in tags.items() if target == version))
