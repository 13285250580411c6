"""The tree laid out line by line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retouch.interfaces.history_tree import tree_lines
from retouch.version import VersionKind, VersionRecord


def version(name: str, parent: str | None = None, kind: str = "edit") -> VersionRecord:
    parents = (parent,) if parent else ()
    return VersionRecord(
        id=name, document="page", parents=parents, kind=VersionKind(kind), created="2026-01-01T00:00:00Z"
    )


def drawn(versions: list[VersionRecord], branches: dict[str, str]) -> list[tuple[str, int]]:
    return [(line.version.id, line.depth) for line in tree_lines(versions, branches, {})]


def test_candidates_stand_indented_before_the_line_goes_on() -> None:
    versions = [
        version("a", kind="import"),
        version("x", "a", "candidate"),
        version("b", "a"),
        version("y", "b", "candidate"),
    ]
    assert drawn(versions, {"main": "b"}) == [("a", 0), ("x", 1), ("b", 0), ("y", 1)]


def test_the_line_of_main_is_the_trunk_wherever_it_stands() -> None:
    versions = [version("a", kind="import"), version("b", "a"), version("c", "a"), version("d", "c")]
    assert drawn(versions, {"main": "d", "try": "b"}) == [("a", 0), ("b", 1), ("c", 0), ("d", 0)]
    assert drawn(versions, {"main": "b", "try": "d"}) == [("a", 0), ("c", 1), ("d", 1), ("b", 0)]


def test_after_a_rollback_what_came_later_is_still_drawn() -> None:
    versions = [version("a", kind="import"), version("b", "a"), version("c", "b")]
    assert drawn(versions, {"main": "a"}) == [("a", 0), ("b", 0), ("c", 0)]


def test_labels_name_branches_and_tags() -> None:
    lines = tree_lines([version("a", kind="import")], {"main": "a"}, {"start": "a"})
    assert lines[0].labels == ("main", "tag start")


@given(st.lists(st.integers(0, 30), max_size=40))
def test_every_version_is_drawn_once_and_below_its_parent(parents: list[int]) -> None:
    versions = [version("v0", kind="import")]
    for number, parent in enumerate(parents, 1):
        versions.append(version(f"v{number}", f"v{min(parent, number - 1)}", "candidate" if parent % 3 else "edit"))
    order = [name for name, _ in drawn(versions, {"main": versions[-1].id})]
    assert sorted(order) == sorted(v.id for v in versions)
    assert all(order.index(v.parents[0]) < order.index(v.id) for v in versions if v.parents)


def test_a_long_history_does_not_overflow_the_stack() -> None:
    versions = [version("v0", kind="import"), *(version(f"v{n}", f"v{n - 1}") for n in range(1, 3000))]
    assert len(drawn(versions, {"main": "v2999"})) == 3000
