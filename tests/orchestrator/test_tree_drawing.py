"""The tree in the report: every kind of version, and lines that lead from parents to children."""

from __future__ import annotations

import re
from itertools import pairwise

from retouch.orchestrator.history_tree import tree_rows
from retouch.orchestrator.tree_drawing import ROW, drawn_rows, width
from retouch.store.tree.mark import Mark
from retouch.version import VersionKind, VersionRecord


def version(name: str, *parents: str, kind: str = "edit", **facts: object) -> VersionRecord:
    return VersionRecord(
        id=name * 8,
        document="page",
        parents=tuple(p * 8 for p in parents),
        kind=VersionKind(kind),
        created="2026-01-01T00:00:00Z",
        **facts,
    )


def test_relations_marks_branches_and_tags_are_told() -> None:
    versions = [
        version("a", kind="import"),
        version("b", "a"),
        version("c", "a", kind="candidate"),
        version("d", "b", kind="revert", record={"reverts": "b" * 8}),
        version("e", "d", kind="pick", record={"picks": "c" * 8, "attempt": None}),
        version("f", "a"),
        version("g", "e", "f", kind="merge", record={"merges": "f" * 8}),
    ]
    mark = Mark(version="c" * 8, opinion="accepted", author="li", created="", reason="good")
    rows = tree_rows(versions, {"main": "g" * 8}, {"v1": "e" * 8})
    drawn = {row.chips[0].id[0]: row for row in drawn_rows(rows, {"c" * 8: mark})}
    assert drawn["d"].relation == "takes back bbbbbbbb"
    assert drawn["e"].relation == "picks cccccccc" and drawn["e"].tags == ("v1",)
    assert drawn["g"].relation == "brings in ffffffff" and drawn["g"].branches == ("main",)
    assert (drawn["c"].chips[0].opinion, drawn["c"].chips[0].why) == ("accepted", "accepted by li: good")


def test_lines_go_on_from_row_to_row() -> None:
    """What leaves a row at its foot comes in at the head of the next one, at the same place."""
    versions = [
        version("a", kind="import"),
        version("b", "a"),
        version("t", "a", kind="candidate"),
        version("c", "a"),
        version("m", "b", "c", kind="merge"),
    ]
    rows = drawn_rows(tree_rows(versions, {"main": "m" * 8}, {}), {})
    feet = [{end(path.way) for path in row.paths if leaves(path.way)} for row in rows]
    heads = [{start(path.way) for path in row.paths if path.way.split()[1].startswith("0")} for row in rows]
    for above, below in pairwise(range(len(rows))):
        assert feet[above] == heads[below]
    assert heads[0] == set() and feet[-1] == set()


def leaves(way: str) -> bool:
    return way.endswith(f"V{ROW}") or way.endswith(f" {ROW}")


def start(way: str) -> int:
    return int(re.match(r"M(\d+)", way)[1])  # type: ignore[index]


def end(way: str) -> int:
    return start(way) if "V" in way else int(way.split()[-2])


def test_the_drawing_is_as_wide_as_its_lanes() -> None:
    versions = [version("a", kind="import"), version("b", "a"), version("c", "a")]
    assert width(tree_rows(versions, {"main": "b" * 8}, {})) == 2 * width(tree_rows(versions[:1], {}, {}))
