"""What the history costs: commits, bytes a step, checkouts, lists, branches; beside three other ways of keeping one.

    python -m benchmarks.history [--size 2048] [--size 5120] [--peers] [--quick] [--folder DIR]

Prints tables in Markdown: median / 95th percentile on the wall in ms, in brackets the median of processor time, which
tells more where the machine has other work. All that is checked out under the clock is compared with what was
committed. Peers run fewer steps: they keep whole pictures, so every step costs them the same.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.history_page import edits, textured_page
from benchmarks.history_peers import PEERS, Peer
from benchmarks.timing import Times
from retouch.attempt import Attempt
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture, Pixels
from retouch.plan import Goal
from retouch.store import Store
from retouch.verdict import Outcome, Verdict
from retouch.version import VersionKind

STEPS, PEER_STEPS = {2048: 200, 5120: 300}, {2048: 24, 5120: 6}
MANY, DEEP = 10_000, 1_000
TURNS = 40
MESSAGE = "Write 觞 instead of 锡 (first)"
RECORD: dict[str, Any] = {
    "attempt": "run-4f2a/s17/1",
    "step": "s17",
    "number": 1,
    "rung": "first",
    "editor": "typeset",
    "seed": 8123456789,
    "repairs": None,
    "request": {
        "operation": "replace",
        "source": "锡",
        "target": "觞",
        "box": [812, 990, 163, 158],
        "mode": "crop",
        "instruction": "Write 觞 instead of 锡, in the same hand",
        "expectation": {"kind": "text-reads", "text": "觞"},
    },
    "effective": {"face": "AR PL UKai CN", "size": 83.5, "ink": [31, 27, 24], "offset": [0.4, -1.2]},
    "dropped": [],
    "notes": ["strokes thickened by 0.4 px to those of the page"],
}
"""The step record of every version, of the size that runs write."""

ROWS = {
    "commit": ("durable commit, encoding included", "6", "6", "commit"),
    "attempt": ("the three commits of an attempt", "15", "15", ""),
    "bytes": ("bytes a step, KB", "90", "90", "bytes"),
    "depth 1": ("checkout to pixels, depth 1, file just opened", "25", "130", "checkout"),
    "middle": ("the same, middle of the chain", "25", "130", "checkout"),
    "newest": ("the same, newest version", "25", "130", "checkout"),
    "neighbour": ("switch to a neighbour version", "5", "", "checkout"),
    "list": ("list all versions", "5", "5", "list"),
}
"""By name: what it is, the marks at 4 and at 26 MP, and the peers' name for the same."""
COMPARED = {name for name, row in ROWS.items() if row[3] and name != "list"}
"""Rows with a ratio; a peer's list is of its own few versions."""


def import_page(store: Store, page: Pixels) -> str:
    return store.import_picture(Picture(page), name="page", source=None, author="bench").id


def commit(store: Store, head: str, patch: Patch) -> str:
    """An edit on `main` with all the facts that a run writes; the new version's id."""
    facts: dict[str, Any] = {"step": "s17", "message": MESSAGE, "author": "bench", "editor": "typeset"}
    kind, passed = VersionKind.EDIT, Outcome.PASS
    made = store.commit(1, "main", expected=head, change=patch, kind=kind, outcome=passed, record=RECORD, **facts)
    return made.id


def measure_commits(path: Path, page: Pixels, steps: int, times: Times) -> list[str]:
    """`steps` edits in a row in a new file; the ids of all versions, the import first."""
    with Store.open(path, create=True) as store:
        line = [times.take("import", import_page, store, page)]
    before = path.stat().st_size
    with Store.open(path) as store:
        for number, patch in enumerate(edits(page, steps)):
            # The first commit of a process reads the table of its base.
            line.append(times.take("commit" if number else "first commit", commit, store, line[-1], patch))
    times.figures["bytes"] = (path.stat().st_size - before) / steps / 1e3
    return line


