"""How many of the faults that are found end `fixed`, and whether what is called fixed is right.

    python benchmarks/repair.py [--pages N] [--seed S] [--modes own,withheld,sabotage] [--json]

`own`, `withheld`: pages with two faults of each kind are repaired by the built-in editors, with all fonts or without
the family of the page's font. An independent judge looks at what is called fixed: its distance to the page's own font
must lie within that of the page's right glyphs, and another way of reading must read it.
`sabotage`: the editor draws the right character in 70 % of its calls and a fault of a random kind in 30 %; what is
called fixed is compared with what it really drew.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

import retouch
from benchmarks.independent import glyph, reads, ruler, stray
from benchmarks.pages import BenchPage, pages, withheld
from benchmarks.rates import Rate
from retouch.edit import EditRequest, EditResult, NativeCanvas, Traits
from retouch.geometry import Box, Size
from retouch.interfaces.demo.faults import KINDS
from retouch.interfaces.demo.painter import can_bear, paint
from retouch.interfaces.demo.recipe import PaintedCharacter, PaintedPage
from retouch.picture import Picture
from retouch.protocols import Watch

SPOILT = 0.3
"""Share of the saboteur's calls that return a fault."""
RUNGS = ("first", "second", "third", "fourth", "fifth")


@dataclass
class Tally:
    """Counts of one mode, all pages together."""

    pages: int = 0
    found: Rate = Rate(0, 0)
    fixed: Rate = Rate(0, 0)
    right: Rate = Rate(0, 0)
    """Of what is called fixed: right by the script, or by the independent judge."""
    shaped: Rate = Rate(0, 0)
    read: Rate = Rate(0, 0)
    needless: int = 0
    """Steps at places where nothing was wrong."""
    attempts: int = 0
    by_kind: dict[str, Rate] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def add(self, name: str, rate: Rate) -> None:
        setattr(self, name, getattr(self, name) + rate)


class Saboteur:
    """An editor that knows the right page: it draws the right character, or in 30 % of its calls a fault there."""

    traits = Traits(
        canvas=NativeCanvas(),
        modes=("crop", "mask"),
        operations=("replace", "insert"),
        deterministic=False,
        rungs=RUNGS,
    )

    def __init__(self, page: PaintedPage) -> None:
        self._rng = np.random.default_rng([page.recipe.seed, 11])
        self._right = paint(replace(page.recipe, faults={}))
        self._spoilt = {kind: self._with(page, kind) for kind in KINDS}
        self._page = page

    def _with(self, page: PaintedPage, kind: str) -> PaintedPage:
        """The page with this kind of fault wherever a fault was planted and the character can bear it."""
        recipe = replace(page.recipe, faults={})
        places = [c.index for c in page.faults if can_bear(recipe, kind, c.index)]
        return paint(replace(recipe, faults=dict.fromkeys(places, kind)))

    def edit(self, request: EditRequest, watch: Watch) -> EditResult:
        watch.raise_if_cancelled()
        where = self._where(request)
        index = self._index(request.box.moved(where.x, where.y))
        kind = "right" if self._rng.random() >= SPOILT else str(self._rng.choice(KINDS))
        if kind != "right" and index not in self._spoilt[kind].recipe.faults:
            kind = next((k for k in KINDS if index in self._spoilt[k].recipe.faults), "right")
        source = self._right if kind == "right" else self._spoilt[kind]
        pixels = np.where(request.mask[..., None], source.rgb[where.slices], request.canvas)
        return EditResult(pixels=np.ascontiguousarray(pixels), effective={"script": kind})

    def _where(self, request: EditRequest) -> Box:
        """Where on the page the canvas lies: all but the faults is as it was painted."""
        match = cv2.matchTemplate(self._page.rgb, request.canvas, cv2.TM_SQDIFF)
        _, _, (x, y), _ = cv2.minMaxLoc(match)
        return Box(x, y, request.canvas.shape[1], request.canvas.shape[0])

    def _index(self, box: Box) -> int:
        return max(self._right.characters, key=lambda c: c.box.intersection(box).area).index


@contextmanager
def only_faces(bench: BenchPage, mode: str) -> Iterator[None]:
    """In `withheld`, hide the family of the page's font from all of Retouch."""
    with ExitStack() as stack:
        if mode == "withheld":
            rest = withheld(bench.page.recipe.face)
            for module in ("retouch.writing.fonts", "retouch.writing.hand"):
                stack.enter_context(patch(f"{module}.installed", lambda *_: rest))
        yield


def repair(tally: Tally, bench: BenchPage, mode: str) -> None:
    """Repair one page and count."""
    editors = (Saboteur(bench.page),) if mode == "sabotage" else ("typeset",)
    with tempfile.TemporaryDirectory() as folder, only_faces(bench, mode):
        path = Path(folder) / "page.png"
        Picture(bench.page.rgb).save(path)
        document = retouch.open(path, project=Path(folder) / "page.retouch")
        report = document.fix(f"literal:{bench.page.reference}", editors=editors)
        after = document.head().picture.srgb()
        scripts = {step.version: _script(document, step.version) for step in report.steps if step.status == "fixed"}
        document.project.close()
    tally.pages += 1
    tally.attempts += sum(step.attempts for step in report.steps)
    count(tally, bench, report.steps, after, scripts, mode)


