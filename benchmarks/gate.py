"""How often the rule that accepts a repair lets a fault pass, and how often it turns a right character away.

    python benchmarks/gate.py [--pages N] [--seed S] [--rounds R] [--modes own,withheld] [--json]

A page with two faults of each kind is proofread, so that its hand is known. Then the same page is painted `rounds`
times more with four other faults of each kind, and `CharacterVerifier` judges each of those places, and as many places
that are right, as if an editor had just drawn them. `unsure` counts as turned away. `withheld`: the page's font and its
whole family may not serve as templates.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.finding import IDENTITY
from benchmarks.pages import BenchPage, pages, withheld
from benchmarks.rates import Rate
from retouch.interfaces.demo.faults import KINDS
from retouch.interfaces.demo.painter import paint, with_faults
from retouch.interfaces.demo.recipe import PaintedCharacter, PaintedPage
from retouch.picture import Picture
from retouch.plan import Step, TextReads
from retouch.verifiers.character import CharacterVerifier
from retouch.verifiers.proofreader import Proofreader
from retouch.writing.hand import Hand

RIGHT = "right"
EACH = 4


@dataclass
class Gate:
    """One mode's counts: judged places and passes by kind, split by whether strokes were judged on the page."""

    passed: dict[tuple[bool, str], int] = field(default_factory=lambda: defaultdict(int))
    judged: dict[tuple[bool, str], int] = field(default_factory=lambda: defaultdict(int))
    pages: int = 0
    strokes: int = 0
    leaks: list[str] = field(default_factory=list)

    def accepted(self, kind: str, strokes: bool) -> Rate:
        return Rate(self.passed[strokes, kind], self.judged[strokes, kind])

    def rejected(self, strokes: bool) -> Rate:
        right = self.accepted(RIGHT, strokes)
        return Rate(right.of - right.hits, right.of)

    def falsely_accepted(self, kinds: tuple[str, ...], strokes: bool) -> Rate:
        return sum((self.accepted(kind, strokes) for kind in kinds), Rate(0, 0))


def rounds(bench: BenchPage, count: int) -> Iterator[PaintedPage]:
    """The page painted again with other faults."""
    recipe = bench.page.recipe
    for number in range(count):
        rng = np.random.default_rng([recipe.seed, number, 7])
        plain = replace(recipe, faults={}, seed=recipe.seed * 100 + number + 1)
        yield paint(with_faults(plain, EACH, KINDS, rng))


def places(page: PaintedPage) -> list[PaintedCharacter]:
    """All faults and as many right characters, spread over the page."""
    right = [c for c in page.characters if c.fault is None]
    step = max(1, len(right) // len(page.faults))
    return [*page.faults, *right[::step]]


def judge(gate: Gate, page: PaintedPage, hand: Hand | None, verifier: CharacterVerifier, name: str) -> None:
    """Judge the places of one page and count."""
    picture = Picture(page.rgb)
    strokes = hand is not None and hand.strokes_judged
    for place in places(page):
        if place.wanted is None:
            continue
        step = Step(
            id="s1",
            operation="replace",
            target=place.wanted,
            box=place.box.grown(3).clamped(picture.size),
            expectation=TextReads(text=place.wanted),
        )
        verdict = verifier.verify(picture, picture, step)
        kind = place.fault or RIGHT
        gate.judged[strokes, kind] += 1
        gate.passed[strokes, kind] += verdict.passed
        if verdict.passed == bool(place.fault):
            gate.leaks.append(f"{name}: {kind} {place.wanted} -> {verdict.outcome} {verdict.score} {verdict.reason}")


def run(gate: Gate, bench: BenchPage, mode: str, count: int) -> None:
    """One page in one mode."""
    faces = withheld(bench.page.recipe.face) if mode == "withheld" else None
    picture = Picture(bench.page.rgb)
    hand = Proofreader(faces=faces).proofread(picture, bench.page.reference, bench.page.recipe.direction).hand
    gate.pages += 1
    gate.strokes += bool(hand and hand.strokes_judged)
    verifier = CharacterVerifier(hand)
    for page in rounds(bench, count):
        judge(gate, page, hand, verifier, bench.name)


def show(mode: str, gate: Gate, verbose: bool) -> None:
    print(f"\n{mode}: strokes judged on {gate.strokes} of {gate.pages} pages ({gate.strokes / gate.pages:.2f})")
    for strokes, title in ((True, "where strokes are judged"), (False, "elsewhere")):
        if not gate.judged[strokes, RIGHT]:
            continue
        print(f"  {title}")
        print(f"    {'false reject':26} {gate.rejected(strokes)}")
        print(f"    {'false accept, all kinds':26} {gate.falsely_accepted(KINDS, strokes)}")
        print(f"    {'false accept, identity':26} {gate.falsely_accepted(IDENTITY, strokes)}")
        for kind in KINDS:
            print(f"      {kind:24} {gate.accepted(kind, strokes)}")
    if verbose:
        print(*gate.leaks, sep="\n    ")


def summary(gate: Gate) -> dict[str, object]:
    return {
        "pages": gate.pages,
        "strokes_judged": gate.strokes,
        "by_strokes": {
            str(strokes): {
                "false_reject": gate.rejected(strokes).value,
                "false_accept": gate.falsely_accepted(KINDS, strokes).value,
                "false_accept_upper": gate.falsely_accepted(KINDS, strokes).upper,
                "kinds": {kind: gate.accepted(kind, strokes).value for kind in KINDS},
            }
            for strokes in (True, False)
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=5, help=f"paintings a page, {EACH} faults of each kind in each")
    parser.add_argument("--modes", default="own,withheld")
    parser.add_argument("--verbose", action="store_true", help="name every wrong verdict")
    parser.add_argument("--hands", default="", help="only pages in these hands, e.g. kouzan,gyosho")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    gates = {mode: Gate() for mode in options.modes.split(",")}
    for bench in pages(options.pages, options.seed, hands=options.hands.split(",") if options.hands else ()):
        for mode, gate in gates.items():
            run(gate, bench, mode, options.rounds)
    if options.json:
        print(json.dumps({mode: summary(gate) for mode, gate in gates.items()}))
        return
    for mode, gate in gates.items():
        show(mode, gate, options.verbose)


if __name__ == "__main__":
    main()