def measure_checkouts(path: Path, page: Pixels, line: list[str], times: Times) -> None:
    """Pixels at three depths, the file opened anew each time, then version after version as a person steps along."""
    steps = len(line) - 1
    depths = {1: "depth 1", steps // 2: "middle", steps: "newest"}
    expected = page.copy()
    with Store.open(path) as stepping:
        stepping.checkout(line[0])
        for depth, patch in enumerate(edits(page, steps), 1):
            patch.apply_to(expected)
            if depth <= TURNS:
                same(times.take("neighbour", stepping.checkout, line[depth]), expected)
            for _ in range(9 if depth in depths else 0):
                with Store.open(path) as store:
                    same(times.take(depths[depth], store.checkout, line[depth]), expected)


def same(picture: Picture, expected: Pixels) -> None:
    if not np.array_equal(picture.pixels, expected):
        raise SystemExit("a version did not come back as it was committed")


def measure_list(path: Path, count: int, times: Times) -> None:
    """All versions with their facts, the file opened anew each time."""
    for _ in range(9):
        with Store.open(path) as store:
            found = times.take("list", store.versions, 1)
        if len(found) != count or found[-1].record != RECORD:
            raise SystemExit(f"{len(found)} of {count} versions were listed")


def measure_attempts(path: Path, page: Pixels, steps: int, times: Times) -> None:
    """The three commits round a call: started, returned, judged with its version."""
    with Store.open(path, create=True) as store:
        head = import_page(store, page)
        run = store.begin_run(1, "main", goal=Goal(text="bench"), options={}, base=head)
        for number, patch in enumerate(edits(page, steps)):
            names = {"id": f"a{number}", "step": f"s{number}", "call_id": f"c{number}", "run": run, "base": head}
            facts = {"number": 1, "rung": "first", "editor": "typeset", "seed": 1, "request": RECORD["request"]}
            head = times.take("attempt", three_commits, store, Attempt(**names, **facts), patch)


def three_commits(store: Store, attempt: Attempt, patch: Patch) -> str:
    effective = RECORD["effective"]
    store.attempt_started(attempt)
    store.attempt_returned(attempt.id, patch, effective=effective, dropped=(), notes=(), cost={"seconds": 0.1})
    verdict = Verdict(verifier="character", outcome=Outcome.PASS, score=0.98, evidence={"read": "觞"})
    facts: dict[str, Any] = {"message": MESSAGE, "author": "bench", "record": RECORD, "patch": patch}
    judged = store.attempt_judged(attempt.id, [verdict], accepted=True, branch="main", expected=attempt.base, **facts)
    return judged.id


def measure_many(path: Path, many: int, times: Times) -> None:
    """Lists, branches, roll-backs and undo in a tree of `many` versions."""
    page = textured_page(256)
    with Store.open(path, create=True) as store:
        line = [import_page(store, page)]
        for patch in small_edits(page, many - 1):
            line.append(commit(store, line[-1], patch))
    measure_list(path, many, times)
    with Store.open(path) as store:
        for number in range(TURNS):
            target = line[number * many // TURNS]
            times.take("branch", store.create_branch, 1, f"b{number}", target, author="bench")
            why = {"target": target, "reason": "rollback", "author": "bench"}
            times.take("roll back", store.move_branch, 1, "main", expected=line[-1], **why)
            times.take("undo", store.undo, 1, "main", author="bench")
            if store.branches(1)["main"] != line[-1]:
                raise SystemExit("an undo did not bring the branch back")


def small_edits(page: Pixels, count: int) -> Iterator[Patch]:
    """Edits of 8 px."""
    random = np.random.default_rng(3)
    for _ in range(count):
        x, y = (int(n) for n in random.integers(0, page.shape[0] - 8, 2))
        values: Pixels = random.integers(0, 256, (8, 8, 3)).astype(np.uint8)
        yield Patch(Box(x, y, 8, 8), values, np.ones((8, 8), np.bool_))


def measure_depth(folder: Path, page: Pixels, depth: int, times: Times) -> None:
    """Commits at depth 10 and at `depth` in turn."""
    deep, shallow = folder / "deep.retouch", folder / "shallow.retouch"
    changes = edits(page, depth)
    with Store.open(deep, create=True) as store:
        head = import_page(store, page)
        for _ in range(10):
            head = commit(store, head, next(changes))
    shutil.copy(deep, shallow)
    with Store.open(deep) as store:
        for patch in changes:
            head = commit(store, head, patch)
    measure_in_turn({"depth 10": shallow, f"depth {depth}": deep}, page, times)


def measure_in_turn(files: dict[str, Path], page: Pixels, times: Times) -> None:
    """The same edits committed to several files in turn, so that other work on the machine falls on all alike."""
    with ExitStack() as stack:
        stores = {name: stack.enter_context(Store.open(path)) for name, path in files.items()}
        heads = {name: store.branches(1)["main"] for name, store in stores.items()}
        for number, patch in enumerate(edits(page, TURNS + 3, seed=5)):
            for name, store in stores.items():
                heads[name] = times.take(name if number > 2 else "warming up", commit, store, heads[name], patch)


def measure_peer(peer: type[Peer], page: Pixels, steps: int, folder: Path) -> Times:
    """Commits with encoding, checkouts and the list of one peer."""
    folder.mkdir()
    kept, current, times = peer(folder), page.copy(), Times()
    kept.commit(0, current)
    before = size_of(folder)
    for number, patch in enumerate(edits(page, steps), 1):
        patch.apply_to(current)
        times.take("commit", kept.commit, number, current)
        same(Picture(times.take("checkout", kept.checkout, number)), current)
    if times.take("list", kept.log) < steps + 1:
        raise SystemExit(f"{peer.name} did not list all versions")
    kept.close()
    times.figures["bytes"] = (size_of(folder) - before) / steps / 1e3
    shutil.rmtree(folder)
    return times


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measure_size(side: int, folder: Path, options: argparse.Namespace) -> None:
    """One page, its file left in `folder`, and its table printed."""
    page, steps, times = textured_page(side), STEPS.get(side, 200), Times()
    steps = 40 if options.quick else steps
    path = folder / f"{side}.retouch"
    line = measure_commits(path, page, steps, times)
    measure_checkouts(path, page, line, times)
    measure_list(path, steps + 1, times)
    measure_attempts(folder / f"{side}-attempts.retouch", page, min(steps, 60), times)
    peer_steps = 3 if options.quick else PEER_STEPS.get(side, 6)
    peers = {peer.name: measure_peer(peer, page, peer_steps, folder / peer.name) for peer in PEERS * options.peers}
    print(
        f"\n{side}² RGB, {side * side / 1e6:.0f} MP, {steps} edits; peers {peer_steps}; import {times.says('import')}\n"
    )
    print_size(times, peers, at=1 if side <= 2048 else 2)


def print_size(times: Times, peers: dict[str, Times], at: int) -> None:
    columns = ["", "mark", "Retouch", *peers, *(["best peer / Retouch"] if peers else [])]
    print_row(columns)
    print_row(["---"] * len(columns))
    for name, row in ROWS.items():
        ratios = [
            figure(peer, row[3]) / figure(times, name)
            for peer in peers.values()
            if name in COMPARED and figure(times, name)
        ]
        said = [f"{min(ratios):.1f}" if ratios else ""] if peers else []
        print_row([row[0], row[at], says(times, name), *(says(peer, row[3]) for peer in peers.values()), *said])


def figure(times: Times, name: str) -> float:
    """The median, or the figure of that name; 0 if there is none."""
    return times.figures.get(name) or (times.median(name) if name in times.wall else 0)


def says(times: Times, name: str) -> str:
    return f"{times.figures[name]:.1f}" if name in times.figures else times.says(name)


def print_row(cells: list[str]) -> None:
    print("| " + " | ".join(cells) + " |", flush=True)


def measure_growth(folder: Path, sizes: list[int], options: argparse.Namespace) -> None:
    """What grows with the number of versions, the depth and the size, and its table."""
    many, deep = (1_000, 100) if options.quick else (MANY, DEEP)
    times = Times()
    measure_many(folder / "many.retouch", many, times)
    page = textured_page(2048)
    measure_depth(folder, page, deep, times)
    measure_in_turn({str(side): folder / f"{side}.retouch" for side in sizes}, page, times)
    print(f"\n{many} versions, each with a step record of {len(str(RECORD))} characters\n")
    print_row(["", "mark", "Retouch"])
    print_row(["---"] * 3)
    for name, mark in (("list", "100"), ("branch", "5"), ("roll back", "5"), ("undo", "5")):
        print_row([name, mark, times.says(name)])
    pairs = [("depth 10", f"depth {deep}", "1.3"), *(("2048", str(side), "1.5") for side in sizes if side != 2048)]
    for small, large, mark in pairs:
        if small in times.wall:
            told = f"{times.says(large)} against {times.says(small)}"
            print_row([f"commit, {large} against {small}", mark, f"{times.ratio(large, small)}: {told}"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--size", type=int, action="append", help="side of the page in pixels (2048 and 5120)")
    parser.add_argument("--peers", action="store_true", help="the same work on the peers, too")
    parser.add_argument("--quick", action="store_true", help="fewer steps")
    parser.add_argument("--folder", type=Path, help="where the files are made (a temporary folder)")
    options = parser.parse_args()
    sizes = options.size or [2048, 5120]
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors at the start")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for side in sizes:
            measure_size(side, Path(folder), options)
        measure_growth(Path(folder), sizes, options)
    print(f"\nload {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
