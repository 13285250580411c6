"""How many planted faults proofreading finds, and how many findings are no fault.

    python benchmarks/finding.py [--pages N] [--seed S] [--each E] [--modes own,withheld,ocr,gaps] [--json]

Each page holds the same number of every kind of fault. `own`: all installed faces may serve as templates; `withheld`:
the page's face and its whole family are left out; `ocr`: the control, a plain reading of each line aligned with the
text; `gaps`: pages without such faults, but with characters left out and put in, which must shift nothing else.
A finding counts for a fault when their boxes overlap; `unreadable` is a finding, `variant` is none.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.pages import BenchPage, gapped, pages, withheld
from retouch.finding import FaultKind
from retouch.geometry import Box
from retouch.interfaces.demo.faults import KINDS
from retouch.interfaces.demo.recipe import PaintedCharacter
from retouch.picture import Picture
from retouch.verifiers.proofreader import Proofreader
from retouch.writing.alignment import align
from retouch.writing.layout import find_layout

IDENTITY = ("similar", "foreign-component", "doubled")
"""Faults that make another character or none of it; the rest are faults of strokes."""


@dataclass
class Tally:
    """Counts of one mode, all pages together."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    findings: int = 0
    false: int = 0
    pages: int = 0
    judged: int = 0
    missed: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    by_hand: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))

    def recall(self, kinds: Iterable[str]) -> float:
        planted = sum(self.planted[kind] for kind in kinds)
        return sum(self.found[kind] for kind in kinds) / planted if planted else float("nan")

    @property
    def precision(self) -> float:
        return 1 - self.false / self.findings if self.findings else float("nan")


@dataclass(frozen=True)
class Mark:
    """A finding as the tally needs it."""

    box: Box | None
    index: int
    what: str


def meets(mark: Mark, character: PaintedCharacter) -> bool:
    """True if the finding lies on that character: on a third of the smaller box, or of its index if it has none."""
    if mark.box is None or (character.fault == "missing" and mark.index == character.index):
        return mark.index == character.index
    shared = mark.box.intersection(character.box).area
    return shared >= min(mark.box.area, character.box.area) / 3 and shared > 0


def count(tally: Tally, bench: BenchPage, marks: list[Mark], judged: bool) -> None:
    """Add one page to the tally."""
    faults = bench.page.faults
    hits = [fault for fault in faults if any(meets(mark, fault) for mark in marks)]
    alarms = [mark for mark in marks if not any(meets(mark, fault) for fault in faults)]
    tally.planted.update(fault.fault for fault in faults if fault.fault)
    tally.found.update(fault.fault for fault in hits if fault.fault)
    tally.findings += len(marks)
    tally.false += len(alarms)
    tally.pages += 1
    tally.judged += judged
    for column, number in enumerate((len(faults), len(hits), len(alarms))):
        tally.by_hand[bench.hand][column] += number
    tally.missed += [f"{bench.name}: {f.fault} {f.wanted} #{f.index}" for f in faults if f not in hits]
    tally.alarms += [f"{bench.name}: {mark.what} #{mark.index}" for mark in alarms]


def proofread(bench: BenchPage, mode: str) -> tuple[list[Mark], bool]:
    """The proofreader's findings, and whether it judged strokes."""
    faces = withheld(bench.page.recipe.face) if mode == "withheld" else None
    seen = Proofreader(faces=faces).proofread(
        Picture(bench.page.rgb), bench.page.reference, bench.page.recipe.direction
    )
    marks = [
        Mark(f.box, f.index, f"{f.kind} {f.wanted}->{f.read} {f.score:.2f} {f.evidence.get('reason', '')}")
        for f in seen.findings
        if f.kind is not FaultKind.VARIANT
    ]
    return marks, seen.strokes_judged


def ocr_alone(bench: BenchPage) -> tuple[list[Mark], bool]:
    """The control: lines are read as a whole, and what differs from the text after alignment is a finding."""
    layout = find_layout(bench.page.rgb, bench.page.recipe.direction)
    read = "".join(seen.char for line in layout.lines for seen in line.text)
    pairs = align(bench.page.reference, read)
    wrong = {p.wanted_index for p in pairs if p.relation == "different" and p.wanted_index is not None}
    return [Mark(None, index, "ocr") for index in sorted(wrong)], False


def show(mode: str, tally: Tally, verbose: bool) -> None:
    print(f"\n{mode}: {tally.pages} pages, {sum(tally.planted.values())} faults, strokes judged on {tally.judged}")
    print(f"  {'all kinds':20} recall {tally.recall(tally.planted):6.3f}")
    print(f"  {'precision':20}        {tally.precision:6.3f}   ({tally.false} of {tally.findings} findings are false)")
    if mode != "gaps":
        print(f"  {'identity faults':20} recall {tally.recall(IDENTITY):6.3f}")
        print(f"  {'stroke faults':20} recall {tally.recall(set(KINDS) - set(IDENTITY)):6.3f}")
    for kind in sorted(tally.planted, key=[*KINDS, "missing", "extra"].index):
        print(f"    {kind:18} recall {tally.recall([kind]):6.3f}   ({tally.found[kind]}/{tally.planted[kind]})")
    for hand, (planted, found, false) in sorted(tally.by_hand.items()):
        print(f"    hand {hand:13} recall {found / max(planted, 1):6.3f}   false {false}")
    if verbose:
        print("  missed:", *tally.missed, sep="\n    ")
        print("  false alarms:", *tally.alarms, sep="\n    ")


def summary(tally: Tally) -> dict[str, object]:
    return {
        "pages": tally.pages,
        "recall": tally.recall(tally.planted),
        "precision": tally.precision,
        "identity": tally.recall(IDENTITY),
        "kinds": {kind: tally.recall([kind]) for kind in tally.planted},
        "strokes_judged": tally.judged,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--each", type=int, default=2, help="faults of each kind on a page")
    parser.add_argument("--modes", default="own,withheld,ocr,gaps")
    parser.add_argument("--verbose", action="store_true", help="name what was missed and what was no fault")
    parser.add_argument("--hands", default="", help="only pages in these hands, e.g. kouzan,gyosho")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    modes = options.modes.split(",")
    hands = options.hands.split(",") if options.hands else ()
    tallies = {mode: Tally() for mode in modes}
    for bench in pages(options.pages, options.seed, options.each, hands=hands):
        for mode in set(modes) - {"gaps"}:
            count(tallies[mode], bench, *(ocr_alone(bench) if mode == "ocr" else proofread(bench, mode)))
    for bench in gapped(options.pages, options.seed, hands) if "gaps" in modes else ():
        count(tallies["gaps"], bench, *proofread(bench, "own"))
    if options.json:
        print(json.dumps({mode: summary(tally) for mode, tally in tallies.items()}))
        return
    for mode, tally in tallies.items():
        show(mode, tally, options.verbose)


if __name__ == "__main__":
    main()
