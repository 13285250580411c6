"""What the history store costs: commits, bytes a step, checkouts; beside PNG files with fsync, the plain way.

    python benchmarks/store.py [--edits 200] [--large-edits 100]

The page is textured (octaves of noise, sensor grain of 1.8), so that nothing repeats; each edit is a feathered piece of
130 to 190 px from elsewhere. Every checkout is compared with the arrays. Figures are medians / 95th percentiles in ms.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

import cv2
import numpy as np
from rich.console import Console
from rich.table import Table

from retouch.attempt import Attempt
from retouch.geometry import Box
from retouch.patch import Patch
from retouch.picture import Picture, Pixels
from retouch.plan import Goal
from retouch.store import Store
from retouch.verdict import Outcome, Verdict
from retouch.version import VersionKind

P = ParamSpec("P")
R = TypeVar("R")

WANTED = {
    "commit of an edit": "6",
    "three commits of an attempt": "15",
    "KiB a step": "",
    "checkout, file just opened": "25 / 130",
    "checkout at depth 10": "25 / 130",
    "checkout at the end": "25 / 130",
    "step to the neighbour version": "5",
    "list of all versions": "5",
    "new branch": "3",
    "PNG files: commit": "",
    "PNG files: KiB a step": "",
    "PNG files: checkout": "",
}
"""The rows, and what is wanted of them in ms; at 4 MP / 26 MP where these differ."""


@dataclass
class Times:
    """Durations in ms by name."""

    found: dict[str, list[float]] = field(default_factory=dict)

    def take(self, name: str, work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        start = time.perf_counter()
        result = work(*arguments, **named)
        self.found.setdefault(name, []).append((time.perf_counter() - start) * 1e3)
        return result

    def says(self, name: str) -> str:
        if name not in self.found:
            return ""
        values = self.found[name]
        if "KiB" in name:
            return f"{values[0]:.0f}"
        return f"{np.median(values):.1f} / {np.percentile(values, 95):.1f}"


def textured_page(side: int) -> Pixels:
    """(side, side, 3) uint8: five octaves of coloured noise and grain."""
    random = np.random.default_rng(7)
    page = np.full((side, side, 3), 150, np.float32)
    for octave in range(5):
        coarse = random.normal(0, 28 / (octave + 1), (4 << octave, 4 << octave, 3)).astype(np.float32)
        page += cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC)
    page += random.normal(0, 1.6, (side, side, 1)) + random.normal(0, 0.8, (side, side, 3))
    return np.clip(page, 0, 255).round().astype(np.uint8)


def edits(page: Pixels, count: int) -> Iterator[Patch]:
    """Feathered pieces of `page`, each somewhere else."""
    random, side = np.random.default_rng(11), page.shape[0]
    for _ in range(count):
        width, height = (int(n) for n in random.integers(130, 191, 2))
        x, y, from_x, from_y = (int(n) for n in random.integers(0, side - 191, 4))
        piece = page[from_y : from_y + height, from_x : from_x + width] * random.uniform(0.8, 1.1)
        piece = piece + random.normal(0, 1.2, piece.shape) + random.uniform(-15, 15, 3)
        rows, columns = np.mgrid[0:height, 0:width]
        edge = np.minimum.reduce([rows, columns, height - 1 - rows, width - 1 - columns])
        feather = np.clip(edge / 12, 0, 1)[..., None]
        blend = page[y : y + height, x : x + width] * (1 - feather) + piece * feather
        pixels = np.clip(blend, 0, 255).round().astype(np.uint8)
        yield Patch(Box(x, y, width, height), pixels, np.ones((height, width), np.bool_))


def measure_store(page: Pixels, count: int, folder: Path, times: Times) -> None:
    """Half of the edits through the three commits of an attempt, half committed at once; then checkouts."""
    path = folder / "page.retouch"
    with Store.open(path, create=True) as store:
        head = store.import_picture(Picture(page), name="page", source=None, author="bench").id
    before = path.stat().st_size
    with Store.open(path) as store:
        run = store.begin_run(1, "main", goal=Goal(text="bench"), options={}, base=head)
        line = [head]
        for number, patch in enumerate(edits(page, count)):
            if number % 2:
                head = times.take("commit of an edit", _commit, store, head, patch)
            else:
                attempt = _attempt(run, number, head)
                head = times.take("three commits of an attempt", _three, store, attempt, patch)
            line.append(head)
        for number in range(10):
            name, at = f"b{number}", line[number]
            times.take("new branch", store.create_branch, 1, name, at, author="bench")
    times.found["KiB a step"] = [(path.stat().st_size - before) / count / 1024]
    with Store.open(path) as store:
        times.take("list of all versions", store.versions, 1)
    _measure_checkouts(path, page, count, line, times)


def _measure_checkouts(path: Path, page: Pixels, count: int, line: list[str], times: Times) -> None:
    for _ in range(7):
        for name, at in (("checkout at depth 10", 10), ("checkout at the end", -1)):
            with Store.open(path) as store:
                times.take("checkout, file just opened", store.checkout, line[0])
            with Store.open(path) as store:
                store._pixels.table(line[at])
                times.take(name, store.checkout, line[at])
    expected = page.copy()
    with Store.open(path) as store:
        store.checkout(line[0])
        for patch, version in zip(edits(page, count), line[1:], strict=True):
            patch.apply_to(expected)
            seen = times.take("step to the neighbour version", store.checkout, version)
            if not np.array_equal(seen.pixels, expected):
                raise SystemExit(f"version {version} did not come back as it was committed")


def measure_files(page: Pixels, count: int, folder: Path, times: Times) -> None:
    """The plain way: a PNG (level 1) and a line of JSON for each version, both on disk before the next."""
    current, size = page.copy(), 0
    for number, patch in enumerate(edits(page, count)):
        patch.apply_to(current)
        file = folder / f"{number}.png"
        times.take("PNG files: commit", _write_png, file, current)
        size += file.stat().st_size
        times.take("PNG files: checkout", cv2.imread, str(file), cv2.IMREAD_UNCHANGED)
    times.found["PNG files: KiB a step"] = [size / count / 1024]


def _commit(store: Store, head: str, patch: Patch) -> str:
    return store.commit(1, "main", expected=head, change=patch, kind=VersionKind.EDIT).id


def _attempt(run: str, number: int, base: str) -> Attempt:
    names = {"id": f"a{number}", "step": f"s{number}", "call_id": f"c{number}"}
    return Attempt(**names, run=run, number=1, rung="first", editor="typeset", seed=1, base=base)


def _three(store: Store, attempt: Attempt, patch: Patch) -> str:
    store.attempt_started(attempt)
    store.attempt_returned(attempt.id, patch, effective={}, dropped=(), notes=(), cost={"calls": 1})
    verdict = Verdict(verifier="character", outcome=Outcome.PASS, score=1.0)
    made = store.attempt_judged(
        attempt.id,
        [verdict],
        accepted=True,
        branch="main",
        expected=attempt.base,
        patch=patch,
        message="",
        author="bench",
        record={},
    )
    return made.id


def _write_png(file: Path, pixels: Pixels) -> None:
    _, png = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    facts = json.dumps({"file": file.name}).encode()
    for path, data in ((file, png.tobytes()), (file.with_suffix(".json"), facts)):
        with path.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())


def main() -> None:
    parser = argparse.ArgumentParser(description="What the history store costs.")
    parser.add_argument("--edits", type=int, default=200, help="edits of the 2048 x 2048 page")
    parser.add_argument("--large-edits", type=int, default=100, help="edits of the 5120 x 5120 page")
    options = parser.parse_args()
    columns = []
    for side, count in ((2048, options.edits), (5120, options.large_edits)):
        page, times = textured_page(side), Times()
        with tempfile.TemporaryDirectory() as folder:
            measure_store(page, count, Path(folder), times)
            measure_files(page, min(count, 10), Path(folder), times)
        columns.append((f"{side}² px, {count} edits", times))
    table = Table("median / p95, ms", *(name for name, _ in columns), "wanted (median)")
    for row, wanted in WANTED.items():
        table.add_row(row, *(times.says(row) for _, times in columns), wanted)
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
