"""The tree of versions as lines of HTML: the lanes drawn, and all that is said beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retouch.orchestrator.history_tree import TreeRow
from retouch.store.tree.mark import Mark
from retouch.version import VersionKind, VersionRecord

ROW = 30
"""Height of a row in CSS pixels."""
_LANE = 16
_COLOURS = 6
"""Lanes have as many colours, in turn."""
_RELATIONS = {"reverts": "takes back", "picks": "picks"}
"""Fields of a record that name another version, in words."""


@dataclass(frozen=True, slots=True)
class Path:
    """A line of the drawing, as SVG draws it, in the colour of its lane."""

    way: str
    colour: int


@dataclass(frozen=True, slots=True)
class Chip:
    """One version of a row: its short id, how it was judged (pass, fail, unsure or nothing), what a person thought."""

    id: str
    outcome: str
    opinion: str
    why: str


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A row ready for the page; `x` is where its node stands."""

    kind: str
    x: int
    colour: int
    paths: tuple[Path, ...]
    chips: tuple[Chip, ...]
    step: str
    box: str
    message: str
    relation: str
    branches: tuple[str, ...]
    tags: tuple[str, ...]
    author: str
    created: str


def drawn_rows(rows: Sequence[TreeRow], marks: Mapping[str, Mark]) -> tuple[DrawnRow, ...]:
    """Each row with its lines; `marks` are those that count, by version."""
    return tuple(_drawn(row, marks) for row in rows)


def width(rows: Sequence[TreeRow]) -> int:
    """Pixels that the lanes take."""
    widest = max((max((row.lane, *row.passing, *row.joins, *row.forks)) for row in rows), default=0)
    return _LANE * (widest + 1)


def _drawn(row: TreeRow, marks: Mapping[str, Mark]) -> DrawnRow:
    version = row.version
    folded = len(row.versions) > 1
    return DrawnRow(
        kind=version.kind.value,
        x=_x(row.lane),
        colour=_colour(row.lane if row.sprouts is None else row.sprouts),
        paths=_paths(row),
        chips=tuple(_chip(one, marks.get(one.id)) for one in row.versions),
        step=version.step or "",
        box=str(version.box) if version.box else "",
        message=f"{len(row.versions)} tries, kept for picking" if folded else version.message,
        relation=_relation(version),
        branches=tuple(name for name in row.labels if not name.startswith("tag ")),
        tags=tuple(name.removeprefix("tag ") for name in row.labels if name.startswith("tag ")),
        author=version.author,
        created=version.created.replace("T", " ").removesuffix("Z"),
    )


def _chip(version: VersionRecord, mark: Mark | None) -> Chip:
    outcome = version.outcome.value if version.outcome else ""
    why = f"{mark.opinion} by {mark.author}" + (f": {mark.reason}" if mark.reason else "") if mark else ""
    return Chip(version.id[:8], outcome, mark.opinion if mark else "", why)


def _relation(version: VersionRecord) -> str:
    """Which other version this one is about."""
    if version.kind is VersionKind.MERGE and len(version.parents) > 1:
        return f"brings in {version.parents[1][:8]}"
    named = [(words, version.record[field]) for field, words in _RELATIONS.items() if field in version.record]
    return "".join(f"{words} {str(other)[:8]}" for words, other in named[:1])


def _paths(row: TreeRow) -> tuple[Path, ...]:
    x, middle = _x(row.lane), ROW // 2
    paths = [Path(f"M{_x(lane)} 0V{ROW}", _colour(lane)) for lane in row.passing]
    paths += [Path(f"M{_x(lane)} 0Q{_x(lane)} {middle} {x} {middle}", _colour(lane)) for lane in row.joins]
    paths += [Path(f"M{x} {middle}Q{_x(lane)} {middle} {_x(lane)} {ROW}", _colour(lane)) for lane in row.forks]
    if row.sprouts is not None:
        from_ = _x(row.sprouts)
        paths.append(Path(f"M{from_} 0Q{from_} {middle} {x} {middle}", _colour(row.sprouts)))
        if row.below:
            paths.append(Path(f"M{from_} 0V{ROW}", _colour(row.sprouts)))
        return tuple(paths)
    if row.above:
        paths.append(Path(f"M{x} 0V{middle}", _colour(row.lane)))
    if row.below:
        paths.append(Path(f"M{x} {middle}V{ROW}", _colour(row.lane)))
    return tuple(paths)


def _x(lane: int) -> int:
    return _LANE * lane + _LANE // 2


def _colour(lane: int) -> int:
    return lane % _COLOURS
