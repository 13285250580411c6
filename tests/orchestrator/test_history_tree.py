"""The tree laid out in lanes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retouch.orchestrator.history_tree import TreeRow, tree_rows
from retouch.version import VersionKind, VersionRecord


def version(name: str, *parents: str, kind: str = "edit", step: str | None = None, run: str = "r") -> VersionRecord:
    return VersionRecord(
        id=name,
        document="page",
        parents=parents,
        kind=VersionKind(kind),
        step=step,
        created="2026-01-01T00:00:00Z",
        record={"attempt": f"{run}/{step}/1"} if step else {},
    )


def laid(versions: list[VersionRecord], branches: dict[str, str], **options: bool) -> list[tuple[str, int]]:
    return [(row.version.id, row.lane) for row in tree_rows(versions, branches, {}, **options)]


def test_a_try_stands_beside_the_lane_below_what_it_was_made_from() -> None:
    versions = [
        version("a", kind="import"),
        version("x", "a", kind="candidate"),
        version("b", "a"),
        version("y", "b", kind="candidate"),
    ]
    rows = tree_rows(versions, {"main": "b"}, {})
    assert [(row.version.id, row.lane, row.sprouts) for row in rows] == [
        ("a", 0, None),
        ("x", 1, 0),
        ("b", 0, None),
        ("y", 1, 0),
    ]
    assert [row.below for row in rows] == [True, True, False, False]


def test_main_keeps_the_first_lane_wherever_it_stands() -> None:
    versions = [version("a", kind="import"), version("b", "a"), version("c", "a"), version("d", "c")]
    assert laid(versions, {"main": "d", "try": "b"}) == [("a", 0), ("b", 1), ("c", 0), ("d", 0)]
    assert laid(versions, {"main": "b", "try": "d"}) == [("a", 0), ("b", 0), ("c", 1), ("d", 1)]


def test_after_a_rollback_what_came_later_is_still_drawn() -> None:
    versions = [version("a", kind="import"), version("b", "a"), version("c", "b")]
    assert laid(versions, {"main": "a"}) == [("a", 0), ("b", 0), ("c", 0)]


def test_a_merge_joins_the_lane_of_its_second_parent() -> None:
    versions = [
        version("a", kind="import"),
        version("b", "a"),
        version("c", "a"),
        version("m", "b", "c", kind="merge"),
        version("n", "m"),
    ]
    rows = {row.version.id: row for row in tree_rows(versions, {"main": "n", "try": "c"}, {})}
    assert rows["a"].forks == (1,)
    assert rows["b"].passing == (1,)
    assert (rows["m"].lane, rows["m"].joins, rows["m"].below) == (0, (1,), True)
    assert (rows["n"].lane, rows["n"].passing) == (0, ())


def test_a_branch_that_goes_on_after_it_was_merged_keeps_a_lane() -> None:
    versions = [
        version("a", kind="import"),
        version("b", "a"),
        version("c", "a"),
        version("m", "b", "c", kind="merge"),
        version("d", "c"),
    ]
    rows = {row.version.id: row for row in tree_rows(versions, {"main": "m", "try": "d"}, {})}
    assert len(rows["c"].forks) == 1, "one way to the merge, one that goes on"
    assert set(rows["m"].joins) | set(rows["m"].passing) == {rows["c"].lane, *rows["c"].forks}


def test_many_tries_of_one_step_share_a_row_unless_they_are_named_or_built_on() -> None:
    tries = [version(f"t{n}", "a", kind="candidate", step="s1") for n in range(5)]
    versions = [version("a", kind="import"), *tries, version("z", "t4")]
    rows = tree_rows(versions, {"main": "a"}, {"good": "t0"})
    assert [row.version.id for row in rows] == ["a", "t1", "t0", "t4", "z"]
    assert [one.id for one in rows[1].folded] == ["t1", "t2", "t3"]
    assert rows[2].labels == ("tag good",)
    unfolded = tree_rows(versions, {"main": "a"}, {}, unfolded=True)
    assert len(unfolded) == len(versions)


def test_tries_of_two_runs_are_told_apart() -> None:
    tries = [version(f"{run}{n}", "a", kind="candidate", step="s1", run=run) for run in "pq" for n in range(3)]
    rows = tree_rows([version("a", kind="import"), *tries], {"main": "a"}, {})
    assert [[one.id for one in row.folded] for row in rows[1:]] == [["p0", "p1", "p2"], ["q0", "q1", "q2"]]


def test_labels_name_branches_and_tags() -> None:
    rows = tree_rows([version("a", kind="import")], {"main": "a"}, {"start": "a"})
    assert rows[0].labels == ("main", "tag start")


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[VersionRecord], dict[str, str]]:
    """Versions with earlier ones as parents, some with two, some tries; branches at some of them."""
    versions = [version("v0", kind="import")]
    for number in range(1, draw(st.integers(1, 25))):
        parents = draw(st.lists(st.integers(0, number - 1), min_size=1, max_size=2, unique=True))
        tried = len(parents) == 1 and draw(st.booleans())
        names = [f"v{parent}" for parent in parents]
        versions.append(version(f"v{number}", *names, kind="candidate" if tried else "edit", step="s1"))
    heads = [versions[n] for n in draw(st.lists(st.integers(0, len(versions) - 1), min_size=1, max_size=3))]
    return versions, {name: head.id for name, head in zip(("main", "x", "y"), heads, strict=False)}


@given(histories())
def test_every_version_is_drawn_once_and_below_its_parents(made: tuple[list[VersionRecord], dict[str, str]]) -> None:
    versions, branches = made
    order = [one.id for row in tree_rows(versions, branches, {}) for one in row.versions]
    assert sorted(order) == sorted(v.id for v in versions)
    assert all(order.index(parent) < order.index(v.id) for v in versions for parent in v.parents)


@given(histories())
def test_lanes_connect_exactly_the_parents_and_children(made: tuple[list[VersionRecord], dict[str, str]]) -> None:
    """Following the lanes of the drawing from row to row gives the edges of the history, no more and no less."""
    versions, branches = made
    rows = tree_rows(versions, branches, {}, unfolded=True)
    assert followed(rows) == {(parent, v.id) for v in versions for parent in v.parents}


def followed(rows: tuple[TreeRow, ...]) -> set[tuple[str, str]]:
    """Edges of the drawing: what each lane comes from, carried down row by row."""
    found: set[tuple[str, str]] = set()
    lanes: dict[int, str] = {}
    last = ""
    for row in rows:
        if row.sprouts is not None:
            found.add((last, row.version.id))
            continue
        ending = [*([row.lane] if row.above else []), *row.joins]
        found |= {(lanes.pop(lane), row.version.id) for lane in ending}
        assert set(lanes) == set(row.passing), "no lane vanishes or comes from nowhere"
        last = row.version.id
        lanes |= dict.fromkeys([*([row.lane] if row.below else []), *row.forks], last)
    assert lanes == {}
    return found


def test_a_long_history_does_not_overflow_the_stack() -> None:
    versions = [version("v0", kind="import"), *(version(f"v{n}", f"v{n - 1}") for n in range(1, 3000))]
    assert len(laid(versions, {"main": "v2999"})) == 3000
