"""The loop against best-of-N with the same number of editor calls: what trying, judging and trying otherwise is worth.

    python benchmarks/loop.py [--pages N] [--seed S] [--json]

A scripted editor knows the right page. It draws the right character with a chance that is known for each rung of its
ladder, else a fault of a random kind. *Loop*: `Document.fix` with that editor; the real gate (the verifiers of a run)
accepts or goes on. *Best of N*: the same calls, spread evenly over the same steps, all made on the first rung from
independent seeds; of a step's replies the one that the same verifiers score highest is taken, *gated* only if they pass
it. Right is what the script drew right. `flat` gives every rung the first one's chance, so that only judging and
stopping early are left of the loop; `climbing` gives later rungs better ones. The chances are assumptions, not a
model's: the table tells what the loop makes of an editor, not how good one is.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

import retouch
from benchmarks.pages import BenchPage, recipe
from benchmarks.rates import Rate
from benchmarks.repair import Saboteur
from retouch.edit import EditRequest, EditResult, NativeCanvas, Traits
from retouch.geometry import Box
from retouch.interfaces.demo.faults import KINDS
from retouch.interfaces.demo.painter import paint, with_faults
from retouch.interfaces.demo.recipe import PaintedPage
from retouch.orchestrator.judging import Panel, combine
from retouch.picture import Picture
from retouch.plan import Step, TextReads
from retouch.protocols import Watch
from retouch.verdict import Outcome, Verdict
from retouch.verifiers.proofreader import Proofreader

LADDER = ("first", "seed", "reworded", "context", "exemplar", "component")
CHANCES: dict[str, Mapping[str, float]] = {
    "flat": dict.fromkeys(LADDER, 0.4),
    "climbing": dict(zip(LADDER, (0.4, 0.4, 0.5, 0.5, 0.6, 0.6), strict=True)),
}
CHARACTERS = 72
EACH = 2


class Skilled(Saboteur):
    """The saboteur with a chance of being right for each rung."""

    traits = Traits(
        canvas=NativeCanvas(),
        modes=("crop", "mask"),
        operations=("replace", "insert"),
        references=4,
        deterministic=False,
        rungs=LADDER,
    )

    def __init__(self, page: PaintedPage, chances: Mapping[str, float]) -> None:
        super().__init__(page)
        self.chances = chances

    def edit(self, request: EditRequest, watch: Watch) -> EditResult:
        watch.raise_if_cancelled()
        where = self._where(request)
        source, kind = self.drawn(self._index(request.box.moved(where.x, where.y)), request.rung)
        pixels = np.where(request.mask[..., None], source.rgb[where.slices], request.canvas)
        return EditResult(pixels=np.ascontiguousarray(pixels), effective={"script": kind})

    def drawn(self, index: int, rung: str) -> tuple[PaintedPage, str]:
        """The page that shows what this call draws at a place, and what that is: `right`, or the kind of fault."""
        if self._rng.random() < self.chances[rung]:
            return self._right, "right"
        kinds = [kind for kind in KINDS if index in self._spoilt[kind].recipe.faults]
        kind = str(self._rng.choice(kinds)) if kinds else "right"
        return (self._spoilt[kind] if kinds else self._right), kind

    def at(self, box: Box) -> int:
        return self._index(box)


@dataclass
class Arm:
    """One way of spending calls: `right` of all steps, and of those that it calls fixed."""

    steps: int = 0
    calls: int = 0
    fixed: int = 0
    right: int = 0
    """Steps that it calls fixed and that are."""

    def add(self, called: bool, right: bool) -> None:
        self.steps, self.fixed, self.right = self.steps + 1, self.fixed + called, self.right + (called and right)

    def figures(self) -> dict[str, float]:
        return {
            "truly correct": Rate(self.right, self.steps).value,
            "called fixed": Rate(self.fixed, self.steps).value,
            "of these right": Rate(self.right, self.fixed).value,
            "calls per step": self.calls / max(self.steps, 1),
            "calls per truly fixed step": self.calls / max(self.right, 1),
        }


@dataclass
class Contest:
    """The arms of one table of chances."""

    loop: Arm = field(default_factory=Arm)
    best: Arm = field(default_factory=Arm)
    gated: Arm = field(default_factory=Arm)


def pages(count: int, seed: int) -> Iterator[BenchPage]:
    """Pages with two faults of each kind."""
    for number in range(count):
        hand, plain = recipe(number, seed, CHARACTERS)
        rng = np.random.default_rng([seed, number, 1])
        yield BenchPage(hand, paint(with_faults(plain, EACH, KINDS, rng)))


def contest(found: Contest, bench: BenchPage, chances: Mapping[str, float]) -> None:
    """One page: the loop first, then the same number of calls on the same steps."""
    steps, calls = looped(found.loop, bench, chances)
    if not steps:
        return
    picture = Picture(bench.page.rgb)
    panel = Panel(hand=Proofreader().proofread(picture, bench.page.reference).hand)
    editor = Skilled(bench.page, chances)
    shares = [calls // len(steps) + (place < calls % len(steps)) for place in range(len(steps))]
    for arm in (found.best, found.gated):
        arm.calls += calls
    for step, share in zip(steps, shares, strict=True):
        replies = [reply(editor, panel, picture, step) for _ in range(share)]
        score, passed, right = max(replies, key=lambda each: (each[1], each[0]), default=(0.0, False, False))
        found.best.add(bool(replies), right)
        found.gated.add(passed, right)


def looped(arm: Arm, bench: BenchPage, chances: Mapping[str, float]) -> tuple[list[Step], int]:
    """Repair the page with the loop; the steps at real faults, and the calls spent on them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.png"
        Picture(bench.page.rgb).save(path)
        document = retouch.open(path, project=Path(folder) / "page.retouch")
        report = document.fix(f"literal:{bench.page.reference}", editors=(Skilled(bench.page, chances),))
        steps, calls = [], 0
        for done in report.steps:
            if done.box is None or not any(done.box.overlaps(fault.box) for fault in bench.page.faults):
                continue
            attempt = document.version(done.version).attempt() if done.version else None
            right = attempt is not None and attempt.effective.get("script") == "right"
            arm.add(done.status == "fixed", right)
            calls += done.attempts
            steps.append(Step(id=done.id, operation="replace", box=done.box, expectation=done.expectation))
        document.project.close()
    arm.calls += calls
    return steps, calls