def _script(document: Any, version: str | None) -> str:
    """What the saboteur drew for an accepted version."""
    attempt = document.version(version).attempt() if version else None
    return str(attempt.effective.get("script", "")) if attempt else ""


def count(tally: Tally, bench: BenchPage, steps: Any, after: Any, scripts: dict[str | None, str], mode: str) -> None:
    """Add one repaired page to the tally."""
    boxes = [(step, step.box if isinstance(step.box, Box) else Box(*step.box)) for step in steps if step.box]
    done: list[tuple[PaintedCharacter, Any]] = []
    for fault in bench.page.faults:
        here = [step for step, box in boxes if box.intersection(fault.box).area * 3 >= min(box.area, fault.box.area)]
        fixed = [step for step in here if step.status == "fixed"]
        tally.add("found", Rate(bool(here), 1))
        if here:
            tally.add("fixed", Rate(bool(fixed), 1))
            kind = fault.fault or ""
            tally.by_kind[kind] = tally.by_kind.get(kind, Rate(0, 0)) + Rate(bool(fixed), 1)
            done += [(fault, fixed[-1])] if fixed else []
            if not fixed:
                tally.wrong.append(f"{bench.name}: {kind} {fault.wanted} not fixed: {here[-1].reason}")
    tally.needless += sum(not any(box.overlaps(fault.box) for fault in bench.page.faults) for _, box in boxes)
    if mode == "sabotage":
        by_script(tally, bench, done, scripts)
    else:
        by_judge(tally, bench, done, after)


def by_script(tally: Tally, bench: BenchPage, done: Any, scripts: dict[str | None, str]) -> None:
    """Right is what the script drew right."""
    for fault, step in done:
        drawn = scripts.get(step.version, "")
        tally.add("right", Rate(drawn == "right", 1))
        if drawn != "right":
            tally.wrong.append(f"{bench.name}: {fault.wanted} called fixed, but {drawn or 'unknown'} was drawn")


def by_judge(tally: Tally, bench: BenchPage, done: Any, after: Any) -> None:
    """Right is what lies as near to the page's own font as its right glyphs, and is read in another way."""
    if not done:
        return
    scale = ruler(bench.page)
    size = Size(after.shape[1], after.shape[0])
    right = paint(replace(bench.page.recipe, faults={}))
    frames = [_ink_frame(right, fault, size) for fault, _ in done]
    read = reads(after, frames, [fault.wanted for fault, _ in done])
    for (fault, _), frame, legible in zip(done, frames, read, strict=True):
        far = stray(glyph(after, frame), scale.face, fault.wanted)
        tally.add("shaped", Rate(far <= scale.reach, 1))
        tally.add("read", Rate(legible, 1))
        tally.add("right", Rate(legible and far <= scale.reach, 1))
        if not legible or far > scale.reach:
            said = f"distance {far:.3f} of {scale.reach:.3f}, {'read' if legible else 'not read'}"
            tally.wrong.append(f"{bench.name}: {fault.fault} {fault.wanted} fixed, but {said}")


def _ink_frame(right: PaintedPage, fault: PaintedCharacter, size: Size) -> Box:
    """Where the new glyph may lie: the box of the right one, grown by a twelfth of an em."""
    box = next(c.box for c in right.characters if c.index == fault.index)
    return box.grown(max(2, right.recipe.size // 12)).clamped(size)


def show(mode: str, tally: Tally, verbose: bool) -> None:
    print(f"\n{mode}: {tally.pages} pages, {tally.attempts} attempts, {tally.needless} steps where nothing was wrong")
    print(f"  {'faults found':26} {tally.found}")
    print(f"  {'found faults fixed':26} {tally.fixed}")
    for kind in KINDS:
        if kind in tally.by_kind:
            print(f"    {kind:24} {tally.by_kind[kind]}")
    if mode != "sabotage":
        print(f"  {'fixed: shape in its spread':26} {tally.shaped}")
        print(f"  {'fixed: read another way':26} {tally.read}")
    print(f"  {'called fixed and right':26} {tally.right}")
    if verbose:
        print(*Counter(tally.wrong), sep="\n    ")


def summary(tally: Tally) -> dict[str, Any]:
    names = ("found", "fixed", "right", "shaped", "read")
    return {"pages": tally.pages, **{name: getattr(tally, name).value for name in names}, "needless": tally.needless}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--modes", default="own,withheld,sabotage")
    parser.add_argument("--verbose", action="store_true", help="name what was not fixed and what is not right")
    parser.add_argument("--hands", default="", help="only pages in these hands, e.g. kouzan,gyosho")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    tallies = {mode: Tally() for mode in options.modes.split(",")}
    for bench in pages(options.pages, options.seed, hands=options.hands.split(",") if options.hands else ()):
        for mode, tally in tallies.items():
            repair(tally, bench, mode)
    if options.json:
        print(json.dumps({mode: summary(tally) for mode, tally in tallies.items()}))
        return
    for mode, tally in tallies.items():
        show(mode, tally, options.verbose)


if __name__ == "__main__":
    main()
