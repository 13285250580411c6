"""What the review page costs: its bundle, pictures, tiles, the tree, the slider, readers of a run.

    python -m benchmarks.review [--repeat 5] [--only NAME …] [--quick] [--folder DIR]

Prints a table in Markdown: each figure with its mark and the load of the machine when it was taken. Everything is asked
of a real `retouch serve` on loopback and, where a person would see it, of Debian's chromium without a window.
"""

from __future__ import annotations

import argparse
import gzip
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from benchmarks.review_projects import LARGE, flawed_project, large_project, tree_project
from benchmarks.review_readers import reading
from benchmarks.review_server import Served, served
from retouch.geometry import Size
from retouch.interfaces.demo.page import TEXT
from retouch.interfaces.web.reading.pyramid import TILE, level_size, top_level

BUNDLE = Path(__file__).parent.parent / "retouch" / "interfaces" / "web" / "bundle"
LOADED = ("index.html", "app.css", "app.js")
"""What a browser loads of the bundle to show the page; the report's script is for reports."""
TREE = 1000
READERS = 20
TILES = 60
"""Tiles that are asked for, of each page and depth."""
MOVES = 60
Row = tuple[str, str, str]
"""What it is, its mark, what was measured."""
Spent = tuple[float, float, float]
"""Seconds of a run, processor seconds of the server and of its worker."""


def bundle(_: argparse.Namespace) -> Iterator[Row]:
    """Bytes on the wire if they were packed, kB of 1000."""
    sizes = {name: len(gzip.compress((BUNDLE / name).read_bytes(), 9)) / 1e3 for name in LOADED}
    parts = ", ".join(f"{name} {size:.1f}" for name, size in sizes.items())
    yield "bundle, gzip", "150 kB", f"{sum(sizes.values()):.1f} kB ({parts})"
    report = len(gzip.compress((BUNDLE / "report.js").read_bytes(), 9)) / 1e3
    yield "the report's script, gzip", "", f"{report:.1f} kB"


def tiles(options: argparse.Namespace) -> Iterator[Row]:
    """Tiles over HTTP, one after the other: of the full size, half of it, and the small levels that are kept."""
    for name, side in _sides(options).items():
        with _large(options, side) as (server, line):
            size, version = Size(side, side), line[-1]
            first = _timed(server.get, _tiles_of(size, version, 4, 1)[0])
            yield f"{name} MP: the first tile of all, a small level", "", f"{first:.0f} ms"
            for halvings, said in ((0, "full size"), (1, "half"), (3, "an eighth")):
                paths = _tiles_of(size, version, halvings, options.tiles)
                yield f"{name} MP: a tile, {said}", "15 ms", _spread([_timed(server.get, path) for path in paths])
            other = _timed(server.get, _tiles_of(size, line[-2], 4, 1)[0])
            yield f"{name} MP: the first tile of its neighbour", "", f"{other:.0f} ms"


def pictures(options: argparse.Namespace) -> Iterator[Row]:
    """Until a picture is seen in a browser that was never here: by a server just started, and by one that knows it."""
    from benchmarks.review_browser import browser, opening

    wanted = ("first tile", "whole window")
    for name, side in _sides(options).items():
        runs: dict[str, list[dict[str, float]]] = {"server just started": [], "known to the server": []}
        with browser() as opened:
            for _ in range(options.repeat):
                with _large(options, side) as (server, line):
                    for found in runs.values():
                        found.append(opening(opened, server, f"/d/1-1/v/{line[-1]}", wanted))
        for said, found in runs.items():
            seen = {each: _seconds([run[each] for run in found if each in run]) for each in ("thumbnail", *wanted)}
            told = ", ".join(f"{each} {value}" for each, value in seen.items() if value)
            yield f"{name} MP: first picture, {said}", "1 s", told


def tree(options: argparse.Namespace) -> Iterator[Row]:
    """Until the tree is seen in a browser that was never here."""
    from benchmarks.review_browser import browser, opening

    path = _new(options, "tree")
    head = tree_project(path, options.versions)
    with browser() as opened, served([path]) as server:
        wanted = ("tree", "tree with thumbnails", "first tile")
        runs = [opening(opened, server, f"/d/1-1/v/{head}", wanted) for _ in range(options.repeat + 1)]
        answer = [_timed(server.get, "/api/documents/1-1/tree") for _ in range(options.repeat)]
    told = ", ".join(f"{each} {_seconds([run[each] for run in runs[1:]])}" for each in wanted)
    told += f"; the very first time tree {runs[0]['tree'] / 1e3:.2f} s"
    yield f"tree of {options.versions} versions", "1.5 s", told
    yield "the server's part of it", "", f"{statistics.median(answer):.0f} ms"