def reply(editor: Skilled, panel: Panel, picture: Picture, step: Step) -> tuple[float, bool, bool]:
    """One call on the first rung: the verifiers' lowest score, whether they pass it, whether it is right."""
    assert step.box is not None and isinstance(step.expectation, TextReads)
    source, kind = editor.drawn(editor.at(step.box), LADDER[0])
    pixels = picture.pixels.copy()
    frame = step.box.grown(max(4, step.box.width // 12)).clamped(picture.size)
    pixels[frame.slices] = source.rgb[frame.slices]
    verdicts: tuple[Verdict, ...] = panel.verdicts(picture, replace(picture, pixels=pixels), step)
    score = min(verdict.score for verdict in verdicts)
    return score, combine(verdicts) is Outcome.PASS, kind == "right"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--chances", default=",".join(CHANCES), help="which tables of chances")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found: dict[str, Contest] = {}
    for name in options.chances.split(","):
        found[name] = Contest()
        for bench in pages(options.pages, options.seed):
            contest(found[name], bench, CHANCES[name])
    told: dict[str, Any] = {
        f"{name}, {arm}": getattr(one, arm).figures() | {"steps": getattr(one, arm).steps}
        for name, one in found.items()
        for arm in ("loop", "best", "gated")
    }
    if options.json:
        sys.stdout.write(json.dumps(told) + "\n")
        return
    columns = list(next(iter(told.values())))
    lines = ["| | " + " | ".join(columns) + " |", "| --- " * (len(columns) + 1) + "|"]
    lines += [
        f"| {name} | " + " | ".join(f"{row[column]:.3g}" for column in columns) + " |" for name, row in told.items()
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
