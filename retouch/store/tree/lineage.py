"""Lineage: what a version came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ancestor:
    """One version on a walk through a lineage, with its parents."""

    id: str
    parents: tuple[str, ...]


def newest_shared(lineage: Iterable[Ancestor], a: str, b: str) -> str | None:
    """The first version of `lineage` (that of `a` and `b`, the newest first) from which both came, themselves included.

    None of its descendants is shared, since they come before it; of several such versions (branches that were merged
    crosswise) it is the newest.
    """
    sides: dict[str, frozenset[str]] = {a: frozenset(["a"])}
    sides[b] = sides.get(b, frozenset()) | {"b"}
    for version in lineage:
        reached = sides.pop(version.id)
        if len(reached) == 2:
            return version.id
        for parent in version.parents:
            sides[parent] = sides.get(parent, frozenset()) | reached
    return None