def slider(options: argparse.Namespace) -> Iterator[Row]:
    """Moves of the slider over two large versions, each waiting for two frames of the screen."""
    from benchmarks import review_browser

    found: dict[str, list[float]] = {}
    name, side = next(iter(_sides(options).items()))
    with _large(options, side) as (server, line), review_browser.browser() as opened:
        path = f"/d/1-1/v/{line[-1]}?cmp={line[0]}&mode=slider"
        for _ in range(max(1, options.repeat // 2)):
            for at, moves in review_browser.slider(opened, server, path, options.moves).items():
                found.setdefault(at, []).extend(moves)
    for at, moves in found.items():
        yield f"a move of the slider over {name} MP, {at}", "34 ms", _spread(moves)


def readers(options: argparse.Namespace) -> Iterator[Row]:
    """The same run without and with readers, in turn, each on a branch of its own; seconds as the run itself tells, and
    processor time of the process that it works in and of the server's."""
    path = _new(options, "page")
    page = flawed_project(path)
    without: list[Spent] = []
    reads: list[Spent] = []
    got: set[int] = set()
    with served([path]) as server:
        _measured_run(server, page, "warm", 0)
        for number in range(options.runs):
            for count in (0, READERS) if number % 2 else (READERS, 0):
                seconds, events = _measured_run(server, page, f"b{number}-{count}", count)
                (reads if count else without).append(seconds)
                got |= set(events)
    alone, read = np.array(without), np.array(reads)
    share = 100 * (np.median(read / alone, axis=0) - 1)
    for place, said in ((0, "seconds"), (2, "processor time of its process")):
        spread = " and ".join(
            f"{np.median(each):.2f} s ({each.min():.2f} to {each.max():.2f})"
            for each in (alone[:, place], read[:, place])
        )
        yield f"a run without and with {READERS} readers: {said}", "+5 %", f"{share[place]:+.1f} %: {spread}"
    server_work = f"{np.median(alone[:, 1]):.2f} and {np.median(read[:, 1]):.2f} s"
    yield "processor time of the server meanwhile", "", f"{server_work}; {min(got)} to {max(got)} events a reader"


def _measured_run(server: Served, page: str, branch: str, count: int) -> tuple[Spent, list[int]]:
    """What the run took; the events that each of `count` readers got."""
    before = server.processor_seconds()
    with reading(server, count) as those:
        seconds = _run(server, page, branch)
    after = server.processor_seconds()
    return (seconds, after[0] - before[0], after[1] - before[1]), those.events


PARTS: dict[str, Callable[[argparse.Namespace], Iterator[Row]]] = {
    "bundle": bundle,
    "tiles": tiles,
    "pictures": pictures,
    "tree": tree,
    "slider": slider,
    "readers": readers,
}


@contextmanager
def _large(options: argparse.Namespace, side: int) -> Iterator[tuple[Served, list[str]]]:
    """A server just started on a large page, which is made once; its versions."""
    path, known = options.folder / f"{side}.retouch", options.folder / f"{side}.txt"
    if not known.exists():
        known.write_text("\n".join(large_project(path, side)), encoding="ascii")
    with served([path]) as server:
        yield server, known.read_text(encoding="ascii").split()


def _new(options: argparse.Namespace, name: str) -> Path:
    """Where a project may be made, also in a folder that was used before."""
    for left in options.folder.glob(f"{name}.retouch*"):
        left.unlink()
    path: Path = options.folder / f"{name}.retouch"
    return path


def _sides(options: argparse.Namespace) -> dict[str, int]:
    return {"1": 1000} if options.quick else LARGE


def _tiles_of(size: Size, version: str, halvings: int, count: int) -> list[str]:
    """Addresses of tiles spread over a level, none twice."""
    held = level_size(size, halvings)
    across, down = -(-held.width // TILE), -(-held.height // TILE)
    places = np.random.default_rng(halvings).permutation(across * down)[:count]
    at = f"/api/documents/1-1/versions/{version}/tiles/{max(0, top_level(size) - halvings)}"
    return [f"{at}/{place % across}/{place // across}" for place in places]


def _run(server: Served, version: str, branch: str) -> float:
    wish = {"goal": "fix all calligraphy characters", "text": TEXT, "branch": branch, "at": version}
    task = server.post("/api/documents/1-1/runs", wish)
    report = server.finished(task["job"])["result"]["report"]
    if not report["steps"]:
        raise SystemExit("the run had nothing to do")
    return float(report["seconds"])


def _timed(work: Callable[..., object], *arguments: object) -> float:
    """Milliseconds on the wall."""
    began = time.perf_counter()
    work(*arguments)
    return (time.perf_counter() - began) * 1e3


def _spread(times: list[float]) -> str:
    return f"median {statistics.median(times):.1f} ms, 95 % within {np.percentile(times, 95):.1f} ms ({len(times)})"


def _seconds(times: list[float]) -> str:
    return f"{statistics.median(times) / 1e3:.2f} s (to {max(times) / 1e3:.2f})" if times else ""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--quick", action="store_true", help="small pages, once: to see that it works")
    parser.add_argument("--folder", type=Path, help="where the projects are made and left")
    options = parser.parse_args()
    options.tiles, options.moves, options.versions = (TILES, MOVES, TREE) if not options.quick else (8, 8, 60)
    options.repeat = 1 if options.quick else options.repeat
    options.runs = 1 if options.quick else 2 * options.repeat
    with ExitStack() as stack:
        options.folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        options.folder.mkdir(parents=True, exist_ok=True)
        print("| what | mark | measured | load |\n| --- | --- | --- | --- |", flush=True)
        for name in options.only:
            for row in PARTS[name](options):
                print("| " + " | ".join((*row, f"{os.getloadavg()[0]:.1f}")) + " |", flush=True)


if __name__ == "__main__":
    main()
