"""The tree of versions laid out in lanes, one row a version: for the terminal, the page, the report and notebooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retouch.version import VersionKind, VersionRecord

_FOLDED = 3
"""So many tries of one step share a row."""


@dataclass(frozen=True, slots=True)
class TreeRow:
    """One row. Lanes are counted from 0, the leftmost, which is that of the branch `main` (else of the first one).

    `joins` are lanes that end in this version (a merge has one), `forks` those that begin here and lead to children,
    `passing` those that go by. `above` and `below` say whether the version's own lane comes from above and goes on.
    """

    version: VersionRecord
    lane: int
    labels: tuple[str, ...] = ()
    """Branches and tags that stand here."""
    joins: tuple[int, ...] = ()
    forks: tuple[int, ...] = ()
    passing: tuple[int, ...] = ()
    above: bool = False
    below: bool = False
    folded: tuple[VersionRecord, ...] = ()
    """The tries of one step that share this row, `version` being the first; empty where the row is one version's."""
    sprouts: int | None = None
    """For tries that led nowhere: the lane of the version they were made from; `below` is that lane's."""

    @property
    def versions(self) -> tuple[VersionRecord, ...]:
        """Every version that the row speaks of."""
        return self.folded or (self.version,)


@dataclass(slots=True)
class _Lanes:
    """The child that each lane leads to, with the parent it comes from; None where a lane is free."""

    ways: list[tuple[str, str] | None]

    def taken(self) -> tuple[int, ...]:
        return tuple(lane for lane, way in enumerate(self.ways) if way is not None)

    def free(self, avoided: Sequence[int] = (), after: int = -1) -> int:
        """The first free lane to the right of `after` that is not among the avoided ones."""
        lane = after + 1
        while lane < len(self.ways) and (self.ways[lane] is not None or lane in avoided) or lane in avoided:
            lane += 1
        self.ways += [None] * (lane + 1 - len(self.ways))
        return lane

    def leading_to(self, version: VersionRecord) -> list[int]:
        """Lanes that end in the version, the one from its first parent first."""
        found = [lane for lane, way in enumerate(self.ways) if way is not None and way[1] == version.id]
        first = version.parents[0] if version.parents else None
        return sorted(found, key=lambda lane: (_parent(self.ways[lane]) != first, lane))


def _parent(way: tuple[str, str] | None) -> str | None:
    return way[0] if way else None


def tree_rows(
    versions: Sequence[VersionRecord],
    branches: Mapping[str, str],
    tags: Mapping[str, str],
    *,
    unfolded: bool = False,
) -> tuple[TreeRow, ...]:
    """All versions in the order given, which must have parents above children; tries stand below what they changed.

    `versions` are one document's, oldest first; `branches` and `tags` name version ids. Three tries or more
    (candidates without a name and without children) of one step share a row, unless `unfolded`.
    """
    children = _children(versions)
    loose = {v.id for v in versions if _loose(v, children, {*branches.values(), *tags.values()})}
    trunk = _trunk(versions, branches)
    names = _labels(branches, tags)
    lanes = _Lanes([])
    rows: list[TreeRow] = []
    for version in versions:
        if version.id in loose:
            continue
        here = children.get(version.id, [])
        row = _placed(lanes, version, [c for c in here if c.id not in loose], trunk, names.get(version.id, ()))
        rows.append(row)
        tries = _grouped([c for c in here if c.id in loose], unfolded)
        rows += [_sprout(row, lanes, group, last=group is tries[-1]) for group in tries]
    return tuple(rows)


def _children(versions: Sequence[VersionRecord]) -> dict[str, list[VersionRecord]]:
    """Children by parent, those by the first parent before those by the second."""
    found: dict[str, list[VersionRecord]] = {}
    for place in (0, 1):
        for version in versions:
            if len(version.parents) > place:
                found.setdefault(version.parents[place], []).append(version)
    return found


def _loose(version: VersionRecord, children: Mapping[str, object], named: set[str]) -> bool:
    """True for a try that nothing was built on and that has no name: it needs no lane of its own."""
    leads_nowhere = version.id not in children and version.id not in named
    return version.kind is VersionKind.CANDIDATE and bool(version.parents) and leads_nowhere


def _trunk(versions: Sequence[VersionRecord], branches: Mapping[str, str]) -> frozenset[str]:
    """Ids on the way of `main`, or of the first branch where there is no `main`."""
    parents = {version.id: version.parents[0] if version.parents else None for version in versions}
    found: set[str] = set()
    name = "main" if "main" in branches else next(iter(sorted(branches)), "")
    version: str | None = branches.get(name)
    while version is not None:
        found.add(version)
        version = parents.get(version)
    return frozenset(found)


def _placed(
    lanes: _Lanes,
    version: VersionRecord,
    children: Sequence[VersionRecord],
    trunk: frozenset[str],
    labels: tuple[str, ...],
) -> TreeRow:
    """The version's row; `lanes` are led on to its children."""
    ending = lanes.leading_to(version)
    lane = ending[0] if ending else lanes.free()
    passing = tuple(other for other in lanes.taken() if other not in ending)
    for ended in ending:
        lanes.ways[ended] = None
    onward = next((child for child in children if child.id in trunk), children[0] if children else None)
    lanes.ways[lane] = (version.id, onward.id) if onward else None
    forks = []
    for child in children:
        if child is not onward:
            fork = lanes.free(avoided=ending, after=lane)
            lanes.ways[fork] = (version.id, child.id)
            forks.append(fork)
    joins = tuple(sorted(ending[1:]))
    return TreeRow(version, lane, labels, joins, tuple(forks), passing, bool(ending), onward is not None)


def _grouped(tries: Sequence[VersionRecord], unfolded: bool) -> list[list[VersionRecord]]:
    """Tries by the step, and the run, that made them."""
    if unfolded:
        return [[version] for version in tries]
    groups: dict[tuple[str, str], list[VersionRecord]] = {}
    for version in tries:
        run = str(version.record.get("attempt", "")).partition("/")[0]
        groups.setdefault((run, version.step or version.id), []).append(version)
    return [rows for group in groups.values() for rows in ([group] if len(group) >= _FOLDED else [[v] for v in group])]


def _sprout(parent: TreeRow, lanes: _Lanes, tries: Sequence[VersionRecord], *, last: bool) -> TreeRow:
    """The row of tries below the version they were made from."""
    taken = lanes.taken()
    return TreeRow(
        version=tries[0],
        lane=max((*taken, parent.lane)) + 1,
        passing=tuple(lane for lane in taken if lane != parent.lane),
        below=parent.below or not last,
        folded=tuple(tries) if len(tries) > 1 else (),
        sprouts=parent.lane,
    )


def _labels(branches: Mapping[str, str], tags: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, version in (*branches.items(), *((f"tag {tag}", target) for tag, target in tags.items())):
        found[version] = (*found.get(version, ()), name)
    return found
